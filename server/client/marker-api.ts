// WriteTxnMarkers, which the client library does not have: ends a transaction in partitions of one leader without its
// coordinator. Sent through Connections like all others.
import { createAPI, Writer } from '@platformatic/kafka';
import type { ApiFamily } from './apis.ts';

export interface AbortMarker {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
  readonly topic: string;
  readonly partition: number;
}

/** KIP-98, KIP-664. Answers with the error code of the one partition; −1 when the answer does not hold it. */
export const WRITE_ABORT_MARKER: ApiFamily<[AbortMarker], { readonly errorCode: number }> = {
  key: 27,
  name: 'WriteTxnMarkers',
  versions: [
    createAPI<[AbortMarker], { readonly errorCode: number }>(
      27,
      1,
      ({ producerId, producerEpoch, coordinatorEpoch, topic, partition }) =>
        Writer.create()
          .appendArray([null], (markers) => {
            markers
              .appendInt64(producerId)
              .appendInt16(producerEpoch)
              .appendBoolean(false) // abort
              .appendArray([topic], (topics, name) => {
                topics.appendString(name).appendArray([partition], (ids, id) => ids.appendInt32(id), true, false);
              })
              .appendInt32(coordinatorEpoch);
          })
          .appendTaggedFields(),
      (_correlationId, _key, _version, reader) => {
        const codes = reader.readArray((marker) => {
          marker.readInt64(); // producer id
          return marker.readArray((topics) => {
            topics.readString();
            return topics.readArray((each) => {
              each.readInt32(); // partition
              return each.readInt16();
            });
          });
        });
        reader.readTaggedFields();
        return { errorCode: codes.flat(2)[0] ?? -1 };
      },
    ),
  ],
};
