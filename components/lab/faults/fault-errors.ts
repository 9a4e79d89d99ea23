// Errors that a fault rule may answer, by what people try out most. Pure. Codes are Kafka's.
export interface FaultError {
  readonly code: number;
  readonly name: string;
}

export const faultErrors: readonly FaultError[] = [
  { code: 6, name: 'NOT_LEADER_OR_FOLLOWER' },
  { code: 5, name: 'LEADER_NOT_AVAILABLE' },
  { code: 7, name: 'REQUEST_TIMED_OUT' },
  { code: 19, name: 'NOT_ENOUGH_REPLICAS' },
  { code: 20, name: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND' },
  { code: 3, name: 'UNKNOWN_TOPIC_OR_PARTITION' },
  { code: 1, name: 'OFFSET_OUT_OF_RANGE' },
  { code: 10, name: 'MESSAGE_TOO_LARGE' },
  { code: 45, name: 'OUT_OF_ORDER_SEQUENCE_NUMBER' },
  { code: 59, name: 'UNKNOWN_PRODUCER_ID' },
  { code: 47, name: 'INVALID_PRODUCER_EPOCH' },
  { code: 15, name: 'COORDINATOR_NOT_AVAILABLE' },
  { code: 14, name: 'COORDINATOR_LOAD_IN_PROGRESS' },
  { code: 16, name: 'NOT_COORDINATOR' },
  { code: 27, name: 'REBALANCE_IN_PROGRESS' },
  { code: 22, name: 'ILLEGAL_GENERATION' },
  { code: 25, name: 'UNKNOWN_MEMBER_ID' },
  { code: 29, name: 'TOPIC_AUTHORIZATION_FAILED' },
  { code: 30, name: 'GROUP_AUTHORIZATION_FAILED' },
  { code: 31, name: 'CLUSTER_AUTHORIZATION_FAILED' },
  { code: 56, name: 'KAFKA_STORAGE_ERROR' },
  { code: -1, name: 'UNKNOWN_SERVER_ERROR' },
];
