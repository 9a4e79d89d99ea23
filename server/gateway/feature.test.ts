import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallsOf, ChannelsOf, StreamsOf } from '../live/contract/subjects.ts';
import { GatewayContext } from './context.ts';
import type { Feature, KafkaCallName, KafkaChannelName, SubjectName } from './feature.ts';
import { quotas } from './quotas/feature.ts';
import { users } from './users/feature.ts';

// What is wrong here must not compile: without the error that is expected, the type check fails.

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
const everyNameIsServed: Same<KafkaChannelName | KafkaCallName, ChannelsOf<SubjectName> | CallsOf<SubjectName>> = true;

// @ts-expect-error the channel of quotas is missing
const withoutChannel: Feature<'quotas'> = (context) => ({ ...quotas(context), channels: {} });

// @ts-expect-error the call quota.alter is missing
const withoutCall: Feature<'quotas'> = (context) => ({ ...quotas(context), calls: {} });

// @ts-expect-error the streams browse and tail are missing
const withoutStream: Feature<'records'> = () => ({ channels: {}, calls: {} as never, streams: {} });

const withAnothers: Feature<'quotas'> = (context) => ({
  ...quotas(context),
  // @ts-expect-error users are another subject's
  channels: { ...quotas(context).channels, ...users(context).channels },
});

// @ts-expect-error a subject of the list is missing
const aList: { readonly [S in SubjectName]: Feature<S> } = { quotas, users };

test('[GTW-44] a name that no subject serves, and a subject that serves another’s, do not compile', () => {
  const planted = [withoutChannel, withoutCall, withoutStream, withAnothers, aList, everyNameIsServed];
  assert.equal(planted.length, 6);
  const streams: readonly StreamsOf<'records'>[] = ['browse', 'tail'];
  assert.equal(streams.length, 2);
});

test('[GTW-45] what changed is told by its own name, with its item, to all that listen, in the order they came', () => {
  const context = new GatewayContext({
    clusterId: 'c',
    name: 'c',
    mode: 'external',
    bootstrapServers: ['127.0.0.1:1'],
    log: () => undefined,
  });
  const told: string[] = [];
  context.onTold((name, item) => told.push(`first ${name} ${item}`));
  context.onTold((name, item) => told.push(`second ${name} ${item}`));
  context.tell('quotas');
  context.tell('producers', 'orders');
  // @ts-expect-error there is no such channel
  context.tell('quota');
  assert.deepEqual(told.slice(0, 4), [
    'first quotas null',
    'second quotas null',
    'first producers orders',
    'second producers orders',
  ]);
});
