// Kafka's hash of record keys and the partition it gives, so that our records land where a Java producer's
// would. Source: org.apache.kafka.common.utils.Utils.murmur2 and toPositive.

/** 32-bit signed hash of the bytes. */
export function murmur2(bytes: Uint8Array): number {
  const length = bytes.length;
  let hash = 0x9747b28c ^ length;
  const blocks = length >> 2;
  for (let block = 0; block < blocks; block += 1) {
    const at = block << 2;
    let word = byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24);
    word = Math.imul(word, 0x5bd1e995);
    word ^= word >>> 24;
    word = Math.imul(word, 0x5bd1e995);
    hash = Math.imul(hash, 0x5bd1e995) ^ word;
  }
  const tail = blocks << 2;
  const rest = length - tail;
  if (rest >= 3) hash ^= byte(bytes, tail + 2) << 16;
  if (rest >= 2) hash ^= byte(bytes, tail + 1) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ byte(bytes, tail), 0x5bd1e995);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0x5bd1e995);
  return (hash ^ (hash >>> 15)) | 0;
}

/** The partition of a key, 0 ≤ result < partitionCount. */
export function partitionOfKey(key: Uint8Array, partitionCount: number): number {
  return (murmur2(key) & 0x7fffffff) % partitionCount;
}

/** The caller stays below length, so the fallback is never taken. */
function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
