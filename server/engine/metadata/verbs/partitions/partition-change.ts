// What a partition becomes when its in-sync replicas, replicas or brokers change (PartitionChangeBuilder): who leads, who is still
// eligible to (KIP-966), and whether a reassignment is done. Every election of the cluster is decided here; leader and partition
// epochs follow from replaying the record.
import { ZERO_UUID } from '../../../../protocol/grammar.ts';
import { type ControllerView, usableBrokers } from '../../decision.ts';
import type { PartitionImage, TopicImage } from '../../image.ts';
import { changedPartition } from '../../partition.ts';
import { type MetadataRecord, type RecordBody, record } from '../../record.ts';
import { topicSetting } from '../../settings.ts';
import { NO_LEADER } from '../../state.ts';

/** What is wished; what is left out stays as it is. */
export interface PartitionTarget {
  readonly replicas?: readonly number[];
  readonly addingReplicas?: readonly number[];
  readonly removingReplicas?: readonly number[];
  readonly inSyncReplicas?: readonly number[];
  /** Brokers that may have lost what they held: eligible for nothing. */
  readonly unproven?: ReadonlySet<number>;
}
/**
 * `online`: who is in sync or eligible, and where the topic allows it anybody; `clean`: never anybody; `preferred`: the first
 * replica before the present leader; `unclean`: anybody when nobody else is left, whatever the topic says.
 */
export type ElectionKind = 'online' | 'clean' | 'preferred' | 'unclean';

export interface PartitionChange {
  readonly record: MetadataRecord;
  readonly after: PartitionImage;
}

interface Assignment {
  readonly replicas: readonly number[];
  readonly addingReplicas: readonly number[];
  readonly removingReplicas: readonly number[];
  readonly inSyncReplicas: readonly number[];
}
interface Outcome extends Assignment {
  readonly leader: number;
  readonly eligibleLeaderReplicas: readonly number[];
  readonly lastKnownElr: readonly number[];
  readonly directories: readonly string[];
}

/** Which brokers may lead and be in sync once the records are replayed. */
export function activeBrokers(
  view: ControllerView,
  change: { gone?: Iterable<number>; back?: number } = {},
): Set<number> {
  const active = new Set(usableBrokers(view.state));
  for (const id of change.gone ?? []) active.delete(id);
  if (change.back !== undefined) active.add(change.back);
  return active;
}

/** The elections of one decision; what it asks of topics' settings is looked up once. */
export class Elections {
  readonly active: ReadonlySet<number>;
  readonly #view: ControllerView;
  readonly #settings = new Map<string, { readonly isUnclean: boolean; readonly minInSync: number }>();
  readonly #minInSyncOf: ((topic: string) => number) | null;

  /** `minInSyncOf` is min.insync.replicas as it will be, where that is about to change. */
  constructor(
    view: ControllerView,
    active: ReadonlySet<number> = activeBrokers(view),
    minInSyncOf: ((topic: string) => number) | null = null,
  ) {
    this.#view = view;
    this.active = active;
    this.#minInSyncOf = minInSyncOf;
  }

  /** The record that makes it so, or null when nothing changes. */
  change(
    topic: TopicImage,
    before: PartitionImage,
    target: PartitionTarget = {},
    kind: ElectionKind = 'online',
  ): PartitionChange | null {
    const wanted = completed({
      replicas: target.replicas ?? before.replicas,
      addingReplicas: target.addingReplicas ?? before.addingReplicas,
      removingReplicas: target.removingReplicas ?? before.removingReplicas,
      inSyncReplicas: target.inSyncReplicas ?? before.inSyncReplicas,
    });
    const { isUnclean, minInSync } = this.#settingsOf(topic.name);
    const minimum = Math.min(minInSync, wanted.replicas.length);
    const eligible = eligibleReplicas(before, wanted, { minimum, unproven: target.unproven });
    const mayLoseRecords = kind === 'unclean' || (kind === 'online' && isUnclean);
    const elected = this.#elect(before, { ...wanted, eligible, kind, mayLoseRecords });
    const isTakenFromOutside = elected !== NO_LEADER && !wanted.inSyncReplicas.includes(elected);
    const inSyncReplicas = isTakenFromOutside ? [elected] : wanted.inSyncReplicas;
    const isClean = !isTakenFromOutside || eligible.includes(elected);
    const after: Outcome = {
      ...wanted,
      leader: elected,
      inSyncReplicas,
      // Whoever leads alone with enough in sync commits records that the others do not have.
      eligibleLeaderReplicas:
        isClean && inSyncReplicas.length < minimum ? eligible.filter((id) => id !== elected) : NOBODY,
      lastKnownElr: lastKnownLeader(before, { leader: elected, inSyncReplicas }),
      directories: this.#directories(before, { replicas: wanted.replicas, inSyncReplicas }),
    };
    return changeFrom(topic, before, after);
  }

