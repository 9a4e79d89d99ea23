// Names that clients choose may be as long as Kafka lets them be, 32,767 bytes each; those of unusual length are bounded together, so
// that a broker's memory is. Used where a coordinator makes something under a name it does not know. Pure.

/** Names up to this length are bounded by how many there may be. */
const USUAL_CHARS = 1024;
/** Of all longer ones together. */
const MAX_LONG_CHARS = 16 * 1024 * 1024;

/** Whether one more name is one too many; names of usual length never are, and cost no look at the others. */
export function isTooLong(name: string, known: () => Iterable<string>): boolean {
  if (name.length <= USUAL_CHARS) return false;
  let chars = name.length;
  for (const other of known()) if (other.length > USUAL_CHARS) chars += other.length;
  return chars > MAX_LONG_CHARS;
}
