// The words in which messages are declared (schema/). A declaration is data: codec.ts compiles it, and the TypeScript types of
// what is read (Value) and what may be given to write (Input: everything optional, Kafka's defaults fill in) are inferred.
import type { Int64 } from '../kernel/int64.ts';
import type { VersionRange } from './versions.ts';
import { ALL_VERSIONS, NO_VERSION, parseVersions } from './versions.ts';

export const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA';

export type PrimitiveKind =
  | 'boolean'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'long'
  | 'float64'
  | 'uuid'
  | 'string'
  | 'bytes'
  | 'records';

/** T: what reading gives. I: what writing takes. */
export interface Field<T, I = T> {
  readonly kind: PrimitiveKind | 'array' | 'struct';
  readonly versions: VersionRange;
  readonly nullable: VersionRange;
  /** Versions in which the field sits in the tagged section, under `tag`. */
  readonly tagged: VersionRange;
  readonly tag: number;
  readonly fallback: T;
  readonly element: Field<unknown> | null;
  readonly fields: Fields | null;
  /** Never present: carries I through inference. */
  readonly '~input'?: I;
}

export type Fields = { readonly [name: string]: Field<unknown, unknown> };
export type Value<S extends Fields> = { [K in keyof S]: S[K] extends Field<infer T, infer _I> ? T : never };
export type Input<S extends Fields> = {
  readonly [K in keyof S]?: S[K] extends { readonly '~input'?: infer I } ? I : never;
};

export interface FieldOptions {
  /** Versions that have the field; all by default. */
  readonly versions?: string;
  /** Versions in which it may be null; none by default. */
  readonly nullable?: string;
  readonly tag?: number;
  readonly tagged?: string;
  readonly fallback?: unknown;
}
type OrNull<T, O> = O extends { readonly nullable: string } ? T | null : T;

function field<T, I>(
  kind: Field<T>['kind'],
  options: FieldOptions | undefined,
  zero: unknown,
  parts: { element?: Field<unknown>; fields?: Fields } = {},
): Field<T, I> {
  const { versions, nullable, tag, tagged, fallback } = options ?? {};
  return {
    kind,
    versions: versions === undefined ? ALL_VERSIONS : parseVersions(versions),
    nullable: nullable === undefined ? NO_VERSION : parseVersions(nullable),
    tagged: tagged === undefined ? NO_VERSION : parseVersions(tagged),
    tag: tag ?? -1,
    fallback: (fallback === undefined ? zero : fallback) as T,
    element: parts.element ?? null,
    fields: parts.fields ?? null,
  };
}

export const boolean = (options?: FieldOptions) => field<boolean, boolean>('boolean', options, false);
export const int8 = (options?: FieldOptions) => field<number, number>('int8', options, 0);
export const int16 = (options?: FieldOptions) => field<number, number>('int16', options, 0);
export const uint16 = (options?: FieldOptions) => field<number, number>('uint16', options, 0);
export const int32 = (options?: FieldOptions) => field<number, number>('int32', options, 0);
export const uint32 = (options?: FieldOptions) => field<number, number>('uint32', options, 0);
/** A number of ours: what a client sends beyond ±(2^53−1) is read as the end of that range, and is only ever compared. */
export const int64 = (options?: FieldOptions) => field<number, number>('int64', options, 0);
/** The same 64 bits for what is kept or said again as the client gave it. */
export const long = (options?: FieldOptions) => field<Int64, Int64>('long', options, 0);
export const float64 = (options?: FieldOptions) => field<number, number>('float64', options, 0);
/** Base64url text of 16 bytes; ZERO_UUID means none. */
export const uuid = (options?: FieldOptions) => field<string, string>('uuid', options, ZERO_UUID);
export const string = <const O extends FieldOptions>(options?: O) =>
  field<OrNull<string, O>, OrNull<string, O>>('string', options, '');
export const bytes = <const O extends FieldOptions>(options?: O) =>
  field<OrNull<Buffer, O>, OrNull<Buffer, O>>('bytes', options, Buffer.alloc(0));
/** Record batches, opaque. Written from one buffer or several in a row. */
export const records = <const O extends FieldOptions>(options?: O) =>
  field<Buffer | null, Buffer | readonly Buffer[] | null>('records', { nullable: '0+', ...options }, null);

/** An array of primitives: `array(int32())`; of structs: `array({ name: string() })`. */
export function array<T, I, const O extends FieldOptions>(
  element: Field<T, I>,
  options?: O,
): Field<OrNull<T[], O>, OrNull<readonly I[], O>>;
export function array<const S extends Fields, const O extends FieldOptions>(
  element: S,
  options?: O,
): Field<OrNull<Value<S>[], O>, OrNull<readonly Input<S>[], O>>;
export function array(element: Field<unknown> | Fields, options?: FieldOptions): Field<unknown, unknown> {
  const isField = typeof element.kind === 'string';
  const inner = isField ? (element as Field<unknown>) : struct(element as Fields);
  return field('array', options, [], { element: inner as Field<unknown> });
}
/** One nested struct; its own `versions`, `nullable` and tag as for any field. Without a fallback it reads as its fields' defaults. */
export function struct<const S extends Fields, const O extends FieldOptions>(
  fields: S,
  options?: O,
): Field<OrNull<Value<S>, O>, OrNull<Input<S>, O>> {
  return field('struct', options, defaults(fields), { fields });
}

export function defaults<S extends Fields>(fields: S): Value<S> {
  const value: Record<string, unknown> = {};
  for (const [name, f] of Object.entries(fields)) value[name] = f.fallback;
  return value as Value<S>;
}
