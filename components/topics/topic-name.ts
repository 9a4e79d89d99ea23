// What Kafka allows as a topic's name (org.apache.kafka.common.internals.Topic.validate). Pure.

/** What is wrong with the name, as one sentence, or null. */
export function topicNameProblem(name: string): string | null {
  if (name === '') return 'A topic needs a name.';
  if (name === '.' || name === '..') return 'A topic cannot be called “.” or “..”.';
  if (name.length > 249) return `A topic’s name has at most 249 characters; this one has ${name.length}.`;
  const odd = /[^a-zA-Z0-9._-]/.exec(name);
  if (odd) return `“${odd[0]}” is not allowed: use letters, digits, “.”, “_” and “-”.`;
  return null;
}

/** Metric names turn dots into underscores, so Kafka warns of names that differ only in them. */
export const topicNameHint = (name: string): string | null =>
  name.includes('.') && name.includes('_') ? 'Mixing “.” and “_” can make two topics share a metric name.' : null;
