// Well-formed requests nobody would write by hand, drawn from a message's own declaration: names and ids of real things mixed with
// strange ones, numbers at their edges.

import fc from 'fast-check';
import type { Int64 } from '../../../kernel/int64.ts';
import type { Field, Fields } from '../../../protocol/grammar.ts';
import { ZERO_UUID } from '../../../protocol/grammar.ts';
import { includes } from '../../../protocol/versions.ts';

export interface Known {
  readonly names: readonly string[];
  readonly topicIds: readonly string[];
  readonly records: readonly Buffer[];
}

const STRANGE_NAMES = [
  '',
  '.',
  '..',
  '__consumer_offsets',
  '__proto__',
  'constructor',
  'a b',
  'ü',
  'x'.repeat(250),
  // The longest a string may be.
  'y'.repeat(32_767),
  '1',
];
const STRANGE_RECORDS = [Buffer.alloc(0), Buffer.alloc(12), Buffer.alloc(61), Buffer.alloc(100, 255)];
const BEYOND = [-(2n ** 63n), -(2n ** 53n), 2n ** 53n, 1_700_000_000_000_000_000n, 2n ** 63n - 1n];
const SMALL = [-2, -1, 0, 1, 2, 3, 4, 5, 8, 16, 32];

/** Values of a request of this version. `longestMs` bounds every field that says how long to wait. */
export function anyRequest(
  fields: Fields,
  version: number,
  known: Known,
  longestMs: number,
): fc.Arbitrary<Record<string, unknown>> {
  const parts: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, field] of Object.entries(fields)) {
    if (!includes(field.versions, version)) continue;
    const isWait = /(Wait|Timeout)Ms$|^timeoutMs$/.test(name);
    const value = isWait ? fc.integer({ min: -1, max: longestMs }) : anyValue(field, version, known, longestMs);
    parts[name] = includes(field.nullable, version)
      ? fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 4, arbitrary: value })
      : value;
  }
  return fc.record(parts);
}

function anyValue(field: Field<unknown>, version: number, known: Known, longestMs: number): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'boolean':
      return fc.boolean();
    case 'int8':
      return fc.constantFrom(...SMALL, -128, 127);
    case 'int16':
      return fc.constantFrom(...SMALL, -32768, 32767);
    case 'uint16':
      return fc.constantFrom(0, 1, 65535);
    case 'int32':
      return fc.constantFrom(...SMALL, 1000, -2147483648, 2147483647);
    case 'uint32':
      return fc.constantFrom(0, 1, 4294967295);
    case 'int64':
      return fc.constantFrom(...SMALL, 1_700_000_000_000, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    case 'long':
      return fc.constantFrom<Int64>(...SMALL, 1_700_000_000_000, ...BEYOND);
    case 'float64':
      return fc.constantFrom(0, -1, Number.NaN);
    case 'uuid':
      return fc.constantFrom(...known.topicIds, ZERO_UUID, 'BwcHBwcHBwcHBwcHBwcHBw');
    case 'string':
      return fc.constantFrom(...known.names, ...STRANGE_NAMES);
    case 'bytes':
      return fc.constantFrom(Buffer.alloc(0), Buffer.alloc(3, 255));
    case 'records':
      return fc.constantFrom(...known.records, ...STRANGE_RECORDS).map((bytes) => Buffer.from(bytes));
    case 'struct':
      return anyRequest(field.fields ?? {}, version, known, longestMs);
    case 'array':
      return anyArray(field, version, known, longestMs);
  }
}

function anyArray(field: Field<unknown>, version: number, known: Known, longestMs: number): fc.Arbitrary<unknown> {
  const element = field.element ?? field;
  return fc.array(anyValue(element, version, known, longestMs), { maxLength: 3 });
}
