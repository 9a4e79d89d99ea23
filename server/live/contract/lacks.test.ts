import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KafkaApi } from './apis.ts';
import * as apis from './apis.ts';
import { labLacks, lacksOf } from './lacks.ts';
import { declaredCalls, declaredChannels, declaredStreams } from './subjects.ts';

const all = Object.values(apis).filter((each): each is KafkaApi => typeof each === 'object');
/** Brokers that serve everything but some. */
const without = (...missing: readonly KafkaApi[]) =>
  new Map(all.filter((each) => !missing.includes(each)).map(({ key, version = 0 }) => [key, { min: 0, max: version }]));

test('[CON-5] what brokers do not serve takes away what needs it, with the reason, and nothing while nothing is known of them', () => {
  assert.deepEqual(lacksOf(new Map()), {});
  assert.deepEqual(lacksOf(without()), {});
  const sentence = 'The brokers of this cluster do not serve AlterClientQuotas (Apache Kafka has it since 2.6).';
  assert.deepEqual(lacksOf(without(apis.AlterClientQuotas)), { 'quota.alter': sentence });
  const blind = lacksOf(without(apis.DescribeClientQuotas, apis.AlterClientQuotas));
  assert.deepEqual(Object.keys(blind).sort(), ['quota.alter', 'quotas']);
  assert.match(blind['quota.alter'] ?? '', /DescribeClientQuotas/, 'the first of its needs is the reason');
  assert.deepEqual(Object.keys(lacksOf(without(apis.DescribeProducers))).sort(), ['producers', 'transaction.abort']);
  assert.ok('reassign' in lacksOf(without(apis.AlterPartitionReassignments)));
  const old = new Map([...without(), [apis.ElectLeaders.key, { min: 0, max: 0 }] as const]);
  assert.deepEqual(lacksOf(old), {
    'topic.electAnyway':
      'The brokers of this cluster do not serve version 1 of ElectLeaders (Apache Kafka has it since 2.4).',
  });
});

test('[CON-6] without a lab all that is the lab’s is lacking, and nothing else', () => {
  const sentence = 'There is no lab here.';
  const names = [...declaredChannels.keys(), ...declaredStreams.keys(), ...declaredCalls.keys()];
  const lab = names.filter((name) => /^lab(\.|$)/.test(name));
  assert.ok(lab.length > 10);
  assert.deepEqual(labLacks(sentence), Object.fromEntries(lab.map((name) => [name, sentence])));
  assert.deepEqual(Object.keys(lacksOf(without(apis.UnregisterBroker))), ['lab.removeBroker']);
});
