// What stories played by hand are told in: who leads a topic's first partition, who is in sync, whose links are cut.
import type { SimNode } from '../cluster.ts';
import type { SimOptions } from '../options.ts';
import type { Run, Script } from '../run.ts';

export interface Scenario {
  readonly name: string;
  readonly options: Partial<SimOptions>;
  readonly play: Script;
}

export function leaderOf(run: Run, topic = 't0'): SimNode | undefined {
  return run.cluster.broker(run.canon.partition(topic, 0)?.leader ?? -1);
}
export async function leader(run: Run, topic = 't0'): Promise<SimNode> {
  await run.until(15_000, `${topic}-0 has a leader that runs`, () => leaderOf(run, topic)?.running != null);
  return leaderOf(run, topic) as SimNode;
}
export const replicaOf = (run: Run, node: SimNode, topic = 't0') => run.cluster.inside(node)?.replicas.get(topic, 0);
export const inSync = (run: Run, topic = 't0'): readonly number[] =>
  run.canon.partition(topic, 0)?.inSyncReplicas ?? [];
/** From and to all other nodes. */
export function setLinks(run: Run, node: SimNode, isCut: boolean): void {
  for (const { name } of run.cluster.nodes) {
    if (name === node.name) continue;
    for (const [from, to] of [
      [name, node.name],
      [node.name, name],
    ] as const) {
      if (isCut) run.net.cut(from, to);
      else run.net.heal(from, to);
    }
  }
}
