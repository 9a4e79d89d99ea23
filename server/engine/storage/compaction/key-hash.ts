// 128 bits of a record's key (MurmurHash3_x86_128): what the offset map knows keys by. Not cryptographic, so each pass draws a seed
// of its own: nobody can choose keys that collide.

/** The four words of the last hash; read them before the next call. */
export const words = new Uint32Array(4);

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;
const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

function mixed(x: number): number {
  let h = x ^ (x >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Fills `words`. */
export function hashKey(key: Buffer, seed: number): void {
  const { length } = key;
  const whole = length & ~15;
  let h1 = seed | 0;
  let h2 = h1;
  let h3 = h1;
  let h4 = h1;
  for (let at = 0; at < whole; at += 16) {
    h1 ^= Math.imul(rotate(Math.imul(key.readInt32LE(at), C1), 15), C2);
    h1 = (Math.imul(rotate(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotate(Math.imul(key.readInt32LE(at + 4), C2), 16), C3);
    h2 = (Math.imul(rotate(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotate(Math.imul(key.readInt32LE(at + 8), C3), 17), C4);
    h3 = (Math.imul(rotate(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotate(Math.imul(key.readInt32LE(at + 12), C4), 18), C1);
    h4 = (Math.imul(rotate(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  const tail = [0, 0, 0, 0];
  for (let i = whole; i < length; i++) {
    const word = (i - whole) >> 2;
    tail[word] = (tail[word] ?? 0) | ((key[i] ?? 0) << (8 * (i & 3)));
  }
  h1 ^= Math.imul(rotate(Math.imul(tail[0] ?? 0, C1), 15), C2);
  h2 ^= Math.imul(rotate(Math.imul(tail[1] ?? 0, C2), 16), C3);
  h3 ^= Math.imul(rotate(Math.imul(tail[2] ?? 0, C3), 17), C4);
  h4 ^= Math.imul(rotate(Math.imul(tail[3] ?? 0, C4), 18), C1);
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = mixed(h1);
  h2 = mixed(h2);
  h3 = mixed(h3);
  h4 = mixed(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  words[0] = h1;
  words[1] = h2 + h1;
  words[2] = h3 + h1;
  words[3] = h4 + h1;
}
