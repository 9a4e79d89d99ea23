// Random messages for tests, grown from the declarations themselves: whatever a schema can say, a test can say.

import * as fc from 'fast-check';
import { int64Of } from '../kernel/int64.ts';
import type { Field, Fields } from './grammar.ts';
import { includes } from './versions.ts';

const safeInteger = fc.oneof(fc.integer(), fc.maxSafeInteger());
const text = fc.string({ maxLength: 12, unit: 'grapheme' });
const bytes = fc.uint8Array({ maxLength: 40 }).map((b) => Buffer.from(b));

function primitive(kind: Field<unknown>['kind']): fc.Arbitrary<unknown> {
  switch (kind) {
    case 'boolean':
      return fc.boolean();
    case 'int8':
      return fc.integer({ min: -128, max: 127 });
    case 'int16':
      return fc.integer({ min: -32768, max: 32767 });
    case 'uint16':
      return fc.integer({ min: 0, max: 65535 });
    case 'int32':
      return fc.integer();
    case 'uint32':
      return fc.integer({ min: 0, max: 4294967295 });
    case 'int64':
      return safeInteger;
    case 'long':
      return fc.oneof(safeInteger, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(int64Of));
    case 'float64':
      return fc.double({ noNaN: true });
    case 'uuid':
      return fc.uint8Array({ minLength: 16, maxLength: 16 }).map((b) => Buffer.from(b).toString('base64url'));
    case 'string':
      return text;
    case 'bytes':
      return bytes;
    case 'records':
      return fc.oneof(bytes, fc.constant(Buffer.alloc(5000, 7)));
    default:
      throw new TypeError(`${kind} is not a primitive`);
  }
}

function fieldValue(field: Field<unknown>, version: number): fc.Arbitrary<unknown> {
  const plain =
    field.kind === 'array'
      ? fc.array(fieldValue(field.element as Field<unknown>, version), { maxLength: 3 })
      : field.kind === 'struct'
        ? structValue(field.fields as Fields, version)
        : primitive(field.kind);
  return includes(field.nullable, version) ? fc.option(plain, { freq: 4 }) : plain;
}

/** Values of a struct as its `version` carries them: fields that the version lacks hold their fallback. */
export function structValue(fields: Fields, version: number): fc.Arbitrary<Record<string, unknown>> {
  const parts: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, field] of Object.entries(fields)) {
    const isCarried = includes(field.versions, version) || includes(field.tagged, version);
    parts[name] = isCarried ? fieldValue(field, version) : fc.constant(field.fallback);
  }
  return fc.record(parts, { noNullPrototype: true });
}
