// Errors of types that are expected: each line below one of the marks must not compile, and the compiler reports a mark without an
// error. At run time nothing is declared here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import type { KafkaCallName, KafkaChannelName, OpenChannel, RunCall } from '../gateway/feature.ts';
import { call, channel } from './contract/declare.ts';
import { type DeclaredTwice, eachNameIsDeclaredOnce, subjects } from './contract/subjects.ts';
import type { CallArgs, Channels } from './contract.ts';
import type { LabCalls } from './with-lab.ts';

type CallTable = { readonly [N in KafkaCallName]: RunCall<N> };
type ChannelTable = { readonly [N in KafkaChannelName]: OpenChannel<N> };

const args = z.strictObject({ name: z.string() });
const result = z.strictObject({ changed: z.number() });
const on = () => null;
const full = { args, result, says: 'Paints a topic.', right: 'editor', on, changes: true, http: 'POST /x' } as const;

test('[CON-7] a call that leaves out what it must say does not compile, nor one by which somebody who may only look changes something', () => {
  const { says, right, changes, http, on: _on, ...rest } = full;
  assert.equal(call(full).right, 'editor');
  // @ts-expect-error without `right`
  call({ ...rest, on, says, changes, http });
  // @ts-expect-error without `says`
  call({ ...rest, on, right, changes, http });
  // @ts-expect-error without `changes`
  call({ ...rest, on, says, right, http });
  // @ts-expect-error without `http`
  call({ ...rest, on, says, right, changes });
  // @ts-expect-error without `on`
  call({ ...rest, says, right, changes, http });
  // @ts-expect-error a right that nobody has
  call({ ...full, right: 'owner' });
  // @ts-expect-error no route
  call({ ...full, http: '/x' });
  // @ts-expect-error who may only look would change something
  call({ ...full, right: 'viewer' });
  // @ts-expect-error an object that is none
  call({ ...full, on: () => ['song', 'x'] });
  // @ts-expect-error no argument of that name
  call({ ...full, on: ({ title }) => ['topic', title] });
  // @ts-expect-error a channel without `says`
  channel({ params: args, data: result });
  assert.equal(channel({ params: args, data: result, says: 'Shows paint.' }).right, 'viewer');
});

test('[CON-8] a table that lacks a declared name, or has one that nobody declared, does not compile; nor does a name that two subjects declare', () => {
  const calls = {} as unknown as CallTable;
  const channels = {} as unknown as ChannelTable;
  const labCalls = {} as unknown as LabCalls;
  const { 'quota.alter': alter, ...withoutAlter } = calls;
  const { quotas, ...withoutQuotas } = channels;
  const { 'lab.kill': kill, ...withoutKill } = labCalls;
  const whole: readonly [CallTable, ChannelTable, LabCalls] = [
    { ...withoutAlter, 'quota.alter': alter },
    { ...withoutQuotas, quotas },
    { ...withoutKill, 'lab.kill': kill },
  ];
  // @ts-expect-error nobody serves quota.alter
  const lackingCall: CallTable = withoutAlter;
  // @ts-expect-error nobody serves quotas
  const lackingChannel: ChannelTable = withoutQuotas;
  // @ts-expect-error nobody serves lab.kill
  const lackingLabCall: LabCalls = withoutKill;
  // @ts-expect-error nobody declared it
  const moreCalls: CallTable = { ...calls, 'topic.paint': async () => ({ changed: 1 }) };
  // @ts-expect-error nobody declared it
  const moreChannels: ChannelTable = { ...channels, paint: quotas };
  // @ts-expect-error nobody declared it
  const moreLabCalls: LabCalls = { ...labCalls, 'lab.paint': kill };
  // @ts-expect-error of another call
  const wrongCall: CallTable = { ...calls, 'quota.alter': async () => ({ id: 'x' }) };
  const { users } = subjects;
  // @ts-expect-error declared in both
  const once: [DeclaredTwice<{ a: typeof users; b: typeof users }>] extends [never] ? true : false = true;
  assert.ok(eachNameIsDeclaredOnce && once && whole.length === 3);
  for (const table of [lackingCall, lackingChannel, lackingLabCall, moreCalls, moreChannels, moreLabCalls, wrongCall])
    assert.ok(table);
});

test('[CON-9] the types of what is declared are deeply readonly and exact', () => {
  const entity: CallArgs<'quota.alter'>['entity'] = [{ type: 'user', name: null }];
  const view = { rows: [{ id: 1, host: 'a' }] } as unknown as Channels['brokers']['data'];
  const change = () => {
    // @ts-expect-error readonly
    entity.push({ type: 'ip', name: null });
    // @ts-expect-error readonly
    view.rows[0].host = 'b';
    // @ts-expect-error no such part
    entity[0] satisfies { type: 'group' } | undefined;
    // @ts-expect-error no such field
    view.freshness.age;
  };
  assert.equal(typeof change, 'function');
});
