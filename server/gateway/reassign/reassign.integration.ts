// Moves partitions of a running cluster, ours or Apache Kafka, through a whole gateway:
//   node --test server/gateway/reassign/reassign.integration.ts -- 127.0.0.1:9092
// It makes topics named gwt-<time>-… and removes them. Not part of the unit tests: it needs a cluster.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { REASSIGN_AT_ONCE, type ReassignView } from '../../live/contract.ts';
import type { ClusterGateway } from '../gateway.ts';
import { browse, closeGateway, ignore, openGateway, prefix, refusal, until, utf8 } from '../testing/integration.ts';

let gateway: ClusterGateway;

before(async () => {
  gateway = await openGateway('it');
});

after(() => closeGateway(gateway));

const everyMove = { query: '', state: null, offset: 0, limit: 200 } as const;

function reassignment(of: ClusterGateway, passes: (view: ReassignView) => boolean): Promise<ReassignView> {
  return until((look) => of.watch('reassign', everyMove, look, ignore), passes, 40_000);
}

/** A topic of one partition and one replica with this much in it, and a broker that does not hold it; null: only one broker. */
async function topicToMove(name: string, megabytes: number): Promise<{ from: number; to: number } | null> {
  const { rows } = await until(
    (look) => gateway.watch('brokers', {}, look, ignore),
    ({ rows: brokers }) => brokers.length > 0,
  );
  await gateway.call('topic.create', { name, partitions: 1, replicationFactor: 1, configs: {} });
  const value = utf8('x'.repeat(10_000));
  await gateway.call('record.produce', {
    topic: name,
    partition: 0,
    key: null,
    value,
    headers: [],
    count: megabytes * 100,
  });
  const view = await until(
    (look) => gateway.watch('topic', { name }, look, ignore),
    ({ partitions }) => partitions[0]?.leader != null,
  );
  const from = view.partitions[0]?.leader ?? -1;
  const to = rows.find(({ id, isUp }) => isUp && id !== from)?.id;
  return to === undefined ? null : { from, to };
}

async function throttledRates(brokerId: number): Promise<number> {
  const configs = await gateway.call('broker.configs', { brokerId });
  return configs.filter(({ name, source }) => /throttled.rate/.test(name) && source === 'DYNAMIC_BROKER').length;
}

const canReassign = () => gateway.summary().capabilities.apis[45] !== undefined;

test('[RSG-16] a partition moves with all its records under a throttle that is gone afterwards', async (t) => {
  const name = `${prefix}-moved`;
  const place = canReassign() ? await topicToMove(name, 1) : null;
  if (place === null) return t.skip('the cluster cannot move replicas, or has one broker');
  const request = { kind: 'byHand', topic: name, partition: 0, replicas: [place.to] } as const;
  const plan = await gateway.call('reassign.plan', { request });
  assert.equal(plan.partitions, 1);
  assert.ok(plan.bytesToMove >= 1_000_000, `${plan.bytesToMove} bytes`);
  await gateway.call('reassign.start', { planId: plan.planId, throttleBytesPerSecond: 50_000_000 });
  const refused = await refusal(gateway.call('reassign.start', { planId: plan.planId, throttleBytesPerSecond: null }));
  assert.ok(['PLAN_UNKNOWN', 'REASSIGNMENT_UNDER_WAY'].includes(refused.kind), refused.kind);
  const { run, rows } = await reassignment(gateway, (view) => view.run?.endedAtMs != null);
  assert.deepEqual([run?.state, run?.counts.done, run?.warnings.length], ['done', 1, 0]);
  assert.equal(rows[0]?.copiedBytes, rows[0]?.bytes);
  const moved = await until(
    (look) => gateway.watch('topic', { name }, look, ignore),
    ({ partitions }) => partitions[0]?.leader === place.to,
  );
  assert.deepEqual(moved.partitions[0]?.replicas, [place.to]);
  assert.equal((await browse(gateway, { topic: name, start: { from: 'oldest' }, limit: 100 })).records.length, 100);
  assert.deepEqual([await throttledRates(place.from), await throttledRates(place.to)], [0, 0]);
  assert.deepEqual(await gateway.call('reassign.putAway', {}), { wasThere: true });
});

