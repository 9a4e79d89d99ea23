// Kafka's primitive types, read from one frame. Every read is checked against the frame's end: DecodeError, never a crash and
// never an allocation that the frame's own bytes do not pay for.
import { DecodeError } from '../kernel/decode-error.ts';
import { type Int64, int64Of, nearestNumber, readInt64 } from '../kernel/int64.ts';

/** Array elements one message may hold in all: the bound Kafka 4.4 puts on one array. */
const MAX_ELEMENTS = 1_000_000;

export class Reader {
  readonly bytes: Buffer;
  position: number;
  readonly end: number;
  #elements = 0;

  constructor(bytes: Buffer, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  remaining(): number {
    return this.end - this.position;
  }

  #take(count: number): number {
    const at = this.position;
    if (count < 0 || count > this.end - at) {
      throw new DecodeError(`${count} bytes wanted at ${at}, ${this.end - at} left`);
    }
    this.position = at + count;
    return at;
  }

  boolean(): boolean {
    return this.bytes[this.#take(1)] !== 0;
  }
  int8(): number {
    return this.bytes.readInt8(this.#take(1));
  }
  int16(): number {
    return this.bytes.readInt16BE(this.#take(2));
  }
  uint16(): number {
    return this.bytes.readUInt16BE(this.#take(2));
  }
  int32(): number {
    return this.bytes.readInt32BE(this.#take(4));
  }
  uint32(): number {
    return this.bytes.readUInt32BE(this.#take(4));
  }
  /** What lies beyond ±(2^53−1) is the end of that range: it equals and precedes nothing that this engine gives out. */
  int64(): number {
    return nearestNumber(this.long());
  }
  /** Exact. */
  long(): Int64 {
    return readInt64(this.bytes, this.#take(8));
  }
  float64(): number {
    return this.bytes.readDoubleBE(this.#take(8));
  }
  /** 16 bytes as base64url without padding. */
  uuid(): string {
    const at = this.#take(16);
    return this.bytes.toString('base64url', at, at + 16);
  }

  unsignedVarint(): number {
    let value = 0;
    let shift = 0;
    for (let i = 0; i < 5; i++) {
      const byte = this.bytes[this.#take(1)] as number;
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
      shift += 7;
    }
    throw new DecodeError(`varint at ${this.position - 5} is longer than five bytes`);
  }
  /** Zigzag, 32 bits. */
  varint(): number {
    const raw = this.unsignedVarint();
    return (raw >>> 1) ^ -(raw & 1);
  }
  /** Zigzag, 64 bits. */
  varlong(): Int64 {
    const first = this.bytes[this.position];
    if (first !== undefined && first < 128 && this.position < this.end) {
      this.position++;
      return (first >>> 1) ^ -(first & 1);
    }
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.#take(1)] as number;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) {
        const raw = BigInt.asUintN(64, value);
        return int64Of((raw >> 1n) ^ -(raw & 1n));
      }
    }
    throw new DecodeError('varlong is longer than ten bytes');
  }

  /** A slice of the frame, not a copy. */
  slice(length: number): Buffer {
    const at = this.#take(length);
    return this.bytes.subarray(at, at + length);
  }
  text(length: number): string {
    const at = this.#take(length);
    return this.bytes.toString('utf8', at, at + length);
  }

  nullableString(isFlexible: boolean): string | null {
    const length = isFlexible ? this.unsignedVarint() - 1 : this.int16();
    if (length === -1) return null;
    if (length > 32767) throw new DecodeError(`string of ${length} bytes; 32767 is the most`);
    return this.text(length);
  }
  nullableBytes(isFlexible: boolean): Buffer | null {
    const length = isFlexible ? this.unsignedVarint() - 1 : this.int32();
    return length === -1 ? null : this.slice(length);
  }
  /** −1 for a null array. Each element must still be paid for by at least one byte of the frame. */
  arrayLength(isFlexible: boolean): number {
    const length = isFlexible ? this.unsignedVarint() - 1 : this.int32();
    if (length === -1) return -1;
    this.#elements += length;
    if (length < -1 || length > this.remaining() || this.#elements > MAX_ELEMENTS) {
      throw new DecodeError(`array of ${length} elements with ${this.remaining()} bytes left`);
    }
    return length;
  }

  /** Skips a tagged section, giving known tags to `read`, which must leave the position wherever it likes. */
  tags(read: (tag: number, reader: Reader) => boolean): void {
    const count = this.unsignedVarint();
    let last = -1;
    for (let i = 0; i < count; i++) {
      const tag = this.unsignedVarint();
      if (tag <= last) throw new DecodeError(`tag ${tag} after tag ${last}`);
      last = tag;
      const size = this.unsignedVarint();
      const next = this.#take(size) + size;
      this.position = next - size;
      if (read(tag, this) && this.position !== next)
        throw new DecodeError(`tag ${tag} does not fill its ${size} bytes`);
      this.position = next;
    }
  }
}
