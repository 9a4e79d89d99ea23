// What deciding takes and gives. A verb reads the view, never changes it; what it decides are records, and only replaying those
// changes the state.
import { ErrorCode } from '../../protocol/errors.ts';
import type { MetadataImage } from './image.ts';
import type { MetadataRecord } from './record.ts';
import type { BrokerSettings } from './settings.ts';
import type { MetadataState } from './state.ts';

export interface Decision<Reply> {
  readonly records: readonly MetadataRecord[];
  /** To be sent once the records are on disk. */
  readonly reply: Reply;
}

/** What the controller has heard of a broker since it started. Not in the log: after a restart brokers are heard anew. */
export interface BrokerSession {
  /** Monotonic time. */
  readonly lastContactMs: number;
  /** It has been heard by this controller and its connection is open. */
  readonly isConnected: boolean;
  /** Offset of the metadata record that took its leadership away; −1 while it does not want to stop. */
  readonly shutdownOffset: number;
  /** Offset of the last metadata record the broker is known to have applied, −1 when that is not known. */
  readonly appliedOffset: number;
}

/** What a client may still change of partitions (KIP-599). Of one request; it counts what it grants. */
export interface Permits {
  /** False: THROTTLING_QUOTA_EXCEEDED for this topic. */
  take(partitions: number): boolean;
}

export interface ControllerView {
  readonly state: MetadataState;
  readonly sessions: ReadonlyMap<number, BrokerSession>;
  /** The controller's own static settings: defaults of new topics. */
  readonly settings: BrokerSettings;
  newUuid(): string;
  /** Of the client that asks, where it is held to a quota. */
  readonly permits?: Permits;
}

const EXCEEDED: Refusal = {
  errorCode: ErrorCode.THROTTLING_QUOTA_EXCEEDED,
  errorMessage: 'The throttling quota has been exceeded.',
};
/** The last question before partitions are made or removed. */
export function problemWithPermits({ permits }: ControllerView, partitions: number): Refusal | null {
  return permits === undefined || permits.take(partitions) ? null : EXCEEDED;
}

/** An error for one item of a request. */
export interface Refusal {
  readonly errorCode: number;
  readonly errorMessage: string;
}
export function refuse(errorCode: number, errorMessage: string): Refusal {
  return { errorCode, errorMessage };
}
export function isRefusal(value: object): value is Refusal {
  return 'errorMessage' in value && 'errorCode' in value && value.errorCode !== 0;
}

/** Records per request: what one batch of the metadata log holds (Kafka's QuorumController.MAX_RECORDS_PER_USER_OP). */
export const MAX_RECORDS_PER_REQUEST = 10_000;

/** Values that occur more than once. */
export function duplicatesOf<T>(values: Iterable<T>): Set<T> {
  const seen = new Set<T>();
  const twice = new Set<T>();
  for (const value of values) {
    if (seen.has(value)) twice.add(value);
    seen.add(value);
  }
  return twice;
}

/** Brokers that may be given partitions, in order of id. */
export function usableBrokers(image: MetadataImage): number[] {
  const ids: number[] = [];
  for (const broker of image.brokers.values()) {
    if (!broker.isFenced && !broker.isShuttingDown) ids.push(broker.id);
  }
  return ids.sort((a, b) => a - b);
}
