// int64 in index and snapshot files, as numbers within ±(2^53−1). Answers NaN for what lies outside, which no check lets pass.

const TWO_32 = 4_294_967_296;

export function readInt64(bytes: Buffer, position: number): number {
  const value = bytes.readInt32BE(position) * TWO_32 + bytes.readUInt32BE(position + 4);
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

export function writeInt64(bytes: Buffer, position: number, value: number): void {
  bytes.writeInt32BE(Math.floor(value / TWO_32), position);
  bytes.writeUInt32BE(value >>> 0, position + 4);
}
