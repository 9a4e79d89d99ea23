// Which names a topic may have (org.apache.kafka.common.internals.Topic), and which topics are the cluster's own.

export const METADATA_TOPIC = '__cluster_metadata';
/** The metadata topic's id, the same in every cluster (Uuid.METADATA_TOPIC_ID). */
export const METADATA_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ';
export const OFFSETS_TOPIC = '__consumer_offsets';
export const TRANSACTIONS_TOPIC = '__transaction_state';

const MAX_LENGTH = 249;
const LEGAL = /^[a-zA-Z0-9._-]+$/;
const INTERNAL: ReadonlySet<string> = new Set([OFFSETS_TOPIC, TRANSACTIONS_TOPIC, '__share_group_state']);

export function isInternalTopic(name: string): boolean {
  return INTERNAL.has(name);
}

/** A sentence saying why this is no topic name, or null. */
export function problemWithTopicName(name: string): string | null {
  if (name === '') return 'Topic name is invalid: the empty string is not allowed';
  if (name === '.' || name === '..') return 'Topic name is invalid: "." and ".." are not allowed';
  if (name.length > MAX_LENGTH) {
    return `Topic name is invalid: it is ${name.length} characters long, ${MAX_LENGTH} is the most`;
  }
  if (!LEGAL.test(name)) {
    return 'Topic name is invalid: it has a character other than ASCII letters and digits, ".", "_" and "-"';
  }
  return null;
}

export const mayCollide = (name: string): boolean => name.includes('.') || name.includes('_');
/** Names that differ only in "." and "_" share this one: they would share metric names. */
export const collisionKey = (name: string): string => name.replaceAll('.', '_');
