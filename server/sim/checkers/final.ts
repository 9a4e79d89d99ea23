// What is checked once at the end of a run, when everything is whole again: contents as consumers read them (10, 17), replicas byte for
// byte (15), what every broker knows of the cluster (16).
import type { MetadataImage } from '../../engine/metadata/image.ts';
import type { Client } from '../clients/client.ts';
import { readWhole } from '../clients/reader.ts';
import type { Run } from '../run.ts';
import { holds } from './violation.ts';

export async function checkAtEnd(run: Run, client: Client): Promise<void> {
  checkReplicas(run);
  checkImages(run);
  for (const { topic, partition } of run.acknowledged.partitions()) {
    if (!run.canon.state.topics.has(topic)) continue;
    await client.refresh([topic]);
    const whole = await readWhole(client, topic, partition);
    holds(18, whole !== null, () => `${topic}-${partition} can be read by nobody`);
    run.acknowledged.checkFinal(topic, partition, whole.startOffset, whole.records);
  }
}

/** 15: below the smaller end any two replicas hold the same batches. */
function checkReplicas(run: Run): void {
  for (const topic of run.canon.state.topics.values()) {
    for (const { partition, replicas, leader } of topic.partitions) {
      const key = `${topic.name}-${partition}`;
      const led = run.cluster.broker(leader)?.logs.get(key);
      for (const id of replicas) {
        const log = run.cluster.broker(id)?.logs.get(key);
        if (led === undefined || log === undefined) continue;
        const end = Math.min(led.endOffset, log.endOffset);
        for (let offset = Math.max(led.startOffset, log.startOffset); offset < end; ) {
          const [a, b] = [led.at(offset), log.at(offset)];
          const isSame = a !== undefined && a.crc === b?.crc && a.epoch === b.epoch && a.baseOffset === b.baseOffset;
          holds(15, isSame, () => `${key}: brokers ${leader} and ${id} differ at offset ${offset}`);
          offset = (a?.lastOffset ?? offset) + 1;
        }
      }
    }
  }
}

/** 16: whoever has replayed the same log knows the same. */
function checkImages(run: Run): void {
  const expected = textOf(run.canon.state);
  for (const node of run.cluster.brokers) {
    const image = run.cluster.inside(node)?.controller.image;
    if (image === undefined || image.offset !== run.canon.state.offset) continue;
    const known = textOf(image);
    holds(16, known === expected, () => `${node.name} knows\n${known}\nwhere the metadata log tells of\n${expected}`);
  }
}
function textOf(image: MetadataImage): string {
  const brokers = [...image.brokers.values()].sort((a, b) => a.id - b.id);
  const topics = [...image.topics.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const configs = topics.map(({ name }) => [...image.configs('topic', name)].sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({ brokers, topics, configs });
}
