// Which partition of __consumer_offsets keeps a group: every client and broker must agree, so it is Java's hash.

/** Java's String.hashCode: s[0]·31^(n−1) + … + s[n−1] over UTF-16 units, in 32 bits. */
export function javaHashCode(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

/** Kafka's Utils.abs, which is 0 for the one number without a positive twin, modulo `partitionCount` (above 0). */
export function partitionFor(groupId: string, partitionCount: number): number {
  const hash = javaHashCode(groupId);
  return (hash === -2_147_483_648 ? 0 : Math.abs(hash)) % partitionCount;
}
