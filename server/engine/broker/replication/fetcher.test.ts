import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiskError } from '../../../kernel/world.ts';
import type { PartitionLog } from '../../storage/log/log.ts';
import { Replica } from '../replica.ts';
import { TestWorld } from '../testing/test-world.ts';
import { Fetcher } from './fetcher.ts';

test('[REP-70] a follower whose disk does not give its epochs asks again later, and its broker lives on', async () => {
  const world = new TestWorld();
  const log = { topic: 't', topicId: 'x', partition: 0, endOffset: 0, startOffset: 0 };
  let looks = 0;
  Object.defineProperty(log, 'latestEpoch', {
    get: () => {
      looks++;
      throw new DiskError('EIO', 'gone');
    },
  });
  const fetcher = new Fetcher({
    world,
    nodeId: 1,
    leaderId: 2,
    address: () => null,
    brokerEpoch: () => 1,
    isHoldingBack: () => false,
    isHeldBack: () => false,
    take: () => 'nothing',
  });
  fetcher.follow(new Replica(log as unknown as PartitionLog));
  const run = fetcher.run();
  await world.advance(10_000);
  fetcher.stop();
  await world.until(run);
  assert.ok(looks > 5 && looks < 30, `${looks} looks in ten seconds`);
  assert.match(world.lines[0] ?? '', /^warn leader epochs of t-0: gone/);
});