  #elect(
    before: PartitionImage,
    o: Assignment & { eligible: readonly number[]; kind: ElectionKind; mayLoseRecords: boolean },
  ): number {
    const { replicas, inSyncReplicas, eligible } = o;
    const candidates = inSyncReplicas.length > 0 ? inSyncReplicas : eligible;
    const mayLead = (id: number) => candidates.includes(id) && this.active.has(id);
    const [preferred] = replicas;
    if (o.kind === 'preferred' && preferred !== undefined && mayLead(preferred)) return preferred;
    if (mayLead(before.leader)) return before.leader;
    const next = replicas.find(mayLead);
    if (next !== undefined) return next;
    // Whoever stops leads what nobody else can until it is gone.
    const leaving = inSyncReplicas.filter((id) => this.#isStopping(id));
    if (leaving.length > 0) return leaving.includes(before.leader) ? before.leader : (leaving[0] ?? NO_LEADER);
    const [lastKnown] = before.lastKnownElr;
    const isNobodyEligible = candidates.length === 0 && lastKnown !== undefined && replicas.includes(lastKnown);
    if (isNobodyEligible && this.active.has(lastKnown) && this.#hasItsLog(before, lastKnown)) return lastKnown;
    if (!o.mayLoseRecords) return NO_LEADER;
    const living = replicas.filter((id) => this.active.has(id));
    return living.find((id) => this.#hasItsLog(before, id)) ?? living[0] ?? NO_LEADER;
  }

  #isStopping(id: number): boolean {
    const broker = this.#view.state.brokers.get(id);
    return broker?.isShuttingDown === true && !broker.isFenced;
  }

  /** False when the broker came back with another disk than the one that held the replica (KIP-858). */
  #hasItsLog(partition: PartitionImage, id: number): boolean {
    const known = partition.directories[partition.replicas.indexOf(id)] ?? ZERO_UUID;
    const present = this.#view.state.brokers.get(id)?.logDirs ?? [];
    return known === ZERO_UUID || present.length === 0 || present.includes(known);
  }

  /**
   * Where each replica's log is known to be: noted when a replica is new and whenever it comes into sync.
   * DIVERGES: Kafka's brokers tell by AssignReplicasToDirs; here each has one folder, and says at registration which.
   */
  #directories(
    before: PartitionImage,
    { replicas, inSyncReplicas }: { replicas: readonly number[]; inSyncReplicas: readonly number[] },
  ): readonly string[] {
    return replicas.map((id) => {
      const known = before.directories[before.replicas.indexOf(id)];
      const hasJoined = inSyncReplicas.includes(id) && !before.inSyncReplicas.includes(id);
      return known === undefined || hasJoined ? this.#directoryOf(id) : known;
    });
  }
  /** The broker's log folder; the zero UUID when it did not say. */
  #directoryOf(id: number): string {
    return this.#view.state.brokers.get(id)?.logDirs[0] ?? ZERO_UUID;
  }

  #settingsOf(topic: string) {
    const known = this.#settings.get(topic);
    if (known !== undefined) return known;
    const { state, settings } = this.#view;
    const of = (name: string) => topicSetting(state, settings, topic, name);
    const found = {
      isUnclean: of('unclean.leader.election.enable').toLowerCase() === 'true',
      minInSync: Math.max(1, this.#minInSyncOf?.(topic) ?? Number(of('min.insync.replicas'))),
    };
    this.#settings.set(topic, found);
    return found;
  }
}

