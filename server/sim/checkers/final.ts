// What is checked once at the end of a run, when everything is whole again: contents as consumers read them (10, 17), replicas byte for
// byte (15), what every broker knows of the cluster (16).
import type { MetadataImage } from '../../engine/metadata/image.ts';
import type { Client } from '../clients/client.ts';
import { readAllCommitted } from '../clients/committed-reader.ts';
import { readWhole } from '../clients/reader.ts';
import type { Run } from '../run.ts';
import { checkRecovery } from './recovery.ts';
import type { ReadValue } from './transactions.ts';
import { holds } from './violation.ts';

export async function checkAtEnd(run: Run, client: Client): Promise<void> {
  checkReplicas(run);
  checkImages(run);
  checkAdmin(run);
  for (const node of run.cluster.brokers) checkRecovery(node, run.recoveryPrng);
  for (const { topic, partition } of run.acknowledged.partitions()) {
    if (!run.canon.state.topics.has(topic)) continue;
    await client.refresh([topic]);
    const whole = await readWhole(client, topic, partition);
    holds(18, whole !== null, () => `${topic}-${partition} can be read by nobody`);
    for (const [i, { offset, value }] of whole.records.entries()) {
      run.groups.read('end', `${topic}-${partition}`, { position: whole.startOffset + i, offset, value });
    }
    run.acknowledged.checkFinal(topic, partition, whole.startOffset, whole.records);
  }
  await checkTransactions(run, client);
}

/** 11: transactions are there whole or not at all, and readers were given what is there. */
async function checkTransactions({ options, transactions }: Run, client: Client): Promise<void> {
  const { transactors, transactionTopic } = options;
  if (transactors === 0) return;
  const finals = new Map<string, ReadValue[]>();
  for (let partition = 0; partition < transactionTopic.partitions; partition++) {
    const values = await readAllCommitted(client, transactionTopic.name, partition);
    holds(18, values !== null, () => `${transactionTopic.name}-${partition} does not become stable up to its end`);
    finals.set(`${transactionTopic.name}-${partition}`, values);
  }
  transactions.checkFinal(finals);
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
  for (const node of run.cluster.brokers) {
    const image = run.cluster.inside(node)?.controller.image;
    if (image === undefined || image.offset !== run.canon.state.offset) continue;
    sameImages(node.name, image, run.canon.state);
  }
}
export function sameImages(node: string, image: MetadataImage, canon: MetadataImage): void {
  const [known, expected] = [textOf(image), textOf(canon)];
  holds(16, known === expected, () => `${node} knows\n${known}\nwhere the metadata log tells of\n${expected}`);
}

/** 14: what an answer said is so at every broker. */
function checkAdmin({ crowd, cluster, canon }: Run): void {
  for (const node of cluster.brokers) {
    checkTold(node.name, cluster.inside(node)?.controller.image ?? canon.state, crowd.admin);
  }
}
export interface Told {
  readonly told: ReadonlyMap<string, 'there' | 'gone' | 'unknown'>;
  readonly configs: ReadonlyMap<string, string>;
}
export function checkTold(node: string, image: MetadataImage, { told, configs }: Told): void {
  for (const [name, state] of told) {
    const isThere = image.topics.has(name);
    holds(
      14,
      state === 'unknown' || isThere === (state === 'there'),
      () => `${name} is ${state}, by ${node}: ${isThere}`,
    );
  }
  for (const [name, value] of configs) {
    const known = image.configs('topic', name).get('retention.ms');
    holds(14, known === value, () => `retention.ms of ${name} was set to ${value}; ${node} has ${known}`);
  }
}
function textOf(image: MetadataImage): string {
  const brokers = [...image.brokers.values()].sort((a, b) => a.id - b.id);
  const topics = [...image.topics.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const configs = topics.map(({ name }) => [...image.configs('topic', name)].sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({ brokers, topics, configs });
}
