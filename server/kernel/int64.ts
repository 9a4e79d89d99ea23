// A 64-bit number that must come back as it was given: where a client's word is kept, computed with or said again, such as the time of
// a record or a committed offset. All other int64 are plain numbers (ARCHITECTURE, ideas). Pure.

/** A number within ±(2^53−1), a bigint beyond, never otherwise: equal ones are === and can be keys, and <, > compare any two. */
export type Int64 = number | bigint;

const TWO_32 = 4_294_967_296;

export function readInt64(bytes: Buffer, position: number): Int64 {
  const value = bytes.readInt32BE(position) * TWO_32 + bytes.readUInt32BE(position + 4);
  return Number.isSafeInteger(value) ? value : bytes.readBigInt64BE(position);
}
export function writeInt64(bytes: Buffer, position: number, value: Int64): void {
  if (typeof value === 'bigint') {
    bytes.writeBigInt64BE(value, position);
    return;
  }
  bytes.writeInt32BE(Math.floor(value / TWO_32), position);
  bytes.writeUInt32BE(value >>> 0, position + 4);
}

/** The low 64 bits of any whole number. */
export function int64Of(value: bigint): Int64 {
  const wrapped = BigInt.asIntN(64, value);
  const plain = Number(wrapped);
  return Number.isSafeInteger(plain) ? plain : wrapped;
}
/** Overflows as Java's long does. */
export function addInt64(a: Int64, b: Int64): Int64 {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return int64Of(BigInt(a) + BigInt(b));
}
export function largerInt64(a: Int64, b: Int64): Int64 {
  return b > a ? b : a;
}
/** Itself within ±(2^53−1), otherwise the end of that range: for numbers that are only compared with those this engine gives out. */
export function nearestNumber(value: Int64): number {
  if (typeof value === 'number') return value;
  return value < 0n ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER;
}