const NOBODY: readonly number[] = [];

/** A reassignment ends once every replica that is to stay is in sync (PartitionReassignmentReplicas.maybeCompleteReassignment). */
function completed(assignment: Assignment): Assignment {
  const { replicas, addingReplicas, removingReplicas, inSyncReplicas } = assignment;
  if (addingReplicas.length + removingReplicas.length === 0) return assignment;
  const isStaying = (id: number) => !removingReplicas.includes(id);
  const staying = replicas.filter(isStaying);
  if (staying.length === 0 || !staying.every((id) => inSyncReplicas.includes(id))) return assignment;
  return {
    replicas: staying,
    addingReplicas: NOBODY,
    removingReplicas: NOBODY,
    inSyncReplicas: inSyncReplicas.filter(isStaying),
  };
}

/**
 * Who left while too few were in sync to commit anything has all that was committed, and may lead when nobody in sync is left.
 * Nobody, as long as enough are in sync.
 */
function eligibleReplicas(
  before: PartitionImage,
  { replicas, inSyncReplicas }: Assignment,
  { minimum, unproven }: { minimum: number; unproven: ReadonlySet<number> | undefined },
): readonly number[] {
  if (inSyncReplicas.length >= minimum) return NOBODY;
  const held = new Set([...before.inSyncReplicas, ...before.eligibleLeaderReplicas]);
  return replicas.filter((id) => held.has(id) && !inSyncReplicas.includes(id) && unproven?.has(id) !== true);
}

/** Kept in lastKnownElr while nobody leads: who led last, for when nobody is eligible any more. */
function lastKnownLeader(
  before: PartitionImage,
  after: { leader: number; inSyncReplicas: readonly number[] },
): readonly number[] {
  if (after.leader !== NO_LEADER) return NOBODY;
  if (after.inSyncReplicas.length > 0 || before.inSyncReplicas.length === 0) return before.lastKnownElr;
  const last = before.leader === NO_LEADER ? before.inSyncReplicas[0] : before.leader;
  return last === undefined ? NOBODY : [last];
}

/** Only what differs is written; a leader that stays is, where replicas left, so that they hear of a new epoch. */
function changeFrom(topic: TopicImage, before: PartitionImage, after: Outcome): PartitionChange | null {
  const hasLostReplicas = before.replicas.some((id) => !after.replicas.includes(id));
  const differences: Partial<RecordBody<'partitionChange'>> = {
    ...(after.leader !== before.leader || hasLostReplicas ? { leader: after.leader } : {}),
    ...(sameReplicas(after.inSyncReplicas, before.inSyncReplicas) ? {} : { isr: [...after.inSyncReplicas] }),
    ...(isEqual(after.replicas, before.replicas) ? {} : { replicas: [...after.replicas] }),
    ...(isEqual(after.addingReplicas, before.addingReplicas) ? {} : { addingReplicas: [...after.addingReplicas] }),
    ...(isEqual(after.removingReplicas, before.removingReplicas)
      ? {}
      : { removingReplicas: [...after.removingReplicas] }),
    ...(sameReplicas(after.eligibleLeaderReplicas, before.eligibleLeaderReplicas)
      ? {}
      : { eligibleLeaderReplicas: [...after.eligibleLeaderReplicas] }),
    ...(isEqual(after.lastKnownElr, before.lastKnownElr) ? {} : { lastKnownElr: [...after.lastKnownElr] }),
    ...(isEqual(after.directories, before.directories) ? {} : { directories: [...after.directories] }),
  };
  const names = Object.keys(differences);
  // Where logs are known to be is written along with something else, never alone.
  if (names.length === 0 || (names.length === 1 && names[0] === 'directories')) return null;
  const made = record('partitionChange', {
    partitionId: before.partition,
    topicId: topic.topicId,
    ...differences,
  });
  return { record: made, after: changedPartition(before, made.body) };
}

function sameReplicas(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id) => b.includes(id));
}
function isEqual<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}
