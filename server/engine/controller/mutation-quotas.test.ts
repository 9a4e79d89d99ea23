import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../protocol/errors.ts';
import { ClientQuotas } from '../metadata/client-quotas.ts';
import { decide } from '../metadata/machine.ts';
import { QuotaLimits } from '../metadata/quota-limits.ts';
import { TestCluster, topicRequest } from '../metadata/testing/cluster.ts';
import { MutationQuotas } from './mutation-quotas.ts';

const { NONE, THROTTLING_QUOTA_EXCEEDED } = ErrorCode;

function start(perSecond: number) {
  const cluster = new TestCluster().start(1);
  const quotas = new ClientQuotas();
  const entity = [{ entityType: 'client-id', entityName: 'held' }];
  quotas.replay({ entity, key: 'controller_mutation_rate', value: perSecond, remove: false });
  const clock = { nowMs: () => cluster.nowMs, monotonicMs: () => cluster.nowMs };
  const all = new MutationQuotas(clock, new QuotaLimits(() => quotas));
  const create = (sizes: readonly number[], isStrict: boolean) => {
    const topics = sizes.map((numPartitions, i) => topicRequest({ name: `t${cluster.nowMs}-${i}`, numPartitions }));
    const permits = all.permits({ user: 'u', clientId: 'held' }, isStrict);
    assert.ok(permits !== null);
    const request = { topics, timeoutMs: 0, validateOnly: false };
    const { reply } = decide({ ...cluster.view, permits }, 'createTopics', request, cluster.nowMs);
    return [reply.topics?.map(({ errorCode }) => errorCode), permits.throttleTimeMs] as const;
  };
  return { cluster, all, create };
}

test('[QUO-30] changes of partitions beyond the quota are refused topic by topic, with the time until one may be made again', () => {
  const { cluster, all, create } = start(2);
  assert.equal(all.permits({ user: 'u', clientId: 'free' }, true), null);
  // Eleven seconds' worth are there; who has any left may have one more change, however large.
  assert.deepEqual(create([21, 5, 1], true), [[NONE, NONE, THROTTLING_QUOTA_EXCEEDED], 2000]);
  cluster.nowMs += 1000;
  assert.deepEqual(create([1], true), [[THROTTLING_QUOTA_EXCEEDED], 1000]);
  cluster.nowMs += 1000;
  assert.deepEqual(create([1], true), [[NONE], 0]);
});

test('[QUO-31] clients that do not know the refusal get their change and are told to wait', () => {
  const { create } = start(2);
  assert.deepEqual(create([21, 5, 1], false), [[NONE, NONE, NONE], 2500]);
});
