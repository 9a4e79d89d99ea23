// Kafka's primitive types, written into a growing buffer. Large byte strings are not copied: they become pieces of their own,
// so that record batches go from file to socket as they are.
import { type Int64, writeInt64 } from '../kernel/int64.ts';

const FIRST_BYTES = 256;
/** From this size on a byte string is kept as its own piece. */
const SHARED_FROM_BYTES = 2048;

export class Writer {
  #buffer: Buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #position = 0;
  readonly #pieces: Buffer[] = [];
  #pieceBytes = 0;

  sizeBytes(): number {
    return this.#pieceBytes + this.#position;
  }

  /** All that was written, in order. The writer is spent afterwards. */
  finish(): Buffer[] {
    this.#seal();
    return this.#pieces;
  }
  /** The same as one buffer. */
  toBuffer(): Buffer {
    const pieces = this.finish();
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  }

  #seal(): void {
    if (this.#position === 0) return;
    this.#pieces.push(this.#buffer.subarray(0, this.#position));
    this.#pieceBytes += this.#position;
    this.#buffer = this.#buffer.subarray(this.#position);
    this.#position = 0;
  }
  #room(count: number): number {
    const at = this.#position;
    if (at + count > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(2 * this.#buffer.length, at + count, FIRST_BYTES));
      this.#buffer.copy(grown, 0, 0, at);
      this.#buffer = grown;
    }
    this.#position = at + count;
    return at;
  }

  boolean(value: boolean): void {
    this.int8(value ? 1 : 0);
  }
  int8(value: number): void {
    const at = this.#room(1);
    this.#buffer.writeInt8(value, at);
  }
  int16(value: number): void {
    const at = this.#room(2);
    this.#buffer.writeInt16BE(value, at);
  }
  uint16(value: number): void {
    const at = this.#room(2);
    this.#buffer.writeUInt16BE(value, at);
  }
  int32(value: number): void {
    const at = this.#room(4);
    this.#buffer.writeInt32BE(value, at);
  }
  uint32(value: number): void {
    const at = this.#room(4);
    this.#buffer.writeUInt32BE(value, at);
  }
  int64(value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError(`int64 outside ±(2^53−1): ${value}`);
    const at = this.#room(8);
    writeInt64(this.#buffer, at, value);
  }
  long(value: Int64): void {
    const at = this.#room(8);
    writeInt64(this.#buffer, at, value);
  }
  float64(value: number): void {
    const at = this.#room(8);
    this.#buffer.writeDoubleBE(value, at);
  }
  /** Base64url of 16 bytes. */
  uuid(value: string): void {
    const at = this.#room(16);
    if (this.#buffer.write(value, at, 16, 'base64url') !== 16) throw new RangeError(`not a UUID: "${value}"`);
  }
  unsignedVarint(value: number): void {
    let rest = value >>> 0;
    while (rest >= 128) {
      this.int8((((rest & 127) | 128) << 24) >> 24);
      rest >>>= 7;
    }
    this.int8(rest);
  }
  varint(value: number): void {
    this.unsignedVarint((value << 1) ^ (value >> 31));
  }
  varlong(value: Int64): void {
    const wide = BigInt(value);
    let rest = BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n));
    while (rest >= 128n) {
      this.int8(Number(BigInt.asIntN(8, (rest & 127n) | 128n)));
      rest >>= 7n;
    }
    this.int8(Number(rest));
  }

  raw(bytes: Buffer): void {
    if (bytes.length >= SHARED_FROM_BYTES) {
      this.#seal();
      this.#pieces.push(bytes);
      this.#pieceBytes += bytes.length;
      return;
    }
    const at = this.#room(bytes.length);
    bytes.copy(this.#buffer, at);
  }
  text(value: string, byteLength: number): void {
    const at = this.#room(byteLength);
    this.#buffer.write(value, at, byteLength, 'utf8');
  }
  nullableString(value: string | null, isFlexible: boolean): void {
    if (value === null) {
      if (isFlexible) this.unsignedVarint(0);
      else this.int16(-1);
      return;
    }
    const length = Buffer.byteLength(value);
    if (length > 32767) throw new RangeError(`string of ${length} bytes; 32767 is the most`);
    if (isFlexible) this.unsignedVarint(length + 1);
    else this.int16(length);
    this.text(value, length);
  }
  nullableBytes(value: Buffer | readonly Buffer[] | null, isFlexible: boolean): void {
    if (value === null) {
      if (isFlexible) this.unsignedVarint(0);
      else this.int32(-1);
      return;
    }
    if (Buffer.isBuffer(value)) {
      this.#bytesLength(value.length, isFlexible);
      this.raw(value);
      return;
    }
    let length = 0;
    for (const piece of value) length += piece.length;
    this.#bytesLength(length, isFlexible);
    for (const piece of value) this.raw(piece);
  }
  #bytesLength(length: number, isFlexible: boolean): void {
    if (isFlexible) this.unsignedVarint(length + 1);
    else this.int32(length);
  }
  /** −1 for a null array. */
  arrayLength(length: number, isFlexible: boolean): void {
    if (isFlexible) this.unsignedVarint(length + 1);
    else this.int32(length);
  }
  /** Appends another writer's output. */
  append(other: Writer): void {
    for (const piece of other.finish()) this.raw(piece);
  }
}
