// SHA-256 and SHA-512 with HMAC (FIPS 180-4, RFC 2104), for the few places that keep credentials. Slow and plain: no message here
// is longer than a password's hash. What a node needs at speed has the machine's own code behind World.

export type Sha2 = 'sha256' | 'sha512';

interface Shape {
  readonly wordBits: bigint;
  readonly rounds: number;
  /** Rotations of the two big and two small sigmas; the last of each small one is a shift. */
  readonly bigA: readonly [bigint, bigint, bigint];
  readonly bigE: readonly [bigint, bigint, bigint];
  readonly small0: readonly [bigint, bigint, bigint];
  readonly small1: readonly [bigint, bigint, bigint];
}
const SHAPES: { readonly [K in Sha2]: Shape } = {
  sha256: {
    wordBits: 32n,
    rounds: 64,
    bigA: [2n, 13n, 22n],
    bigE: [6n, 11n, 25n],
    small0: [7n, 18n, 3n],
    small1: [17n, 19n, 10n],
  },
  sha512: {
    wordBits: 64n,
    rounds: 80,
    bigA: [28n, 34n, 39n],
    bigE: [14n, 18n, 41n],
    small0: [1n, 8n, 7n],
    small1: [19n, 61n, 6n],
  },
};
const STATE_WORDS = 8;
const BLOCK_WORDS = 16;
const FRACTION_BITS = 64n;

export function sha2(kind: Sha2, message: Buffer): Buffer {
  const shape = SHAPES[kind];
  const { wordBits } = shape;
  const mask = (1n << wordBits) - 1n;
  const wordBytes = Number(wordBits / 8n);
  const blockBytes = BLOCK_WORDS * wordBytes;
  const padded = pad(message, blockBytes, wordBytes);
  const { roots, cubes } = constants();
  const key = cubes.slice(0, shape.rounds).map((word) => word >> (FRACTION_BITS - wordBits));
  let state = roots.map((word) => word >> (FRACTION_BITS - wordBits));
  for (let at = 0; at < padded.length; at += blockBytes) {
    const words = Array.from({ length: BLOCK_WORDS }, (_, i) => wordAt(padded, at + i * wordBytes, wordBytes));
    const mixed = compress(shape, key, words, state);
    state = state.map((word, i) => (word + (mixed[i] ?? 0n)) & mask);
  }
  return Buffer.from(state.map((word) => word.toString(16).padStart(wordBytes * 2, '0')).join(''), 'hex');
}

export function hmacSha2(kind: Sha2, key: Buffer, message: Buffer): Buffer {
  const blockBytes = (BLOCK_WORDS * Number(SHAPES[kind].wordBits)) / 8;
  const short = key.length > blockBytes ? sha2(kind, key) : key;
  const full = Buffer.concat([short, Buffer.alloc(blockBytes - short.length)]);
  const inner = Buffer.concat([full.map((byte) => byte ^ 0x36), message]);
  return sha2(kind, Buffer.concat([full.map((byte) => byte ^ 0x5c), sha2(kind, inner)]));
}

/** One bit, zeros, and the length in bits as two words, up to whole blocks. */
function pad(message: Buffer, blockBytes: number, wordBytes: number): Buffer {
  const least = message.length + 1 + 2 * wordBytes;
  const padded = Buffer.alloc(Math.ceil(least / blockBytes) * blockBytes);
  message.copy(padded);
  padded[message.length] = 0x80;
  padded.writeBigUInt64BE(BigInt(message.length) * 8n, padded.length - 8);
  return padded;
}

function compress(shape: Shape, key: readonly bigint[], words: bigint[], state: readonly bigint[]): readonly bigint[] {
  const { wordBits, rounds, bigA, bigE, small0, small1 } = shape;
  const mask = (1n << wordBits) - 1n;
  const turn = (word: bigint, by: bigint) => ((word >> by) | (word << (wordBits - by))) & mask;
  const big = (word: bigint, [x, y, z]: Shape['bigA']) => turn(word, x) ^ turn(word, y) ^ turn(word, z);
  const small = (word: bigint, [x, y, shift]: Shape['bigA']) => turn(word, x) ^ turn(word, y) ^ (word >> shift);
  const at = (i: number) => words[i] ?? 0n;
  for (let i = BLOCK_WORDS; i < rounds; i++) {
    words.push((small(at(i - 2), small1) + at(i - 7) + small(at(i - 15), small0) + at(i - 16)) & mask);
  }
  let [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n, g = 0n, h = 0n] = state;
  for (let i = 0; i < rounds; i++) {
    const choice = (e & f) ^ (~e & mask & g);
    const first = h + big(e, bigE) + choice + (key[i] ?? 0n) + at(i);
    const second = big(a, bigA) + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) & mask, c, b, a, (first + second) & mask];
  }
  return [a, b, c, d, e, f, g, h];
}

function wordAt(bytes: Buffer, at: number, wordBytes: number): bigint {
  return wordBytes === 8 ? bytes.readBigUInt64BE(at) : BigInt(bytes.readUInt32BE(at));
}

let known: { readonly roots: readonly bigint[]; readonly cubes: readonly bigint[] } | null = null;
/** The first 64 bits of the fractions of square and cube roots of the first primes, as the standard defines its constants. */
function constants(): { readonly roots: readonly bigint[]; readonly cubes: readonly bigint[] } {
  if (known === null) {
    const primes = firstPrimes(SHAPES.sha512.rounds);
    known = {
      roots: primes.slice(0, STATE_WORDS).map((prime) => fraction(prime, 2n)),
      cubes: primes.map((prime) => fraction(prime, 3n)),
    };
  }
  return known;
}
function firstPrimes(count: number): bigint[] {
  const primes: bigint[] = [];
  for (let n = 2n; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0n)) primes.push(n);
  return primes;
}
/** Largest root whose power does not pass the number, without its whole part. */
function fraction(prime: bigint, degree: bigint): bigint {
  const target = prime << (FRACTION_BITS * degree);
  let [low, high] = [0n, prime << FRACTION_BITS];
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** degree <= target) low = middle;
    else high = middle - 1n;
  }
  return low & ((1n << FRACTION_BITS) - 1n);
}
