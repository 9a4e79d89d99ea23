// Walks the declarations of all subjects: what the types cannot hold is held here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { z } from 'zod';
import { idOf } from '../../gateway/quotas/entity.ts';
import * as apis from './apis.ts';
import { type KafkaApi, LAB } from './apis.ts';
import type { Call, Channel, Stream } from './declare.ts';
import { quotaIdOf } from './quota-id.ts';
import { type DeclaredTwice, declaredCalls, declaredChannels, declaredStreams, subjects } from './subjects.ts';

type Named<D> = readonly [name: string, declaration: D];

/** Names in the order of the subjects, one that two kinds or two subjects declare twice. */
function declaredNames(all: Readonly<Record<string, { channels: object; streams: object; calls: object }>>): string[] {
  return Object.values(all).flatMap(({ channels, streams, calls }) => [channels, streams, calls].flatMap(Object.keys));
}
const twice = (names: readonly string[]) => names.filter((name, index) => names.indexOf(name) !== index);
const shapeOf = (http: string) => http.replaceAll(/\{\w+\}/g, '{}');

/** What is wrong with a call beyond what its type holds. */
function faultsOf([name, declared]: Named<Call>): string[] {
  const { args, on, http, changes, right, says } = declared;
  const faults: string[] = [];
  const sample = sampleOf(args) as Record<string, unknown>;
  assert.ok(args.safeParse(sample).success, `${name}: the sample ${JSON.stringify(sample)} does not fit`);
  const object = on.call(declared, sample);
  if (object !== null && (object.length !== 2 || object[1] === '')) faults.push(`${name}: on gives ${object}`);
  for (const [, param = ''] of http.matchAll(/\{(\w+)\}/g)) {
    // An id that is made of several arguments names what the call is done to.
    if (!Object.hasOwn(sample, param) && !(param === 'id' && object !== null))
      faults.push(`${name}: ${http} names no argument`);
  }
  if (changes && right === 'viewer') faults.push(`${name}: who may only look would change something`);
  // A reading whose arguments fill a body is asked for by POST.
  if (changes ? http.startsWith('GET ') : !/^(GET|POST) /.test(http))
    faults.push(`${name}: ${http} does not fit a call that changes: ${changes}`);
  return [...faults, ...faultsOfWords([name, { says }])];
}
function faultsOfWords([name, { says }]: Named<{ readonly says: string }>): string[] {
  return /^[A-Z][^.]{10,160}\.$/.test(says) ? [] : [`${name}: "${says}" is not one sentence`];
}

/** What zod keeps of the schemas that arguments are made of. */
type Definition =
  | { readonly type: 'object'; readonly shape: Readonly<Record<string, z.ZodType>> }
  | { readonly type: 'array'; readonly element: z.ZodType }
  | { readonly type: 'record'; readonly keyType: z.ZodType; readonly valueType: z.ZodType }
  | { readonly type: 'nullable' | 'optional'; readonly innerType: z.ZodType }
  | { readonly type: 'union'; readonly options: readonly [z.ZodType] }
  | { readonly type: 'enum'; readonly entries: Readonly<Record<string, unknown>> }
  | { readonly type: 'literal'; readonly values: readonly unknown[] }
  | { readonly type: 'boolean' | 'number' | 'string' };

/** Something that a schema lets through, with something in everything that may be empty. */
function sampleOf(schema: z.ZodType): unknown {
  const { def } = schema as unknown as { readonly def: Definition };
  switch (def.type) {
    case 'object':
      return Object.fromEntries(Object.entries(def.shape).map(([key, each]) => [key, sampleOf(each)]));
    case 'array':
      return [sampleOf(def.element)];
    case 'record':
      return Object.fromEntries([[sampleOf(def.keyType), sampleOf(def.valueType)]]);
    case 'nullable':
    case 'optional':
      return sampleOf(def.innerType);
    case 'union':
      return sampleOf(def.options[0]);
    case 'enum':
      return Object.values(def.entries)[0];
    case 'literal':
      return def.values[0];
    case 'boolean':
      return true;
    case 'number':
      return Math.max((schema as z.ZodNumber).minValue ?? 0, 0);
    case 'string':
      return '4001';
  }
}

