// Follows the metadata log into the broker's image, for ever. When the log no longer holds what comes next (it began anew with
// a snapshot), the whole of it is read first and put in place in one step, so nobody sees a half-empty cluster.
import type { World } from '../../../kernel/world.ts';
import type { RequestInput, ResponseOf } from '../../../protocol/codec.ts';
import { ErrorCode, errorName } from '../../../protocol/errors.ts';
import { fetch } from '../../../protocol/schema/01-fetch.ts';
import { batchesIn, recordsOf } from '../../metadata/batch.ts';
import type { MetadataDelta } from '../../metadata/image.ts';
import type { MetadataRecord } from '../../metadata/record.ts';
import type { MetadataState } from '../../metadata/state.ts';
import { METADATA_TOPIC_ID } from '../../metadata/topic-name.ts';
import type { BrokerOptions } from '../../node.ts';
import { ConnectionError } from '../../rpc/connection.ts';
import { Backoff, Line, Pause } from './line.ts';

const WAIT_MS = 5000;
const TIMEOUT_MS = 30_000;
const MAX_BYTES = 8_388_608;

interface Rereading {
  readonly records: (readonly [MetadataRecord, number])[];
  nextOffset: number;
}
type FetchedPartition = ResponseOf<typeof fetch>['responses'][number]['partitions'][number];

export class Follower {
  readonly #world: World;
  readonly #brokerId: number;
  readonly #state: MetadataState;
  readonly #onChange: (delta: MetadataDelta) => void;
  readonly #line: Line;
  readonly #pause: Pause;
  readonly #backoff: Backoff;
  #rereading: Rereading | null = null;
  #isStopped = false;

  constructor(
    world: World,
    options: BrokerOptions,
    o: { state: MetadataState; onChange: (delta: MetadataDelta) => void },
  ) {
    this.#world = world;
    this.#brokerId = options.nodeId;
    this.#state = o.state;
    this.#onChange = o.onChange;
    this.#line = new Line(world, options.controller, `broker-${options.nodeId}-metadata`);
    this.#pause = new Pause(world);
    this.#backoff = new Backoff(world);
  }

  stop(): void {
    this.#isStopped = true;
    this.#line.close();
    this.#pause.wake();
  }

  /** Resolves when stopped; rejects only for a bug. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        const partition = await this.#fetch();
        if (this.#isStopped) return;
        if (this.#take(partition)) this.#backoff.reset();
        else await this.#pause.wait(this.#backoff.nextMs());
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
        if (this.#isStopped) return;
        this.#world.log.debug(`metadata fetch: ${error.message}`);
        await this.#pause.wait(this.#backoff.nextMs());
      }
    }
  }

  async #fetch(): Promise<FetchedPartition | undefined> {
    const answer = await this.#line.send(fetch, this.#request(), TIMEOUT_MS);
    return answer.responses[0]?.partitions[0];
  }
  #request(): RequestInput<typeof fetch> {
    const fetchOffset = this.#rereading?.nextOffset ?? this.#state.offset + 1;
    // While the log is read anew what was read counts for nothing yet, so it is asked for as nobody's replica.
    const replicaId = this.#rereading === null ? this.#brokerId : -1;
    return {
      replicaState: { replicaId, replicaEpoch: this.#state.brokers.get(this.#brokerId)?.epoch ?? -1 },
      maxWaitMs: WAIT_MS,
      minBytes: 1,
      maxBytes: MAX_BYTES,
      topics: [
        {
          topicId: METADATA_TOPIC_ID,
          partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: MAX_BYTES }],
        },
      ],
    };
  }

  /** False when the answer was of no use. */
  #take(partition: FetchedPartition | undefined): boolean {
    if (partition === undefined) return false;
    if (partition.errorCode === ErrorCode.OFFSET_OUT_OF_RANGE) {
      this.#world.log.info(`metadata: reading the log anew from offset ${partition.logStartOffset}`);
      this.#rereading = { records: [], nextOffset: partition.logStartOffset };
      return true;
    }
    if (partition.errorCode !== ErrorCode.NONE) {
      this.#world.log.warn(`metadata fetch: ${errorName(partition.errorCode)}`);
      return false;
    }
    for (const batch of batchesIn(partition.records ?? Buffer.alloc(0))) this.#apply(batch);
    if (this.#rereading !== null && this.#rereading.nextOffset >= partition.highWatermark)
      this.#replace(this.#rereading);
    return true;
  }

  #apply(batch: Buffer): void {
    for (const [record, offset] of recordsOf(this.#world.compression, batch)) {
      const rereading = this.#rereading;
      if (rereading === null) {
        if (offset > this.#state.offset) this.#state.replay(record, offset);
      } else if (offset >= rereading.nextOffset) {
        rereading.records.push([record, offset]);
        rereading.nextOffset = offset + 1;
      }
    }
    if (this.#rereading === null) this.#onChange(this.#state.takeDelta());
  }

  #replace({ records, nextOffset }: Rereading): void {
    this.#rereading = null;
    const isBehind = nextOffset <= this.#state.offset;
    this.#state.clear();
    for (const [record, offset] of records) this.#state.replay(record, offset);
    const delta = this.#state.takeDelta();
    if (!isBehind) {
      this.#onChange(delta);
      return;
    }
    // A controller that lost its log must not make brokers lose theirs.
    this.#world.log.error('the controller’s metadata log is shorter than it was: data of topics it forgot is kept');
    this.#onChange({ ...delta, deletedTopics: [] });
  }
}
