// Kafka's small text files: checkpoints of one offset per partition, leader epochs of one log, partition.metadata and
// meta.properties. Pure text in and out; a damaged file is a DecodeError, and the caller says what that means.
import { DecodeError } from '../../../kernel/decode-error.ts';
import { partitionKey } from './names.ts';

export interface PartitionOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}
export interface EpochStart {
  readonly epoch: number;
  readonly startOffset: number;
}

/** CheckpointFile: version 0, the number of lines, the lines. */
function formatCheckpoint(lines: readonly string[]): string {
  return `0\n${lines.length}\n${lines.map((line) => `${line}\n`).join('')}`;
}
function parseCheckpoint(bytes: Buffer, fieldCount: number): string[][] {
  const lines = bytes.toString('utf8').split('\n');
  if (lines[0] !== '0') throw new DecodeError(`checkpoint of version "${lines[0]}"`);
  const count = wholeNumber(lines[1]);
  if (lines.length !== count + 3 || lines.at(-1) !== '') throw new DecodeError(`checkpoint without its ${count} lines`);
  return lines.slice(2, -1).map((line) => {
    const fields = line.split(' ');
    if (fields.length !== fieldCount) throw new DecodeError(`checkpoint line "${line}"`);
    return fields;
  });
}
function wholeNumber(text: string | undefined): number {
  const value = Number(text);
  if (text === undefined || !/^\d{1,16}$/.test(text) || !Number.isSafeInteger(value)) {
    throw new DecodeError(`"${text}" is no whole number`);
  }
  return value;
}

export function formatOffsets(entries: Iterable<PartitionOffset>): string {
  const lines: string[] = [];
  for (const { topic, partition, offset } of entries) lines.push(`${topic} ${partition} ${offset}`);
  return formatCheckpoint(lines);
}
/** Offsets by "topic-partition". Throws DecodeError. */
export function parseOffsets(bytes: Buffer): Map<string, number> {
  const offsets = new Map<string, number>();
  for (const [topic, partition, offset] of parseCheckpoint(bytes, 3)) {
    offsets.set(partitionKey(topic as string, wholeNumber(partition)), wholeNumber(offset));
  }
  return offsets;
}

export function formatEpochs(epochs: readonly EpochStart[]): string {
  return formatCheckpoint(epochs.map(({ epoch, startOffset }) => `${epoch} ${startOffset}`));
}
/** Throws DecodeError; epochs and start offsets must grow. */
export function parseEpochs(bytes: Buffer): EpochStart[] {
  let previous: EpochStart = { epoch: -1, startOffset: -1 };
  return parseCheckpoint(bytes, 2).map(([epoch, startOffset]) => {
    const entry = { epoch: wholeNumber(epoch), startOffset: wholeNumber(startOffset) };
    if (entry.epoch <= previous.epoch || entry.startOffset <= previous.startOffset) {
      throw new DecodeError(`leader epoch ${entry.epoch} out of order`);
    }
    previous = entry;
    return entry;
  });
}

export const formatPartitionMetadata = (topicId: string): string => `version: 0\ntopic_id: ${topicId}`;
/** The topic id, or null when the file is cut or damaged. */
export function parsePartitionMetadata(bytes: Buffer): string | null {
  return /^version: 0\ntopic_id: ([A-Za-z0-9_-]{22})\n?$/.exec(bytes.toString('utf8'))?.[1] ?? null;
}

export interface MetaProperties {
  readonly clusterId: string;
  readonly nodeId: number;
  readonly directoryId: string;
}
export function formatMetaProperties({ clusterId, nodeId, directoryId }: MetaProperties): string {
  return `version=1\ncluster.id=${clusterId}\nnode.id=${nodeId}\ndirectory.id=${directoryId}\n`;
}
/** Throws DecodeError. */
export function parseMetaProperties(bytes: Buffer): MetaProperties {
  const values = new Map<string, string>();
  for (const line of bytes.toString('utf8').split('\n')) {
    const at = line.indexOf('=');
    if (at > 0 && !line.startsWith('#')) values.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  const clusterId = values.get('cluster.id');
  if (values.get('version') !== '1' || clusterId === undefined)
    throw new DecodeError('not a meta.properties of version 1');
  return { clusterId, nodeId: wholeNumber(values.get('node.id')), directoryId: values.get('directory.id') ?? '' };
}