const needsOf = ({ needs }: Channel | Stream | Call) => needs.map((need) => (need === LAB ? LAB : need.name)).join(' ');

test('[CON-1] a channel, stream or call is declared once, says what it does in one sentence, and a call has a route of its own', (t) => {
  assert.deepEqual(twice(declaredNames(subjects)), []);
  assert.equal(declaredNames(subjects).length, declaredChannels.size + declaredStreams.size + declaredCalls.size);
  assert.ok(declaredChannels.size >= 15 && declaredStreams.size >= 2 && declaredCalls.size >= 45);
  assert.deepEqual(twice([...declaredCalls.values()].map(({ http }) => shapeOf(http))), []);
  assert.deepEqual([...declaredChannels, ...declaredStreams].flatMap(faultsOfWords), []);
  assert.deepEqual([...declaredCalls].flatMap(faultsOf), []);
  for (const line of rights()) t.diagnostic(line);
});

/** The table of rights, one line for each name. */
function rights(): string[] {
  const rows: string[][] = [['name', 'right', 'changes', 'needs', 'http', 'says']];
  for (const [name, each] of [...declaredChannels, ...declaredStreams]) {
    rows.push([name, each.right, 'no', needsOf(each), '', each.says]);
  }
  for (const [name, each] of declaredCalls) {
    rows.push([name, each.right, each.changes ? 'yes' : 'no', needsOf(each), each.http, each.says]);
  }
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

test('[CON-2] a planted name twice, a route twice, and a call that does not fit its words are found', () => {
  const { topics, quotas } = subjects;
  assert.deepEqual(twice(declaredNames({ topics, quotas, again: quotas })), ['quotas', 'quota.alter']);
  assert.deepEqual(twice(['GET /topics/{name}', 'GET /topics/{topic}'].map(shapeOf)), ['GET /topics/{}']);
  const right = topics.calls['topic.delete'] as Call;
  const faults = (change: Partial<Call>) => faultsOf(['x', { ...right, ...change }]).map((each) => each.slice(0, 40));
  assert.deepEqual(faults({}), []);
  assert.deepEqual(faults({ right: 'viewer' }), ['x: who may only look would change someth']);
  assert.deepEqual(faults({ http: 'GET /topics/{name}' }), ['x: GET /topics/{name} does not fit a cal']);
  assert.deepEqual(faults({ http: 'DELETE /topics/{topic}' }), ['x: DELETE /topics/{topic} names no argum']);
  assert.deepEqual(faults({ on: () => ['topic', ''] }), ['x: on gives topic,']);
  assert.deepEqual(faults({ says: 'Deletes a topic with all its records' }), [
    'x: "Deletes a topic with all its records',
  ]);
  const planted: DeclaredTwice<{ first: typeof quotas; second: typeof quotas }> = 'quota.alter';
  assert.ok(declaredCalls.has(planted));
});

test('[CON-3] what a cluster may have to serve is named as Kafka’s protocol names it', async () => {
  const named = Object.values(apis).filter((each): each is KafkaApi => typeof each === 'object');
  assert.ok(named.length >= 15);
  for (const { name, key, version = 0 } of named) {
    const file = `${key}-${name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}.ts`;
    const schema: Record<string, { readonly key?: number; readonly name?: string }> = await import(
      `../../protocol/schema/${file}`
    );
    const api = Object.values(schema).find((each) => each.key !== undefined);
    assert.deepEqual([api?.key, api?.name], [key, name]);
    assert.ok(version >= 0);
  }
});

test('[CON-4] a quota has one id in the contract and in the gateway', () => {
  const entities = [
    [
      { type: 'user', name: 'Zoë, of: 1' },
      { type: 'client-id', name: null },
    ],
    [{ type: 'ip', name: '10.0.0.1' }],
  ] as const;
  for (const entity of entities) assert.equal(quotaIdOf(entity), idOf(entity));
});
