// Which topic names clients may use, and which topics are the cluster's own.

/** Kafka's internal topics (org.apache.kafka.common.internals.Topic). */
export const OFFSETS_TOPIC = '__consumer_offsets';
const INTERNAL: ReadonlySet<string> = new Set([OFFSETS_TOPIC, '__transaction_state', '__share_group_state']);

export const isInternalTopic = (name: string): boolean => INTERNAL.has(name);

/** 1–249 letters, digits, dots, underscores and hyphens; neither "." nor "..". */
export function isValidTopicName(name: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..';
}
