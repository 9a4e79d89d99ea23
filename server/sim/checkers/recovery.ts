// Invariant 16 for storage: what recovery made of a disk after a power loss, recovery leaves as it is, even when it is cut short by
// another crash: recover(recover(x)) = recover(x).

import { DEFAULT_LOG_CONFIG } from '../../engine/storage/log-config.ts';
import { LogFolder } from '../../engine/storage/log-folder.ts';
import { CLUSTER_ID, type SimNode } from '../cluster.ts';
import type { SimDisk } from '../world/disk.ts';
import { SimNet } from '../world/net.ts';
import { Prng } from '../world/prng.ts';
import { Scheduler } from '../world/scheduler.ts';
import { Process, worldOf } from '../world/world.ts';
import { holds } from './violation.ts';

/** Looks at a copy of the node's disk, as its power would leave it now. */
export function checkRecovery(node: SimNode, prng: Prng): void {
  const disk = node.disk.copy();
  disk.losePower(prng.fork(`recovery ${node.name}`));
  const first = recovered(node, disk);
  const second = recovered(node, disk);
  holds(16, first === second, () => `${node.name} recovers\n${first}\nand from that\n${second}`);
}

function recovered(node: SimNode, disk: SimDisk): string {
  const scheduler = new Scheduler();
  const net = new SimNet(scheduler, new Prng(1), { delayMs: 1, splitShare: 0, giveUpMs: [1, 2] });
  const parts = { scheduler, net, prng: new Prng(1), disk, skewMs: () => 0, onLog: () => {} };
  const world = worldOf(new Process(node.name), parts);
  const options = { folder: node.name, nodeId: node.id, clusterId: CLUSTER_ID, configOf: () => DEFAULT_LOG_CONFIG };
  const folder = LogFolder.open(world, options);
  const logs = [...folder.logs].map(([name, log]) => {
    const { startOffset, endOffset, sizeBytes, segmentCount, latestEpoch, lastStableOffset } = log;
    const producers = [...log.producers()];
    // What was found just now says more of itself than what was read.
    const aborted = log.abortedTransactions(startOffset, endOffset).map((one) => {
      return [one.producerId, one.firstOffset, one.lastOffset, one.lastStableOffset];
    });
    return JSON.stringify({
      name,
      ...{ startOffset, endOffset, sizeBytes, segmentCount, latestEpoch, lastStableOffset, producers, aborted },
    });
  });
  folder.close(false);
  return logs.sort().join('\n');
}
