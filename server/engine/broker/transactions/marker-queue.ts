// Writes the markers that end transactions to the leaders of their partitions (Kafka's TransactionMarkerChannelManager): one
// connection and at most one request in work per broker, everything due to it in that request; what could not be written is tried
// again wherever the leader is by then. Bounded by the transactions being ended. Never decides how a transaction ends.
import type { CancelTimer, World } from '../../../kernel/world.ts';
import { ErrorCode, errorName } from '../../../protocol/errors.ts';
import { writeTxnMarkers } from '../../../protocol/schema/27-write-txn-markers.ts';
import type { MarkerSender } from '../../coordinator/transaction/shard.ts';
import type { Transaction } from '../../coordinator/transaction/transaction.ts';
import type { MetadataImage } from '../../metadata/image.ts';
import { ConnectionError } from '../../rpc/connection.ts';
import type { Line } from '../link/line.ts';
import { Lines } from '../link/lines.ts';

const RETRY_MS = 100;
const REQUEST_TIMEOUT_MS = 30_000;
/** Partitions in one request. */
const MAX_PARTITIONS = 2000;

export interface PartitionMarker {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly isCommit: boolean;
  readonly coordinatorEpoch: number;
  readonly transactionVersion: number;
  readonly topic: string;
  readonly partition: number;
}
export interface MarkerQueueOptions {
  readonly world: World;
  readonly nodeId: number;
  image(): MetadataImage;
  /** Into a partition led here; resolves with NONE once it is committed. */
  writeHere(marker: PartitionMarker): Promise<number>;
}
/** One transaction's way to its end. */
interface Task {
  readonly transactionalId: string;
  left: number;
  isCancelled: boolean;
  readonly done: () => void;
}
interface Due {
  readonly task: Task;
  readonly marker: PartitionMarker;
}
interface Destination {
  readonly due: Due[];
  isSending: boolean;
}

/** A later epoch of the producer, or of the coordinator, has been there: what this one says of the transaction counts no more. */
const OVERTAKEN: ReadonlySet<number> = new Set([
  ErrorCode.INVALID_PRODUCER_EPOCH,
  ErrorCode.TRANSACTION_COORDINATOR_FENCED,
]);

export class MarkerQueue implements MarkerSender {
  readonly #options: MarkerQueueOptions;
  readonly #lines: Lines;
  readonly #destinations = new Map<number, Destination>();
  #later: Due[] = [];
  #cancelTimer: CancelTimer | null = null;
  #isClosed = false;

  constructor(options: MarkerQueueOptions) {
    this.#options = options;
    this.#lines = new Lines({ ...options, clientId: `transaction-coordinator-${options.nodeId}` });
  }

  send(transaction: Transaction, coordinatorEpoch: number, done: () => void): () => void {
    const { transactionalId, producerId, producerEpoch, state, clientVersion } = transaction;
    const common = { producerId, producerEpoch, isCommit: state === 'PrepareCommit', coordinatorEpoch };
    const due: Due[] = [];
    const task: Task = { transactionalId, left: 0, isCancelled: false, done };
    for (const [topic, partitions] of transaction.partitions) {
      for (const partition of partitions) {
        due.push({ task, marker: { ...common, transactionVersion: clientVersion, topic, partition } });
      }
    }
    task.left = due.length;
    if (due.length === 0) done();
    else this.#dispatch(due);
    return () => {
      task.isCancelled = true;
    };
  }
  close(): void {
    this.#isClosed = true;
    this.#cancelTimer?.();
    this.#later = [];
    this.#lines.close();
    this.#destinations.clear();
  }

