// The metadata log on disk: records in, batches out. The controller appends to it and serves it to brokers; at start it is read
// once to rebuild the state, and when it has grown long a snapshot is appended and all before it forgotten. One batch is one
// decision: after a crash either all of its records are there or none.
import { assert } from '../../kernel/assert.ts';
import { DecodeError } from '../../kernel/decode-error.ts';
import type { World } from '../../kernel/world.ts';
import { encodeBatch } from '../../protocol/records/record.ts';
import { MAX_METADATA_BATCH_BYTES, recordsOf } from '../metadata/batch.ts';
import { encodeRecord, type MetadataRecord } from '../metadata/record.ts';
import { snapshot } from '../metadata/snapshot.ts';
import type { MetadataState } from '../metadata/state.ts';
import { METADATA_TOPIC, METADATA_TOPIC_ID } from '../metadata/topic-name.ts';
import { storageContext } from '../storage/context.ts';
import { PartitionLog } from '../storage/log/log.ts';
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../storage/log-config.ts';

const LEADER_EPOCH = 0;
const SNAPSHOT_BATCH_RECORDS = 1000;
/** A log with fewer records than this, or than three times its snapshot, is left alone. */
const COMPACT_FROM_RECORDS = 5000;
/** Where the newest snapshot begins: records before it need not be read. */
const START_FILE = 'snapshot-offset';

const CONFIG: LogConfig = {
  ...DEFAULT_LOG_CONFIG,
  isDeleted: false,
  maxMessageBytes: MAX_METADATA_BATCH_BYTES,
  segmentBytes: 2 * MAX_METADATA_BATCH_BYTES,
  segmentMs: Number.POSITIVE_INFINITY,
  retentionMs: -1,
  timestampAfterMaxMs: Number.POSITIVE_INFINITY,
};

export class MetadataLog {
  readonly #world: World;
  readonly #folder: string;
  readonly #log: PartitionLog;
  #startOffset = 0;
  #durableEndOffset = 0;
  isOpen = true;
  /** Told when brokers may read further. */
  onDurable: () => void = () => {};
  #flushing: Promise<void> | null = null;
  #nextFlush: Promise<void> | null = null;

  private constructor(world: World, parent: string) {
    const folder = world.disk.join(parent, `${METADATA_TOPIC}-0`);
    const context = storageContext(world);
    context.names.changed(parent);
    this.#world = world;
    this.#folder = folder;
    this.#log = PartitionLog.open(world, {
      ...{ context, folder, parent },
      topic: METADATA_TOPIC,
      partition: 0,
      topicId: METADATA_TOPIC_ID,
      config: CONFIG,
    });
  }

  /** Opens or creates the log below `parent` and replays it into `state`. Throws DiskError, and DecodeError for foreign records. */
  static open(world: World, parent: string, state: MetadataState): MetadataLog {
    const log = new MetadataLog(world, parent);
    log.#load(state);
    return log;
  }

  /** First offset that brokers may read: a broker that is behind it begins anew here. */
  get startOffset(): number {
    return this.#startOffset;
  }
  get endOffset(): number {
    return this.#log.endOffset;
  }
  /**
   * What lies below survives a power loss: brokers read no further, so that nothing they act on is ever taken back. KRaft's high
   * watermark, of a quorum of one.
   */
  get durableEndOffset(): number {
    return this.#durableEndOffset;
  }

  /**
   * Appends one decision's records and gives the offset of the first. Throws DiskError, and DecodeError with nothing appended for a
   * decision that is larger than a batch may be: who asked for it asked for too much.
   */
  append(records: readonly MetadataRecord[]): number {
    const nowMs = this.#world.clock.nowMs();
    const batch = encodeBatch({
      records: records.map((record) => ({ timestampMs: nowMs, key: null, value: encodeRecord(record) })),
      leaderEpoch: LEADER_EPOCH,
    });
    if (batch.length > MAX_METADATA_BATCH_BYTES)
      throw new DecodeError(`${batch.length} bytes of changes in one request`);
    const outcome = this.#log.appendAsLeader(batch, { leaderEpoch: LEADER_EPOCH, nowMs, origin: 'coordinator' });
    assert(outcome.kind === 'appended', 'the metadata log takes what the controller wrote');
    this.flush().catch((error: unknown) => this.#world.log.error(`the metadata log was not flushed: ${String(error)}`));
    return outcome.baseOffset;
  }

  /** Whole batches from `offset` on that are on disk, at least one when there is one; null outside of what is kept. */
  read(offset: number, maxBytes: number): Buffer | null {
    if (offset < this.#startOffset || offset > this.endOffset) return null;
    const outcome = this.#log.read({ offset, maxBytes, upToOffset: this.durableEndOffset, isFirst: true });
    if (outcome.kind === 'outOfRange') return null;
    return outcome.kind === 'records' ? outcome.records : Buffer.alloc(0);
  }

  /** Everything appended before the call is on disk once it resolves. Calls that come while one is running share the next. */
  flush(): Promise<void> {
    if (this.#flushing === null) {
      this.#flushing = this.#flush().finally(() => {
        this.#flushing = null;
      });
      return this.#flushing;
    }
    this.#nextFlush ??= this.#flushing
      .catch(() => {})
      .then(() => {
        this.#nextFlush = null;
        return this.flush();
      });
    return this.#nextFlush;
  }

  async #flush(): Promise<void> {
    const { endOffset } = this;
    await this.#log.flush();
    if (endOffset <= this.#durableEndOffset) return;
    this.#durableEndOffset = endOffset;
    this.onDurable();
  }

  async close(): Promise<void> {
    if (!this.isOpen) return;
    this.isOpen = false;
    await this.flush();
    this.#log.close();
  }

  #load(state: MetadataState): void {
    const { disk } = this.#world;
    const marked = Number(disk.read(disk.join(this.#folder, START_FILE))?.toString('utf8') ?? 0);
    this.#startOffset = Math.max(this.#log.startOffset, Math.min(marked, this.#log.endOffset));
    for (const batch of this.#log.batches(this.#startOffset)) {
      for (const [record, offset] of recordsOf(this.#world.compression, batch)) {
        if (offset >= this.#startOffset) state.replay(record, offset);
      }
    }
    state.takeDelta();
  }

  /**
   * Begins the log anew with a snapshot of `state` when it has grown long. Offsets go on counting, so brokers' epochs stay
   * valid. A crash half-way leaves the old start in force and records behind it that change nothing.
   */
  async compactIfLong(state: MetadataState): Promise<void> {
    const records = [...snapshot(state)];
    const length = this.endOffset - this.#startOffset;
    if (records.length === 0 || length < Math.max(COMPACT_FROM_RECORDS, 3 * records.length)) return;
    const from = this.endOffset;
    for (let i = 0; i < records.length; i += SNAPSHOT_BATCH_RECORDS) {
      const part = records.slice(i, i + SNAPSHOT_BATCH_RECORDS);
      const base = this.append(part);
      for (const [index, record] of part.entries()) state.replay(record, base + index);
    }
    state.takeDelta();
    await this.flush();
    const { disk } = this.#world;
    disk.replace(disk.join(this.#folder, START_FILE), String(from));
    this.#log.deleteRecordsBefore(from);
    this.#startOffset = from;
    this.#world.log.info(`metadata log: ${length} records became a snapshot of ${records.length}`);
  }
}
