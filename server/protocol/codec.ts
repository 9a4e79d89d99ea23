// Compiles declarations into readers and writers, one pair per message and version, on first use. Knows nothing of any
// particular message.
import { DecodeError } from '../kernel/decode-error.ts';
import type { Int64 } from '../kernel/int64.ts';
import type { Field, Fields, Input, PrimitiveKind, Value } from './grammar.ts';
import { defaults } from './grammar.ts';
import { Reader } from './reader.ts';
import type { VersionRange } from './versions.ts';
import { includes, parseVersions } from './versions.ts';
import { Writer } from './writer.ts';

type Read = (reader: Reader) => unknown;
type Write = (writer: Writer, value: unknown) => void;
interface Pair {
  readonly read: Read;
  readonly write: Write;
}

/** A message in all its versions. */
export class Message<S extends Fields> {
  readonly fields: S;
  readonly versions: VersionRange;
  readonly flexible: VersionRange;
  readonly #pairs = new Map<number, Pair>();

  constructor(fields: S, versions: VersionRange, flexible: VersionRange) {
    this.fields = fields;
    this.versions = versions;
    this.flexible = flexible;
  }

  isFlexible(version: number): boolean {
    return includes(this.flexible, version);
  }
  /** Throws DecodeError. Leaves the reader behind the message. */
  read(reader: Reader, version: number): Value<S> {
    return this.#pair(version).read(reader) as Value<S>;
  }
  /** Throws RangeError for a value the version cannot carry (a bug of ours). */
  write(writer: Writer, version: number, value: Input<S>): void {
    this.#pair(version).write(writer, value);
  }
  /** Reads a whole buffer; throws DecodeError when bytes are left over. */
  decode(bytes: Buffer, version: number): Value<S> {
    const reader = new Reader(bytes);
    const value = this.read(reader, version);
    if (reader.remaining() > 0) throw new DecodeError(`${reader.remaining()} bytes left behind the message`);
    return value;
  }
  encode(version: number, value: Input<S>): Buffer {
    const writer = new Writer();
    this.write(writer, version, value);
    return writer.toBuffer();
  }

  #pair(version: number): Pair {
    let pair = this.#pairs.get(version);
    if (pair === undefined) {
      if (!includes(this.versions, version)) throw new RangeError(`no version ${version} of this message`);
      pair = structPair(this.fields, version, this.isFlexible(version));
      this.#pairs.set(version, pair);
    }
    return pair;
  }
}

export function message<const S extends Fields>(o: { versions: string; flexible: string; fields: S }): Message<S> {
  return new Message(o.fields, parseVersions(o.versions), parseVersions(o.flexible));
}

/** One API: request and response under one key and one range of versions. */
export interface Api<Q extends Fields = Fields, R extends Fields = Fields> {
  readonly key: number;
  readonly name: string;
  readonly versions: VersionRange;
  readonly request: Message<Q>;
  readonly response: Message<R>;
}
export function api<const Q extends Fields, const R extends Fields>(o: {
  key: number;
  name: string;
  versions: string;
  flexible: string;
  request: Q;
  response: R;
}): Api<Q, R> {
  const versions = parseVersions(o.versions);
  const flexible = parseVersions(o.flexible);
  return {
    key: o.key,
    name: o.name,
    versions,
    request: new Message(o.request, versions, flexible),
    response: new Message(o.response, versions, flexible),
  };
}
export type RequestOf<A> = A extends Api<infer Q, infer _R> ? Value<Q> : never;
export type RequestInput<A> = A extends Api<infer Q, infer _R> ? Input<Q> : never;
export type ResponseOf<A> = A extends Api<infer _Q, infer R> ? Value<R> : never;
export type ResponseInput<A> = A extends Api<infer _Q, infer R> ? Input<R> : never;

// ------------------------------------------------------------------------------------------------------------ compiling

interface Slot extends Pair {
  readonly name: string;
  readonly field: Field<unknown, unknown>;
}

function structPair(fields: Fields, version: number, isFlexible: boolean): Pair {
  const plain: Slot[] = [];
  const tagged = new Map<number, Slot>();
  const empty = defaults(fields) as Record<string, unknown>;
  for (const [name, field] of Object.entries(fields)) {
    if (!includes(field.versions, version) && !includes(field.tagged, version)) continue;
    const slot = { name, field, ...fieldPair(name, field, version, isFlexible) };
    if (isFlexible && includes(field.tagged, version)) tagged.set(field.tag, slot);
    else if (includes(field.versions, version)) plain.push(slot);
  }
  const inOrder = [...tagged.values()].sort((a, b) => a.field.tag - b.field.tag);
  return { read: structReader(plain, tagged, empty, isFlexible), write: structWriter(plain, inOrder, isFlexible) };
}

function structReader(
  plain: readonly Slot[],
  tagged: ReadonlyMap<number, Slot>,
  empty: Record<string, unknown>,
  isFlexible: boolean,
): Read {
  return (reader) => {
    const value = { ...empty };
    for (let i = 0; i < plain.length; i++) {
      const slot = plain[i] as Slot;
      value[slot.name] = slot.read(reader);
    }
    if (isFlexible) {
      reader.tags((tag) => {
        const slot = tagged.get(tag);
        if (slot === undefined) return false;
        value[slot.name] = slot.read(reader);
        return true;
      });
    }
    return value;
  };
}

function structWriter(plain: readonly Slot[], tagged: readonly Slot[], isFlexible: boolean): Write {
  return (writer, given) => {
    const value = given as Record<string, unknown>;
    for (let i = 0; i < plain.length; i++) {
      const slot = plain[i] as Slot;
      const v = value[slot.name];
      slot.write(writer, v === undefined ? slot.field.fallback : v);
    }
    if (isFlexible) writeTags(writer, tagged, value);
  };
}

