// Whoever falls behind leaves the in-sync replicas (6): a follower whose disk lacks what its leader had half a second ago, for much
// longer than replica.lag.time.max.ms, may not be in sync any more; unless its leader had no controller to tell.
import type { SimCluster, SimNode } from '../cluster.ts';
import type { SimNet } from '../world/net.ts';
import type { Canon } from './metadata.ts';
import { holds } from './violation.ts';

export interface LagOptions {
  readonly canon: Canon;
  readonly cluster: SimCluster;
  readonly net: SimNet;
  /** replica.lag.time.max.ms. */
  readonly lagMs: number;
}

export const LOOK_MS = 500;
/** Looking, asking the controller, asking again after a connection that timed out. */
const SLACK_MS = 8000;

interface Follower {
  readonly caughtUpMs: number;
  readonly leaderEnd: number;
}

export class LagWatch {
  readonly #o: LagOptions;
  /** Those in sync at the last look: who leaves and comes back begins anew. */
  #followers = new Map<string, Follower>();

  constructor(options: LagOptions) {
    this.#o = options;
  }

  /** To be called every LOOK_MS. */
  look(nowMs: number): void {
    const { canon, cluster } = this.#o;
    const before = this.#followers;
    this.#followers = new Map();
    for (const topic of canon.state.topics.values()) {
      for (const { partition, leader, leaderEpoch, inSyncReplicas } of topic.partitions) {
        const led = cluster.broker(leader);
        if (led === undefined) continue;
        const place = `${topic.name}-${partition}`;
        const leaderEnd = led.logs.get(place)?.endOffset ?? 0;
        const isAble = this.#mayTell(led);
        for (const id of inSyncReplicas) {
          if (id === leader) continue;
          const end = cluster.broker(id)?.logs.get(place)?.endOffset ?? 0;
          const key = `${topic.topicId} ${place} epoch ${leaderEpoch}: broker ${id}`;
          this.#note(key, before.get(key), { nowMs, end, leaderEnd, isAble });
        }
      }
    }
  }
  #note(
    key: string,
    before: Follower | undefined,
    o: { nowMs: number; end: number; leaderEnd: number; isAble: boolean },
  ): void {
    const limitMs = 2 * this.#o.lagMs + SLACK_MS;
    const isBehind = before !== undefined && o.isAble && o.end < before.leaderEnd;
    const caughtUpMs = isBehind ? before.caughtUpMs : o.nowMs;
    this.#followers.set(key, { caughtUpMs, leaderEnd: o.leaderEnd });
    const behindMs = o.nowMs - caughtUpMs;
    holds(6, behindMs <= limitMs, () => `${key} is in sync, behind its leader for ${behindMs} ms`);
  }
  #mayTell(leader: SimNode): boolean {
    const { cluster, net } = this.#o;
    const { controller } = cluster;
    for (const node of [leader, controller])
      if (node.running === null || node.process?.isFrozen !== false) return false;
    const ways = [
      [leader.name, controller.name],
      [controller.name, leader.name],
    ] as const;
    return ways.every(([from, to]) => !net.isCut(from, to) && !net.slow.has(`${from}>${to}`));
  }
}
