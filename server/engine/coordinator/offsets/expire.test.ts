import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { Bench, subscription } from '../testing/bench.ts';

const ROUND_MS = 600_000;
const RETENTION_MS = 60 * 60_000;
const SETTINGS = { 'offsets.retention.minutes': '60' };

async function topicsOf(bench: Bench, groupId = 'g') {
  const answer = await bench.fetch({ groups: [{ groupId, topics: null }] });
  return answer.groups?.[0]?.topics?.map(({ name }) => name);
}
const position = (name: string) => ({ name, partitions: [{ partitionIndex: 0, committedOffset: 1 }] });

test('[OFS-9] a simple group’s offsets end the retention after their commit, and the group with them', async () => {
  const bench = await Bench.ready(SETTINGS);
  await bench.commit({ topics: [position('orders')] });
  await bench.pass(RETENTION_MS - ROUND_MS);
  await bench.commit({ topics: [position('trades')] });
  await bench.pass(ROUND_MS);
  assert.deepEqual(await topicsOf(bench), ['trades']);
  await bench.pass(RETENTION_MS);
  assert.deepEqual(await topicsOf(bench), []);
  assert.equal((await bench.describe()).errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
  await bench.restart();
  assert.equal((await bench.describe()).errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
});

test('[OFS-9] a group’s offsets are kept while it has members and end the retention after the last one left', async () => {
  const bench = await Bench.ready(SETTINGS);
  const { ids, generation } = await bench.stable(1, { sessionTimeoutMs: 1_800_000 });
  const memberId = ids[0] ?? '';
  await bench.commit({ memberId, generationIdOrMemberEpoch: generation, topics: [position('orders')] });
  for (let passedMs = 0; passedMs < 3 * RETENTION_MS; passedMs += ROUND_MS) {
    await bench.pass(ROUND_MS);
    bench.heartbeat(memberId, generation);
  }
  assert.deepEqual(await topicsOf(bench), ['orders']);
  await bench.leave({ members: [{ memberId }] });
  await bench.pass(RETENTION_MS - 1);
  assert.deepEqual(await topicsOf(bench), ['orders']);
  await bench.pass(ROUND_MS);
  assert.deepEqual(await topicsOf(bench), []);
  assert.equal((await bench.describe()).errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
});

test('[OFS-9] a stable group forgets topics it no longer subscribes to', async () => {
  const bench = await Bench.ready(SETTINGS);
  const protocols = [{ name: 'range', metadata: subscription('orders') }];
  const { ids, generation } = await bench.stable(1, { sessionTimeoutMs: 1_800_000, protocols });
  const memberId = ids[0] ?? '';
  const topics = [position('orders'), position('trades')];
  await bench.commit({ memberId, generationIdOrMemberEpoch: generation, topics });
  for (let passedMs = 0; passedMs < RETENTION_MS; passedMs += ROUND_MS) {
    await bench.pass(ROUND_MS);
    bench.heartbeat(memberId, generation);
  }
  assert.deepEqual(await topicsOf(bench), ['orders']);
});

test('[OFS-9] a commit with a retention of its own (v2–4) ends by that', async () => {
  const bench = await Bench.ready(SETTINGS);
  await bench.commit({ topics: [position('orders')], retentionTimeMs: ROUND_MS }, 4);
  await bench.restart();
  await bench.pass(ROUND_MS - 1);
  assert.deepEqual(await topicsOf(bench), ['orders']);
  await bench.pass(1);
  assert.deepEqual(await topicsOf(bench), []);
});
