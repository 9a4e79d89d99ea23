// The requests of a reassignment that the client library does not have (ElectLeaders) or gives no types that fit
// (AlterPartitionReassignments, where null cancels). Sent through Connections like all others.
import { createAPI, type Reader, Writer } from '@platformatic/kafka';
import type { ApiFamily } from './apis.ts';
import { byTopic, type Place } from './places.ts';

export interface TargetReplicas extends Place {
  /** null puts back what is under way. */
  readonly replicas: readonly number[] | null;
}

export interface PartitionOutcome extends Place {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

export interface Outcomes {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly partitions: readonly PartitionOutcome[];
}

export interface OngoingReassignment extends Place {
  /** All that hold or get a replica now. */
  readonly replicas: readonly number[];
  readonly adding: readonly number[];
  readonly removing: readonly number[];
}

export interface OngoingReassignments {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly partitions: readonly OngoingReassignment[];
}

/** ElectionType. An unclean one takes any replica that is up, whatever it lacks. */
export const PREFERRED = 0;
export const UNCLEAN = 1;

/** KIP-455. */
export const ALTER_REASSIGNMENTS: ApiFamily<[readonly TargetReplicas[], number], Outcomes> = {
  key: 45,
  name: 'AlterPartitionReassignments',
  versions: [
    createAPI<[readonly TargetReplicas[], number], Outcomes>(
      45,
      0,
      (targets, timeoutMs) =>
        Writer.create()
          .appendInt32(timeoutMs)
          .appendArray(byTopic<TargetReplicas>(targets), (topics, [topic, partitions]) => {
            topics.appendString(topic).appendArray(partitions, (rows, { partition, replicas }) => {
              rows.appendInt32(partition);
              rows.appendArray(replicas === null ? null : [...replicas], (ids, id) => ids.appendInt32(id), true, false);
            });
          })
          .appendTaggedFields(),
      (_correlationId, _key, _version, reader) => {
        reader.readInt32(); // throttle time
        const errorCode = reader.readInt16();
        const errorMessage = reader.readNullableString();
        return { errorCode, errorMessage, partitions: readOutcomes(reader) };
      },
    ),
  ],
};

/** KIP-455. Asks for everything that is under way. */
export const LIST_REASSIGNMENTS: ApiFamily<[number], OngoingReassignments> = {
  key: 46,
  name: 'ListPartitionReassignments',
  versions: [
    createAPI<[number], OngoingReassignments>(
      46,
      0,
      (timeoutMs) =>
        Writer.create()
          .appendInt32(timeoutMs)
          .appendArray(null, () => undefined)
          .appendTaggedFields(),
      (_correlationId, _key, _version, reader) => {
        reader.readInt32(); // throttle time
        const errorCode = reader.readInt16();
        const errorMessage = reader.readNullableString();
        const topics = reader.readArray((row) => {
          const topic = row.readString();
          return row.readArray((each) => ({
            topic,
            partition: each.readInt32(),
            replicas: readIds(each),
            adding: readIds(each),
            removing: readIds(each),
          }));
        });
        reader.readTaggedFields();
        return { errorCode, errorMessage, partitions: topics.flat() };
      },
    ),
  ],
};

/** KIP-460: the kind of election, the partitions, the time-out. */
export const ELECT_LEADERS: ApiFamily<[number, readonly Place[], number], Outcomes> = {
  key: 43,
  name: 'ElectLeaders',
  versions: [
    createAPI<[number, readonly Place[], number], Outcomes>(
      43,
      2,
      (kind, partitions, timeoutMs) =>
        Writer.create()
          .appendInt8(kind)
          .appendArray(byTopic(partitions), (topics, [topic, rows]) => {
            topics.appendString(topic).appendArray(
              rows.map(({ partition }) => partition),
              (ids, id) => ids.appendInt32(id),
              true,
              false,
            );
          })
          .appendInt32(timeoutMs)
          .appendTaggedFields(),
      (_correlationId, _key, _version, reader) => {
        reader.readInt32(); // throttle time
        return { errorCode: reader.readInt16(), errorMessage: null, partitions: readOutcomes(reader) };
      },
    ),
  ],
};

function readIds(reader: Reader): readonly number[] {
  return reader.readArray((ids) => ids.readInt32(), true, false);
}

function readOutcomes(reader: Reader): readonly PartitionOutcome[] {
  const topics = reader.readArray((row) => {
    const topic = row.readString();
    return row.readArray((each) => ({
      topic,
      partition: each.readInt32(),
      errorCode: each.readInt16(),
      errorMessage: each.readNullableString(),
    }));
  });
  reader.readTaggedFields();
  return topics.flat();
}
