// Where new partitions go (StripedReplicaPlacer). The leader is the usable broker that is preferred for the fewest partitions, so
// leaders stay spread whatever is created and in which order; the followers come from other racks first, then from the brokers
// that hold the fewest replicas, and from a ring that turns, so that what one broker led is spread when it goes.
// DIVERGES: Kafka begins at a random broker; here equal clusters place equally.
import { ErrorCode } from '../../protocol/errors.ts';
import { ZERO_UUID } from '../../protocol/grammar.ts';
import { type Refusal, refuse, usableBrokers } from './decision.ts';
import type { MetadataImage } from './image.ts';

/** The replicas of a new partition, the preferred leader first, where their logs will be, and which of them begin in sync. */
export interface Place {
  readonly replicas: readonly number[];
  /** The log folder of each; the zero UUID where the broker did not say. */
  readonly directories: readonly string[];
  readonly inSyncReplicas: readonly number[];
}

interface Candidate {
  readonly id: number;
  readonly rack: string;
  readonly isUsable: boolean;
  readonly directory: string;
  /** Partitions it is preferred for. */
  leaders: number;
  /** Partitions it is a replica of. */
  replicas: number;
}

/** Hands out brokers for the new partitions of one request. */
export class Placement {
  readonly #candidates: readonly Candidate[];
  readonly #byId: ReadonlyMap<number, Candidate>;

  constructor(image: MetadataImage) {
    const usable = new Set(usableBrokers(image));
    this.#candidates = [...image.brokers.values()]
      .sort((a, b) => a.id - b.id)
      .map(({ id, rack, logDirs }) => ({
        id,
        rack: rack ?? '',
        isUsable: usable.has(id),
        directory: logDirs[0] ?? ZERO_UUID,
        leaders: 0,
        replicas: 0,
      }));
    this.#byId = new Map(this.#candidates.map((candidate) => [candidate.id, candidate]));
    for (const topic of image.topics.values()) for (const { replicas } of topic.partitions) this.#count(replicas);
  }

  /** Brokers that can hold replicas: all that are registered, since one that is away for a moment catches up. */
  get brokerCount(): number {
    return this.#candidates.length;
  }

  /** Places `count` new partitions, or says why it cannot: INVALID_REPLICATION_FACTOR. */
  place(count: number, replicationFactor: number): Place[] | Refusal {
    const problem = this.#problemWithFactor(replicationFactor);
    if (problem !== null) return problem;
    const places: Place[] = [];
    for (let i = 0; i < count; i++) {
      const replicas = this.#choose(replicationFactor);
      this.#count(replicas);
      places.push(this.#placeOf(replicas));
    }
    return places;
  }

  /**
   * Checks replicas that the caller chose, one list per partition, all of one length or of `replicationFactor`
   * (ReplicationControlManager.validateManualPartitionAssignment): INVALID_REPLICA_ASSIGNMENT.
   */
  accept(assignments: readonly (readonly number[])[], replicationFactor?: number): Place[] | Refusal {
    const expected = replicationFactor ?? assignments[0]?.length ?? 0;
    for (const [partition, ids] of assignments.entries()) {
      const problem = this.#problemWith(partition, ids, expected);
      if (problem !== null) return refuse(ErrorCode.INVALID_REPLICA_ASSIGNMENT, problem);
    }
    return assignments.map((ids) => {
      this.#count(ids);
      return this.#placeOf(ids);
    });
  }
  #placeOf(replicas: readonly number[]): Place {
    return {
      replicas,
      directories: replicas.map((id) => this.#byId.get(id)?.directory ?? ZERO_UUID),
      inSyncReplicas: replicas.filter((id) => this.#byId.get(id)?.isUsable),
    };
  }

  #problemWithFactor(factor: number): Refusal | null {
    if (!this.#candidates.some(({ isUsable }) => isUsable)) {
      const message = 'Unable to place the partition: no broker is registered and unfenced. Try again when one is up.';
      return refuse(ErrorCode.INVALID_REPLICATION_FACTOR, message);
    }
    const brokers = this.#candidates.length;
    if (factor <= brokers) return null;
    const message =
      `Unable to replicate the partition ${factor} time(s): The target replication factor of ${factor} cannot be reached ` +
      `because only ${brokers} broker(s) are registered.`;
    return refuse(ErrorCode.INVALID_REPLICATION_FACTOR, message);
  }

  #problemWith(partition: number, ids: readonly number[], expected: number): string | null {
    if (ids.length === 0) return `The manual assignment of partition ${partition} names no broker.`;
    if (new Set(ids).size < ids.length) return `The manual assignment of partition ${partition} names a broker twice.`;
    const unknown = ids.find((id) => !this.#byId.has(id));
    if (unknown !== undefined) {
      return `The manual assignment of partition ${partition} names broker ${unknown}, which is not registered.`;
    }
    if (ids.length !== expected) {
      return `The manual assignment of partition ${partition} has ${ids.length} replica(s), but this is not consistent with other partitions, which have ${expected} replica(s).`;
    }
    if (ids.some((id) => this.#byId.get(id)?.isUsable)) return null;
    return `All brokers in the manual assignment of partition ${partition} are fenced or shutting down.`;
  }

  /** At least one candidate is usable, and there are `factor` of them. */
  #choose(factor: number): number[] {
    const leader = least(this.#candidates, ({ isUsable, leaders, replicas }) => [isUsable ? 0 : 1, leaders, replicas]);
    const chosen = [leader];
    const ring = this.#ringAfter(leader);
    while (chosen.length < factor) {
      const next = least(
        ring.filter((candidate) => !chosen.includes(candidate)),
        ({ isUsable, rack, replicas }) => [
          isUsable ? 0 : 1,
          chosen.filter((one) => one.rack === rack).length,
          replicas,
        ],
      );
      chosen.push(next);
    }
    return chosen.map(({ id }) => id);
  }

  /** The other brokers, beginning one further each time the leader is chosen again. */
  #ringAfter(leader: Candidate): Candidate[] {
    const at = this.#candidates.indexOf(leader);
    const others = [...this.#candidates.slice(at + 1), ...this.#candidates.slice(0, at)];
    const turn = others.length === 0 ? 0 : leader.leaders % others.length;
    return [...others.slice(turn), ...others.slice(0, turn)];
  }

  #count(replicas: readonly number[]): void {
    for (const [index, id] of replicas.entries()) {
      const candidate = this.#byId.get(id);
      if (candidate === undefined) continue;
      candidate.replicas++;
      if (index === 0) candidate.leaders++;
    }
  }
}

/** The first with the smallest costs, compared in order; there is at least one. */
function least(candidates: readonly Candidate[], costs: (candidate: Candidate) => readonly number[]): Candidate {
  return candidates.reduce((best, one) => (isLess(costs(one), costs(best)) ? one : best));
}
function isLess(a: readonly number[], b: readonly number[]): boolean {
  for (const [i, cost] of a.entries()) {
    const other = b[i] ?? 0;
    if (cost !== other) return cost < other;
  }
  return false;
}
