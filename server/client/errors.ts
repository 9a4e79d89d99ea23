// Turns Kafka error codes and failures of the client library into ClusterErrors: Kafka's name, what happened, how to mend it.
// Every file of the gateway that talks to a broker calls it. It must never swallow the cause.
import { protocolErrors, protocolErrorsCodesById } from '@platformatic/kafka';
import type { ErrorBody } from '../live/contract.ts';

/** What a cluster did not do: Kafka's error under Kafka's name, or why it could not be asked. */
export class ClusterError extends Error {
  readonly code: number;
  readonly kind: string;
  readonly isRetriable: boolean;
  constructor(kind: string, message: string, options: { code?: number; isRetriable?: boolean } = {}) {
    super(message);
    this.name = 'ClusterError';
    this.kind = kind;
    this.code = options.code ?? 0;
    this.isRetriable = options.isRetriable ?? false;
  }
}

/** How to mend the errors that people meet most; what is not here gets Kafka's own sentence alone. */
const REMEDIES: Readonly<Record<string, string>> = {
  OFFSET_OUT_OF_RANGE: 'Choose an offset between the start and the end of the partition.',
  UNKNOWN_TOPIC_OR_PARTITION: 'It may have been deleted a moment ago; check the name in the list of topics.',
  LEADER_NOT_AVAILABLE: 'Wait for the election to finish, or start the brokers that hold its replicas.',
  NOT_LEADER_OR_FOLLOWER: 'The leader has just moved; try again.',
  REQUEST_TIMED_OUT: 'The broker was too slow or too few replicas are in sync; try again.',
  MESSAGE_TOO_LARGE: "Make the record smaller, or raise the topic's max.message.bytes.",
  RECORD_LIST_TOO_LARGE: 'Send fewer or smaller records at once.',
  NOT_ENOUGH_REPLICAS: 'Start the missing brokers, or lower min.insync.replicas.',
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: 'The record was written, but too few replicas confirmed it.',
  COORDINATOR_NOT_AVAILABLE: 'The coordinator is being elected; try again in a moment.',
  COORDINATOR_LOAD_IN_PROGRESS: 'The coordinator is still reading its offsets; try again in a moment.',
  NOT_COORDINATOR: 'The coordinator has just moved; try again.',
  INVALID_TOPIC_EXCEPTION: 'Use 1 to 249 letters, digits, ".", "_" and "-".',
  INVALID_GROUP_ID: 'Use a group id that is not empty.',
  TOPIC_AUTHORIZATION_FAILED: 'Ask for the right on this topic.',
  GROUP_AUTHORIZATION_FAILED: 'Ask for the right on this group.',
  CLUSTER_AUTHORIZATION_FAILED: 'Ask for the right on the cluster.',
  TOPIC_ALREADY_EXISTS: 'Choose another name.',
  INVALID_PARTITIONS: 'The number of partitions can only grow.',
  INVALID_REPLICATION_FACTOR: 'Use at most as many replicas as brokers are up.',
  INVALID_CONFIG: 'Correct the value and try again.',
  POLICY_VIOLATION: 'The cluster has a policy against it.',
  NON_EMPTY_GROUP: 'Stop its members first and try again.',
  GROUP_ID_NOT_FOUND: 'It may have been deleted a moment ago.',
  GROUP_SUBSCRIBED_TO_TOPIC: 'Stop the members that read this topic first.',
  UNSUPPORTED_VERSION: 'This cluster is too old for it.',
  TOPIC_DELETION_DISABLED: 'Set delete.topic.enable=true on the brokers.',
  UNKNOWN_MEMBER_ID: 'The group has active members: stop them and try again.',
};

interface KafkaErrorEntry {
  readonly id: string;
  readonly code: number;
  readonly canRetry: boolean;
  readonly message: string;
}

/** The library's table of error codes; its type is a union of literals, so it is widened here once. */
function entryOf(code: number): KafkaErrorEntry {
  const name = (protocolErrorsCodesById as Readonly<Record<number, string>>)[code];
  const entry = name === undefined ? undefined : (protocolErrors as Readonly<Record<string, KafkaErrorEntry>>)[name];
  return (
    entry ?? { id: `ERROR_${code}`, code, canRetry: false, message: `The broker answered with error code ${code}.` }
  );
}

/** Kafka's name of an error code, such as NON_EMPTY_GROUP. */
export function kafkaErrorName(code: number): string {
  return entryOf(code).id;
}

/** True when trying again without a change may help. */
export function isRetriableCode(code: number): boolean {
  return entryOf(code).canRetry;
}

/**
 * @param code Kafka's numeric error code, never 0
 * @param what what was attempted: "Creating topic orders failed"
 * @param detail the broker's own words, when it gave any
 */
export function kafkaError(code: number, what: string, detail: string | null = null): ClusterError {
  const entry = entryOf(code);
  const reason = sentence(detail || entry.message);
  const remedy = REMEDIES[entry.id] ?? '';
  return new ClusterError(entry.id, `${what}: ${reason}${remedy === '' ? '' : ` ${remedy}`}`, {
    code,
    isRetriable: entry.canRetry,
  });
}

/** Throws the error of a non-zero code. */
export function throwIfError(code: number, what: string, detail: string | null = null): void {
  if (code !== 0) throw kafkaError(code, what, detail);
}

export function invalidArgument(message: string): ClusterError {
  return new ClusterError('INVALID_ARGUMENT', message);
}

/** Retriable, as in Kafka: what is asked for may just be on its way. */
export function unknownTopic(name: string): ClusterError {
  return new ClusterError(
    'UNKNOWN_TOPIC_OR_PARTITION',
    `There is no topic "${name}" in this cluster. It may have been deleted, or its name is spelled differently.`,
    { code: 3, isRetriable: true },
  );
}

export function unknownGroup(groupId: string): ClusterError {
  return new ClusterError(
    'GROUP_ID_NOT_FOUND',
    `There is no group "${groupId}" in this cluster. It may have been deleted, or its offsets have expired.`,
    { code: 69 },
  );
}

/** Any thrown value as a ClusterError; `what` begins the sentence. */
export function toClusterError(error: unknown, what: string): ClusterError {
  if (error instanceof ClusterError) return error;
  const code = apiCodeOf(error);
  if (code !== null) return kafkaError(code, what);
  return new ClusterError('DISCONNECTED', `${what}: ${sentence(reasonOf(error))}`, { isRetriable: true });
}

const NETWORK_REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'unknown host name',
  EAI_AGAIN: 'the host name cannot be looked up',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'timed out',
  EPIPE: 'the connection was closed',
};

/** The cause at the bottom of an error, in words a person knows, without a full stop. */
export function reasonOf(error: unknown): string {
  let current: unknown = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    const cause: unknown = current.cause ?? (current instanceof AggregateError ? current.errors[0] : undefined);
    if (!(cause instanceof Error)) break;
    current = cause;
  }
  if (!(current instanceof Error)) return String(current);
  const code = 'code' in current && typeof current.code === 'string' ? current.code : '';
  return (NETWORK_REASONS[code] ?? (current.message || current.name)).replace(/\.$/, '');
}

export function errorBody(error: ClusterError): ErrorBody {
  return { code: error.code, name: error.kind, message: error.message, retriable: error.isRetriable };
}

function apiCodeOf(error: unknown): number | null {
  if (error instanceof AggregateError) {
    for (const inner of error.errors) {
      const code = apiCodeOf(inner);
      if (code !== null) return code;
    }
    return null;
  }
  if (error instanceof Error && 'apiCode' in error && typeof error.apiCode === 'number') return error.apiCode;
  return null;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
