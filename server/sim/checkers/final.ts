// What is checked once at the end of a run, when everything is whole again: contents as consumers read them (10, 17), replicas byte for
// byte (15), what every broker knows of the cluster (16).
import type { MetadataImage } from '../../engine/metadata/image.ts';
import { ErrorCode } from '../../protocol/errors.ts';
import type { Client } from '../clients/client.ts';
import { readAllCommitted } from '../clients/committed-reader.ts';
import { Coordinator, GROUP_KEY } from '../clients/coordinator.ts';
import { committedOffsets } from '../clients/copier.ts';
import { keyedRecordsIn } from '../clients/keyed-writer.ts';
import { fetchFromLeader, readWhole } from '../clients/reader.ts';
import { COPY_GROUP, type Crowd } from '../crowd.ts';
import { SHORT_DELETE_RETENTION_MS } from '../options.ts';
import type { RunParts } from '../run-parts.ts';
import { checkCopies, type TakenInput } from './clients/copies.ts';
import type { KeyedRecord } from './clients/newest.ts';
import type { ReadValue } from './clients/transactions.ts';
import { checkInternal } from './internal.ts';
import { SeenLog } from './logs.ts';
import { checkRecovery } from './recovery.ts';
import { holds } from './violation.ts';

/** A run that came to its end: whoever worked in it is asked what it was told. */
interface EndedRun extends RunParts {
  readonly crowd: Crowd;
}

const MAX_TRIES = 200;
const NO_LOG = new SeenLog();

export async function checkAtEnd(run: EndedRun, client: Client): Promise<void> {
  checkReplicas(run);
  checkImages(run);
  checkAdmin(run);
  checkInternal(run);
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
  await checkCopied(run, client);
  await checkNewest(run, client);
}

/** 19: what was taken from the input is in the output once, what was not is not. */
async function checkCopied({ options }: RunParts, client: Client): Promise<void> {
  if (options.copiers === 0) return;
  const [input, output] = options.copyTopics;
  const coordinator = new Coordinator(client, GROUP_KEY, COPY_GROUP);
  let offsets: Map<number, number> | null = null;
  for (let tries = 0; offsets === null && tries < MAX_TRIES; tries++) {
    offsets = await committedOffsets(client, coordinator, COPY_GROUP, input);
    if (offsets === null) await client.sleep(50);
  }
  holds(18, offsets !== null, () => `the offsets of ${COPY_GROUP} do not become stable`);
  const inputs: TakenInput[] = [];
  for (const [partition, committedOffset] of offsets) {
    const whole = await readWhole(client, input.name, partition);
    holds(18, whole !== null, () => `${input.name}-${partition} can be read by nobody`);
    inputs.push({ partition: `${input.name}-${partition}`, committedOffset, endOffset: whole.highWatermark });
  }
  const copies: string[] = [];
  for (let partition = 0; partition < output.partitions; partition++) {
    const values = await readAllCommitted(client, output.name, partition);
    holds(18, values !== null, () => `${output.name}-${partition} does not become stable up to its end`);
    copies.push(...values.map(({ value }) => value));
  }
  checkCopies(inputs, copies);
}

/** 11: transactions are there whole or not at all, and readers were given what is there. */
async function checkTransactions({ options, transactions }: RunParts, client: Client): Promise<void> {
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

/** 20: on the disk of every replica, and as a consumer reads it, each key has its newest value. */
async function checkNewest({ options, canon, cluster, newest }: RunParts, client: Client): Promise<void> {
  const { keyedWriters, compactedTopic } = options;
  if (keyedWriters === 0) return;
  const keepsTombstones = compactedTopic.configs['delete.retention.ms'] !== SHORT_DELETE_RETENTION_MS;
  for (let partition = 0; partition < compactedTopic.partitions; partition++) {
    const key = `${compactedTopic.name}-${partition}`;
    for (const id of canon.partition(compactedTopic.name, partition)?.replicas ?? []) {
      const node = cluster.broker(id);
      if (node === undefined) continue;
      const { records } = keyedRecordsIn(node.logs.bytesOf(key, node.disk), 0);
      newest.check(node.name, key, records, keepsTombstones);
    }
    const records = await readKeyed(client, compactedTopic.name, partition);
    holds(18, records !== null, () => `${key} can be read by nobody`);
    newest.check('a reader', key, records, keepsTombstones);
  }
}
async function readKeyed(client: Client, topic: string, partition: number): Promise<KeyedRecord[] | null> {
  const all: KeyedRecord[] = [];
  let position = 0;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const { one } = await fetchFromLeader(client, { topic, partition }, { offset: position, maxWaitMs: 0 });
    if (one?.errorCode === ErrorCode.NONE) {
      if (position >= one.highWatermark) return all;
      const { records, nextOffset } = keyedRecordsIn(one.records ?? Buffer.alloc(0), position);
      all.push(...records);
      if (nextOffset > position) tries = 0;
      position = nextOffset;
    }
    await client.sleep(20);
  }
  return null;
}

/** 3: a file of a log ends where the next one begins, or before where it was cleaned. */
export function checkFiles(key: string, node: string, { segments }: SeenLog): void {
  for (const [i, { batches }] of segments.entries()) {
    const end = (batches.at(-1)?.lastOffset ?? -1) + 1;
    const next = segments[i + 1]?.baseOffset ?? Number.POSITIVE_INFINITY;
    holds(3, end <= next, () => `${key} on ${node}: a file reaches to ${end}, the next one begins at ${next}`);
  }
}
/** 15: below the smaller end any two replicas hold the same batches. */
function checkReplicas(run: RunParts): void {
  for (const topic of run.canon.state.topics.values()) {
    for (const { partition, replicas, leader } of topic.partitions) {
      const key = `${topic.name}-${partition}`;
      for (const { name, logs } of run.cluster.brokers) checkFiles(key, name, logs.get(key) ?? NO_LOG);
      if (run.isCleaned(key)) continue;
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
function checkImages(run: RunParts): void {
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
function checkAdmin({ crowd, cluster, canon }: EndedRun): void {
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