function writeTags(writer: Writer, tagged: readonly Slot[], value: Record<string, unknown>): void {
  const set = tagged.filter((slot) => !isDefault(value[slot.name], slot.field));
  writer.unsignedVarint(set.length);
  for (const slot of set) {
    const body = new Writer();
    slot.write(body, value[slot.name]);
    writer.unsignedVarint(slot.field.tag);
    writer.unsignedVarint(body.sizeBytes());
    writer.append(body);
  }
}

/** Tagged fields are written only when they differ from their default. */
function isDefault(value: unknown, field: Field<unknown, unknown>): boolean {
  if (value === undefined || value === field.fallback) return true;
  if (value === null) return field.fallback === null;
  if (field.kind === 'array') return Array.isArray(field.fallback) && (value as readonly unknown[]).length === 0;
  if (field.kind === 'bytes') return field.fallback !== null && (value as Buffer).length === 0;
  if (field.kind === 'struct' && field.fields !== null && field.fallback !== null) {
    const parts = value as Record<string, unknown>;
    return Object.entries(field.fields).every(([name, inner]) => isDefault(parts[name], inner));
  }
  return false;
}

function fieldPair(name: string, field: Field<unknown, unknown>, version: number, isFlexible: boolean): Pair {
  const isNullable = includes(field.nullable, version);
  if (field.kind === 'array') return arrayPair(name, field, version, isFlexible);
  if (field.kind === 'struct') {
    const inner = structPair(field.fields as Fields, version, isFlexible);
    return isNullable ? nullableStruct(inner) : inner;
  }
  const plain = primitives[field.kind](isFlexible);
  const pair = field.kind === 'string' && SENTENCE.test(name) ? cutting(plain) : plain;
  return isNullable ? pair : notNull(name, pair);
}

function notNull(name: string, pair: Pair): Pair {
  return {
    read: (reader) => {
      const value = pair.read(reader);
      if (value === null) throw new DecodeError(`${name} must not be null`);
      return value;
    },
    write: (writer, value) => {
      if (value === null) throw new RangeError(`${name} must not be null in this version`);
      pair.write(writer, value);
    },
  };
}

function nullableStruct(inner: Pair): Pair {
  return {
    read: (reader) => (reader.int8() < 0 ? null : inner.read(reader)),
    write: (writer, value) => {
      writer.int8(value === null ? -1 : 1);
      if (value !== null) inner.write(writer, value);
    },
  };
}

function arrayPair(name: string, field: Field<unknown, unknown>, version: number, isFlexible: boolean): Pair {
  const element = field.element as Field<unknown, unknown>;
  const isNullable = includes(field.nullable, version);
  const inner = fieldPair(name, element, version, isFlexible);
  return {
    read: (reader) => {
      const length = reader.arrayLength(isFlexible);
      if (length === -1) {
        if (!isNullable) throw new DecodeError(`${name} must not be null`);
        return null;
      }
      const values: unknown[] = [];
      for (let i = 0; i < length; i++) values.push(inner.read(reader));
      return values;
    },
    write: (writer, value) => {
      if (value === null) {
        if (!isNullable) throw new RangeError(`${name} must not be null in this version`);
        return writer.arrayLength(-1, isFlexible);
      }
      const values = value as readonly unknown[];
      writer.arrayLength(values.length, isFlexible);
      for (let i = 0; i < values.length; i++) inner.write(writer, values[i]);
    },
  };
}

/** What a server says in its own words may quote what a client sent, and then be longer than a string can be: it is cut. */
const SENTENCE = /[eE]rrorMessage$/;
const MAX_STRING_BYTES = 32_767;
/** Of the three bytes of U+FFFD, which half a character at the end becomes. */
const CUT_BYTES = MAX_STRING_BYTES - 3;
function cutting(pair: Pair): Pair {
  return { read: pair.read, write: (writer, value) => pair.write(writer, sentence(value as string | null)) };
}
function sentence(value: string | null): string | null {
  if (value === null || Buffer.byteLength(value) <= MAX_STRING_BYTES) return value;
  return Buffer.from(value).subarray(0, CUT_BYTES).toString();
}

const primitives: Record<PrimitiveKind, (isFlexible: boolean) => Pair> = {
  boolean: () => ({ read: (r) => r.boolean(), write: (w, v) => w.boolean(v as boolean) }),
  int8: () => ({ read: (r) => r.int8(), write: (w, v) => w.int8(v as number) }),
  int16: () => ({ read: (r) => r.int16(), write: (w, v) => w.int16(v as number) }),
  uint16: () => ({ read: (r) => r.uint16(), write: (w, v) => w.uint16(v as number) }),
  int32: () => ({ read: (r) => r.int32(), write: (w, v) => w.int32(v as number) }),
  uint32: () => ({ read: (r) => r.uint32(), write: (w, v) => w.uint32(v as number) }),
  int64: () => ({ read: (r) => r.int64(), write: (w, v) => w.int64(v as number) }),
  long: () => ({ read: (r) => r.long(), write: (w, v) => w.long(v as Int64) }),
  float64: () => ({ read: (r) => r.float64(), write: (w, v) => w.float64(v as number) }),
  uuid: () => ({ read: (r) => r.uuid(), write: (w, v) => w.uuid(v as string) }),
  string: (f) => ({ read: (r) => r.nullableString(f), write: (w, v) => w.nullableString(v as string | null, f) }),
  bytes: (f) => ({ read: (r) => r.nullableBytes(f), write: (w, v) => w.nullableBytes(v as Buffer | null, f) }),
  records: (f) => ({
    read: (r) => r.nullableBytes(f),
    write: (w, v) => w.nullableBytes(v as Buffer | readonly Buffer[] | null, f),
  }),
};
