// The numbers of every topic in typed arrays, one slot per partition: offsets, rates and sizes, with NaN for unknown.
// Written by the samplers, read by the views. Budget: 48 bytes a partition.
import type { ClusterMetadata, TopicNode } from '../../client/metadata.ts';
import { orNull } from './numbers.ts';
import { RATE_WINDOW_MS } from './rates.ts';

export class TopicFigures {
  readonly topicId: string | null;
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly endAtMs: Float64Array;
  /** Stored bytes of the leader's replica. */
  readonly sizeBytes: Float64Array;
  readonly #anchorEnd: Float64Array;
  readonly #anchorAtMs: Float64Array;
  readonly #recordsPerSecond: Float64Array;
  #bytesPerRecord: number | null = null;
  #sizedAt: { readonly sizeBytes: number; readonly endSum: number } | null = null;

  constructor(topicId: string | null, partitionCount: number) {
    this.topicId = topicId;
    this.start = unknowns(partitionCount);
    this.end = unknowns(partitionCount);
    this.endAtMs = unknowns(partitionCount);
    this.sizeBytes = unknowns(partitionCount);
    this.#anchorEnd = unknowns(partitionCount);
    this.#anchorAtMs = unknowns(partitionCount);
    this.#recordsPerSecond = unknowns(partitionCount);
  }

  get partitionCount(): number {
    return this.end.length;
  }

  /** The same figures with room for more partitions. */
  grownTo(partitionCount: number): TopicFigures {
    const grown = new TopicFigures(this.topicId, partitionCount);
    grown.start.set(this.start);
    grown.end.set(this.end);
    grown.endAtMs.set(this.endAtMs);
    grown.sizeBytes.set(this.sizeBytes);
    grown.#anchorEnd.set(this.#anchorEnd);
    grown.#anchorAtMs.set(this.#anchorAtMs);
    grown.#recordsPerSecond.set(this.#recordsPerSecond);
    grown.#bytesPerRecord = this.#bytesPerRecord;
    return grown;
  }

  setEnd(partition: number, end: number, atMs: number): void {
    if (partition >= this.end.length) return;
    this.end[partition] = end;
    this.endAtMs[partition] = atMs;
    const anchorEnd = this.#anchorEnd[partition] ?? Number.NaN;
    const elapsedMs = atMs - (this.#anchorAtMs[partition] ?? Number.NaN);
    if (Number.isNaN(anchorEnd) || end < anchorEnd) {
      this.#recordsPerSecond[partition] = Number.NaN;
    } else if (elapsedMs < RATE_WINDOW_MS) {
      return;
    } else {
      this.#recordsPerSecond[partition] = ((end - anchorEnd) * 1000) / elapsedMs;
    }
    this.#anchorEnd[partition] = end;
    this.#anchorAtMs[partition] = atMs;
  }

  setStart(partition: number, start: number): void {
    if (partition < this.start.length) this.start[partition] = start;
  }

  /** What cannot be read now is not shown as if it were. */
  forgetPartition(partition: number): void {
    if (partition >= this.end.length) return;
    this.end[partition] = Number.NaN;
    this.start[partition] = Number.NaN;
    this.#recordsPerSecond[partition] = Number.NaN;
    this.#anchorEnd[partition] = Number.NaN;
  }

  /** After the sizes were set: the mean stored bytes of a record, from growth when there was any, else from the whole log. */
  sizesChanged(): void {
    const sizeBytes = this.totalSizeBytes();
    const endSum = sum(this.end);
    const records = this.records();
    if (sizeBytes === null || endSum === null) return;
    const grownBytes = sizeBytes - (this.#sizedAt?.sizeBytes ?? sizeBytes);
    const grownRecords = endSum - (this.#sizedAt?.endSum ?? endSum);
    if (grownBytes > 0 && grownRecords > 0) this.#bytesPerRecord = grownBytes / grownRecords;
    else if (this.#bytesPerRecord === null && records !== null && records > 0)
      this.#bytesPerRecord = sizeBytes / records;
    this.#sizedAt = { sizeBytes, endSum };
  }

  get bytesPerRecord(): number | null {
    return this.#bytesPerRecord;
  }

  partitionRate(partition: number): number | null {
    return orNull(this.#recordsPerSecond[partition]);
  }

  recordsPerSecond(): number | null {
    return sum(this.#recordsPerSecond);
  }

  bytesPerSecond(): number | null {
    const rate = this.recordsPerSecond();
    if (rate === null) return null;
    if (rate === 0) return 0;
    return this.#bytesPerRecord === null ? null : rate * this.#bytesPerRecord;
  }

  /** Sum of end − start over the partitions where both are known; null when none is. */
  records(): number | null {
    let total = 0;
    let isKnown = this.end.length === 0;
    for (let partition = 0; partition < this.end.length; partition += 1) {
      const length = (this.end[partition] ?? Number.NaN) - (this.start[partition] ?? Number.NaN);
      if (Number.isNaN(length)) continue;
      total += length;
      isKnown = true;
    }
    return isKnown ? total : null;
  }

  totalSizeBytes(): number | null {
    return sum(this.sizeBytes);
  }
}

export class Figures {
  #topics = new Map<string, TopicFigures>();
  /** Bytes on the disk of each broker, all replicas. */
  readonly brokerSizeBytes = new Map<number, number>();
  /** min.insync.replicas of topics that miss a replica, as far as it was read. */
  minInSync: ReadonlyMap<string, number> = new Map();
  endsSampledAtMs: number | null = null;
  sizesSampledAtMs: number | null = null;

  /** Follows the metadata: new topics get room, deleted ones lose it, a topic made again starts anew. */
  follow(metadata: ClusterMetadata): void {
    const next = new Map<string, TopicFigures>();
    for (const topic of metadata.topics.values()) next.set(topic.name, this.#roomFor(topic));
    this.#topics = next;
    for (const id of this.brokerSizeBytes.keys()) if (!metadata.brokers.has(id)) this.brokerSizeBytes.delete(id);
  }

  of(topic: string): TopicFigures | null {
    return this.#topics.get(topic) ?? null;
  }

  #roomFor(topic: TopicNode): TopicFigures {
    const existing = this.#topics.get(topic.name);
    if (existing === undefined || existing.topicId !== topic.topicId) {
      return new TopicFigures(topic.topicId, topic.partitions.length);
    }
    if (existing.partitionCount < topic.partitions.length) return existing.grownTo(topic.partitions.length);
    return existing;
  }
}

function unknowns(count: number): Float64Array {
  return new Float64Array(count).fill(Number.NaN);
}

function sum(values: Float64Array): number | null {
  let total = 0;
  let isKnown = false;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    total += value;
    isKnown = true;
  }
  return isKnown ? total : null;
}
