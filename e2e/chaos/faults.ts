// Breaks nodes at random through the live calls, as a person in the lab would, and puts everything right at the end.
import type { LabLinkFault } from '../../server/live/contract.ts';
import { until } from '../interop/support.ts';
import type { LiveClient } from './live-client.ts';
import type { Chance } from './random.ts';

const CONTROLLER_ID = 3000;
const SESSION_MS = 9_000;
const HEAL_TIMEOUT_MS = 90_000;
const sleep = (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs));

/**
 * 'outage' is a kill that outlasts the broker's session, so that the controller has to notice by itself. 'cut' cuts the link between two
 * nodes, 'halfCut' one direction of it, 'isolate' all links of a broker: its clients reach it, and nobody else does.
 */
export const faultKinds = [
  'kill',
  'outage',
  'stop',
  'restart',
  'freeze',
  'controller',
  'pair',
  'wipe',
  'rolling',
  'cut',
  'halfCut',
  'isolate',
  'slowLink',
  'slowDisk',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface FaultOptions {
  readonly live: LiveClient;
  readonly chance: Chance;
  readonly brokers: number;
  readonly kinds: readonly FaultKind[];
  /** Done first, in this order. */
  readonly opening: readonly FaultKind[];
  /** How long a node stays down or frozen, at most. */
  readonly longestMs: number;
  isOver(): boolean;
  log(line: string): void;
}

/** Runs until it is over; gives how often each fault was done. What the lab refuses is a fault of this program, and thrown. */
export async function breakNodes(options: FaultOptions): Promise<Readonly<Record<string, number>>> {
  const { live, chance, brokers, kinds, opening, longestMs, isOver, log } = options;
  const done: Record<string, number> = {};
  for (let turn = 0; !isOver(); turn++) {
    const kind = opening[turn] ?? chance.pick(kinds);
    const nodeId = chance.between(1, brokers);
    const downMs = chance.between(300, longestMs);
    const startedAtMs = performance.now();
    await commit(live, kind, nodeId, downMs, brokers);
    done[kind] = (done[kind] ?? 0) + 1;
    log(
      `${kind} ${kind === 'controller' || kind === 'rolling' ? '' : `broker ${nodeId} `}(${Math.round(performance.now() - startedAtMs)} ms)`,
    );
    await sleep(chance.between(200, 1_500));
  }
  return done;
}

async function commit(
  live: LiveClient,
  kind: FaultKind,
  nodeId: number,
  downMs: number,
  brokers: number,
): Promise<void> {
  const other = (nodeId % brokers) + 1;
  switch (kind) {
    case 'cut':
    case 'halfCut':
      await breakLink(live, nodeId, other, { kind: 'cut', oneWay: kind === 'halfCut' }, downMs);
      break;
    case 'slowLink':
      await breakLink(live, nodeId, other, { kind: 'delay', oneWay: false, delayMs: Math.ceil(downMs / 10) }, downMs);
      break;
    case 'isolate': {
      const others = [...Array.from({ length: brokers }, (_, i) => i + 1), CONTROLLER_ID].filter((id) => id !== nodeId);
      const all = (fault: LabLinkFault | null) =>
        Promise.all(others.map((to) => live.call('lab.setLink', { from: nodeId, to, fault })));
      await all({ kind: 'cut', oneWay: false });
      await sleep(SESSION_MS + 1_000 + downMs);
      await all(null);
      break;
    }
    case 'slowDisk':
      await live.call('lab.slowDisk', { nodeId, disk: { appendMs: 30, flushMs: 300 } });
      await sleep(downMs);
      await live.call('lab.slowDisk', { nodeId, disk: null });
      break;
    case 'kill':
    case 'stop':
      await live.call(`lab.${kind}`, { nodeId });
      await sleep(downMs);
      await live.call('lab.start', { nodeId });
      break;
    case 'outage':
      await live.call('lab.kill', { nodeId });
      await sleep(SESSION_MS + 1_000 + downMs);
      await live.call('lab.start', { nodeId });
      break;
    case 'restart':
      await live.call('lab.restart', { nodeId });
      break;
    case 'freeze':
      await live.call('lab.freeze', { nodeId });
      await sleep(downMs);
      await live.call('lab.thaw', { nodeId });
      break;
    case 'controller':
      await live.call('lab.kill', { nodeId: CONTROLLER_ID });
      await sleep(downMs);
      await live.call('lab.start', { nodeId: CONTROLLER_ID });
      break;
    case 'pair':
      // Two at once: nothing can be written meanwhile, and nothing acknowledged may be lost.
      await live.call('lab.kill', { nodeId });
      await live.call('lab.kill', { nodeId: other });
      await sleep(downMs);
      await live.call('lab.start', { nodeId: other });
      await live.call('lab.start', { nodeId });
      break;
    case 'wipe':
      // Only when every other replica has everything: what is lost with the disk is then not the last copy.
      await heal(live);
      await live.call('lab.wipe', { nodeId });
      await heal(live);
      break;
    case 'rolling':
      await heal(live);
      await live.call('lab.rollingRestart', {});
      await until(
        'the rolling restart is over',
        HEAL_TIMEOUT_MS,
        async () => (await live.read('lab', {})).action === null,
      );
  }
}

/** Between two brokers, or between one and the controller where the other is the first. */
async function breakLink(
  live: LiveClient,
  nodeId: number,
  other: number,
  fault: LabLinkFault,
  downMs: number,
): Promise<void> {
  const to = other === 1 ? CONTROLLER_ID : other;
  await live.call('lab.setLink', { from: nodeId, to, fault });
  await sleep(downMs);
  await live.call('lab.setLink', { from: nodeId, to, fault: null });
}

/** Waits until every node runs and every partition has a leader and all its replicas in sync, as seen twice. */
export async function heal(live: LiveClient): Promise<void> {
  let good = 0;
  await until('every replica back in sync', HEAL_TIMEOUT_MS, async () => {
    const { nodes, partitions, freshness } = await live.read('lab', {});
    const isFresh = Date.now() - (freshness.sampledAtMs ?? 0) < 2_000;
    const isWell = isFresh && nodes.every(({ state }) => state === 'running') && partitions?.underReplicated === 0;
    good = isWell ? good + 1 : 0;
    if (!isWell || good < 2) await sleep(300);
    return good >= 2;
  });
}