  #dispatch(all: readonly Due[]): void {
    const { nodeId, writeHere } = this.#options;
    const image = this.#options.image();
    for (const due of all) {
      if (due.task.isCancelled || this.#isClosed) continue;
      const { topic, partition } = due.marker;
      const known = image.topics.get(topic)?.partitions[partition];
      // Deleted since: nobody reads what was written there.
      if (known === undefined) this.#answered(due, ErrorCode.NONE);
      else if (known.leader === nodeId) void writeHere(due.marker).then((errorCode) => this.#answered(due, errorCode));
      else this.#queue(due, known.leader);
    }
  }
  #queue(due: Due, brokerId: number): void {
    const destination = this.#destinations.get(brokerId) ?? { due: [], isSending: false };
    this.#destinations.set(brokerId, destination);
    destination.due.push(due);
    // After this turn, so that everything decided in it goes in one request.
    if (!destination.isSending) void Promise.resolve().then(() => this.#sendTo(brokerId, destination));
  }
  /** Null for a broker that would not be reached. */
  #lineTo(brokerId: number): Line | null {
    const isFenced = this.#options.image().brokers.get(brokerId)?.isFenced === true;
    return isFenced ? null : this.#lines.to(brokerId);
  }

  async #sendTo(brokerId: number, destination: Destination): Promise<void> {
    if (destination.isSending) return;
    destination.isSending = true;
    while (destination.due.length > 0 && !this.#isClosed) {
      const batch = destination.due.splice(0, MAX_PARTITIONS).filter(({ task }) => !task.isCancelled);
      if (batch.length === 0) continue;
      const codeOf = await this.#ask(this.#lineTo(brokerId), batch);
      for (const due of batch) this.#answered(due, codeOf(due.marker));
    }
    destination.isSending = false;
  }
  async #ask(line: Line | null, batch: readonly Due[]): Promise<(marker: PartitionMarker) => number> {
    if (line === null) return () => ErrorCode.NETWORK_EXCEPTION;
    try {
      const answer = await line.send(writeTxnMarkers, { markers: markersOf(batch) }, REQUEST_TIMEOUT_MS);
      const codes = new Map<string, number>();
      for (const { producerId, topics } of answer.markers)
        for (const { name, partitions } of topics)
          for (const { partitionIndex, errorCode } of partitions)
            codes.set(`${producerId} ${partitionIndex} ${name}`, errorCode);
      return ({ producerId, partition, topic }) =>
        codes.get(`${producerId} ${partition} ${topic}`) ?? ErrorCode.UNKNOWN_SERVER_ERROR;
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.#options.world.log.debug(`markers could not be sent: ${error.message}`);
      return () => ErrorCode.NETWORK_EXCEPTION;
    }
  }

  #answered(due: Due, errorCode: number): void {
    const { task, marker } = due;
    if (task.isCancelled || this.#isClosed) return;
    if (errorCode === ErrorCode.NONE) {
      task.left--;
      if (task.left === 0) task.done();
      return;
    }
    const place = `${marker.topic}-${marker.partition}`;
    const { log } = this.#options.world;
    if (OVERTAKEN.has(errorCode)) {
      // Nothing of it is called done: whoever loads the transaction next ends it (TransactionMarkerRequestCompletionHandler).
      log.info(`markers of ${task.transactionalId} are given up: ${place} answered ${errorName(errorCode)}`);
      task.isCancelled = true;
      return;
    }
    log.debug(`marker of ${task.transactionalId} for ${place} waits: ${errorName(errorCode)}`);
    this.#tryLater(due);
  }
  #tryLater(due: Due): void {
    this.#later.push(due);
    this.#cancelTimer ??= this.#options.world.timers.after(RETRY_MS, () => {
      this.#cancelTimer = null;
      const all = this.#later;
      this.#later = [];
      this.#dispatch(all);
    });
  }
}

function markersOf(batch: readonly Due[]) {
  const markers = new Map<Task, { marker: PartitionMarker; topics: Map<string, number[]> }>();
  for (const { task, marker } of batch) {
    const entry = markers.get(task) ?? { marker, topics: new Map<string, number[]>() };
    markers.set(task, entry);
    const partitions = entry.topics.get(marker.topic) ?? [];
    entry.topics.set(marker.topic, partitions);
    partitions.push(marker.partition);
  }
  return [...markers.values()].map(({ marker, topics }) => ({
    producerId: marker.producerId,
    producerEpoch: marker.producerEpoch,
    transactionResult: marker.isCommit,
    coordinatorEpoch: marker.coordinatorEpoch,
    transactionVersion: marker.transactionVersion,
    topics: [...topics].map(([name, partitionIndexes]) => ({ name, partitionIndexes })),
  }));
}