test('[RSG-17] a dashboard that starts anew finds what is under way, can cancel it, and offers to remove the throttle left behind', async (t) => {
  const name = `${prefix}-found`;
  const place = canReassign() ? await topicToMove(name, 6) : null;
  if (place === null) return t.skip('the cluster cannot move replicas, or has one broker');
  const begin = await openGateway('b');
  const request = { kind: 'byHand', topic: name, partition: 0, replicas: [place.to] } as const;
  const { planId } = await begin.call('reassign.plan', { request });
  await begin.call('reassign.start', { planId, throttleBytesPerSecond: 20_000 });
  await reassignment(begin, ({ run }) => (run?.counts.moving ?? 0) === 1);
  await begin.close();

  const found = await reassignment(gateway, ({ run }) => run?.throttleBytesPerSecond === 20_000);
  assert.deepEqual([found.run?.request, found.run?.state, found.rows[0]?.topic], [null, 'running', name]);
  assert.deepEqual([found.rows[0]?.from, found.rows[0]?.to], [[place.from], [place.to]]);
  assert.deepEqual(await gateway.call('reassign.cancel', {}), { cancelled: 1 });
  const left = await reassignment(
    gateway,
    ({ run, leftThrottles }) => run?.endedAtMs != null && leftThrottles !== null,
  );
  assert.equal(left.run?.state, 'cancelled');
  assert.ok(left.leftThrottles?.brokers.some(({ bytesPerSecond }) => bytesPerSecond === 20_000));
  const removed = await gateway.call('reassign.removeThrottles', {});
  assert.ok(removed.brokers >= 2 && removed.topics >= 1, JSON.stringify(removed));
  await reassignment(gateway, ({ leftThrottles }) => leftThrottles === null);
  const after = await until(
    (look) => gateway.watch('topic', { name }, look, ignore),
    ({ partitions }) => partitions[0]?.replicas.length === 1,
  );
  assert.deepEqual(after.partitions[0]?.replicas, [place.from]);
  await gateway.call('reassign.putAway', {});
});

test('[RSG-21] what had not gone to the cluster when the dashboard ended stays where it is, and planning the same again is the rest', async (t) => {
  const name = `${prefix}-portions`;
  if (!canReassign() || (await topicToMove(`${prefix}-one`, 1)) === null)
    return t.skip('the cluster cannot move replicas, or has one broker');
  const partitions = REASSIGN_AT_ONCE + 10;
  await gateway.call('topic.create', { name, partitions, replicationFactor: 1, configs: {} });
  const record = { topic: name, partition: null, headers: [], count: 3_000 };
  await gateway.call('record.produce', { ...record, key: utf8('{{n}}'), value: utf8('x'.repeat(1_000)) });
  const lines: string[] = [];
  const begin = await openGateway('c', undefined, (line) => lines.push(line));
  const request = { kind: 'replicationFactor', topic: name, replicationFactor: 2 } as const;
  const { planId } = await begin.call('reassign.plan', { request });
  await begin.call('reassign.start', { planId, throttleBytesPerSecond: 5_000 });
  await reassignment(begin, ({ run }) => run?.counts.moving === REASSIGN_AT_ONCE && run.counts.waiting === 10);
  await begin.close();
  assert.match(lines.join('\n'), /10 of 60 partitions of the reassignment .* plan the same again/);

  // Some may be done by now.
  const found = await reassignment(gateway, ({ run }) => (run?.counts.moving ?? 0) > 0);
  assert.equal(found.run?.request, null);
  await gateway.call('reassign.setThrottle', { bytesPerSecond: null });
  await reassignment(gateway, ({ run }) => run?.endedAtMs != null);
  const rest = await until(
    (look) => gateway.watch('topic', { name }, look, ignore),
    (view) => view.partitions.filter(({ replicas }) => replicas.length === 2).length === REASSIGN_AT_ONCE,
  ).then(() => gateway.call('reassign.plan', { request }));
  assert.equal(rest.partitions, 10);
  await gateway.call('reassign.putAway', {});
});

test('[RSG-18] a plan is refused when its partitions have moved or gone since', async (t) => {
  const name = `${prefix}-outdated`;
  const place = canReassign() ? await topicToMove(name, 1) : null;
  if (place === null) return t.skip('the cluster cannot move replicas, or has one broker');
  const request = { kind: 'byHand', topic: name, partition: 0, replicas: [place.to] } as const;
  const { planId } = await gateway.call('reassign.plan', { request });
  await gateway.call('topic.delete', { name });
  const outdated = await refusal(gateway.call('reassign.start', { planId, throttleBytesPerSecond: null }));
  assert.equal(outdated.kind, 'PLAN_OUTDATED');
  assert.match(outdated.message, /partition 0 of .*-outdated has moved or gone/);
  assert.equal((await refusal(gateway.call('reassign.plan', { request }))).kind, 'PLAN_REFUSED');
  assert.equal((await refusal(gateway.call('reassign.cancel', {}))).kind, 'NO_REASSIGNMENT');
});
