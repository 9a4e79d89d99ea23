// Where new partitions go: round robin over the usable brokers, beginning with the one that has the fewest, so leaders stay
// spread whatever is created and in which order. One replica per partition in this version.
import { ErrorCode } from '../../protocol/errors.ts';
import { type Refusal, refuse, usableBrokers } from './decision.ts';
import type { MetadataImage } from './image.ts';

export const ONE_REPLICA_ONLY =
  'This version keeps one replica per partition: use a replication factor of 1, or -1 for the default.';

/** Hands out brokers for the new partitions of one request. */
export class Placement {
  readonly #image: MetadataImage;
  readonly #brokers: readonly number[];
  readonly #load = new Map<number, number>();

  constructor(image: MetadataImage) {
    this.#image = image;
    this.#brokers = usableBrokers(image);
    for (const id of this.#brokers) this.#load.set(id, 0);
    for (const topic of image.topics.values()) {
      for (const { replicas } of topic.partitions) for (const id of replicas) this.#count(id, 1);
    }
  }

  /** The replicas of `count` new partitions, or why there are none. */
  place(count: number): number[][] | Refusal {
    if (this.#brokers.length === 0) {
      return refuse(
        ErrorCode.INVALID_REPLICATION_FACTOR,
        'Unable to place the partition: no broker is registered and unfenced. Try again when one is up.',
      );
    }
    const order = [...this.#brokers].sort((a, b) => this.#loadOf(a) - this.#loadOf(b) || a - b);
    const replicas: number[][] = [];
    for (let i = 0; i < count; i++) {
      const id = order[i % order.length] as number;
      this.#count(id, 1);
      replicas.push([id]);
    }
    return replicas;
  }

  /** Checks replicas that the caller chose, one list per partition (ReplicationControlManager.validateManualPartitionAssignment). */
  accept(assignments: readonly (readonly number[])[]): number[][] | Refusal {
    for (const [partition, ids] of assignments.entries()) {
      const problem = this.#problemWith(partition, ids);
      if (problem !== null) return problem;
    }
    for (const ids of assignments) for (const id of ids) this.#count(id, 1);
    return assignments.map((ids) => [...ids]);
  }

  #problemWith(partition: number, ids: readonly number[]): Refusal | null {
    const wrong = (message: string) => refuse(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
    if (ids.length === 0) return wrong(`The manual assignment of partition ${partition} names no broker.`);
    if (new Set(ids).size < ids.length) {
      return wrong(`The manual assignment of partition ${partition} names a broker twice.`);
    }
    const unknown = ids.find((id) => !this.#image.brokers.has(id));
    if (unknown !== undefined) {
      return wrong(`The manual assignment of partition ${partition} names broker ${unknown}, which is not registered.`);
    }
    if (ids.length > 1) return refuse(ErrorCode.INVALID_REPLICATION_FACTOR, ONE_REPLICA_ONLY);
    if (!ids.some((id) => this.#brokers.includes(id))) {
      return wrong(`All brokers in the manual assignment of partition ${partition} are fenced or shutting down.`);
    }
    return null;
  }

  #loadOf(id: number): number {
    return this.#load.get(id) ?? 0;
  }
  #count(id: number, by: number): void {
    const load = this.#load.get(id);
    if (load !== undefined) this.#load.set(id, load + by);
  }
}
