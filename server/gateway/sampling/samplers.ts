// Decides what is read when. The core sampler keeps metadata, offsets and sizes; the group sampler keeps groups and lag;
// each watched topic and group has a sampler of its own at four readings a second. Made by context.ts, started and closed by create.ts.
import type { BrokerGate } from '../../client/asking/per-broker.ts';
import { askIdle } from '../../client/asking/reach.ts';
import { reasonOf } from '../../client/errors.ts';
import type { TopicPartitions } from '../../client/records/offsets.ts';
import { sumOrNull } from '../model/numbers.ts';
import type { GroupGates } from './group-reader.ts';
import { Interest } from './interest.ts';
import { Job } from './job.ts';
import { readMinInSync } from './min-in-sync.ts';
import type { Sampled } from './sampled.ts';

export const CORE_INTERVAL_MS = 1_000;
export const FOCUS_INTERVAL_MS = 250;
/** Up to this many partitions the overview's history is kept each second even when nobody looks. */
const SMALL_CLUSTER_PARTITIONS = 1_000;
const SMALL_GROUP_COUNT = 50;
const UNWATCHED_INTERVAL_MS = 5_000;
/** After this long without anybody a large cluster is left alone. */
const FORGOTTEN_MS = 10 * 60_000;
const METADATA_AGE_MS = { watched: 2_000, unwatched: 5_000 } as const;
const SLOW_AGE_MS = 5_000;
const MIN_IN_SYNC_AGE_MS = 2_000;
/** A broker that takes connections and ends them is not asked more often for it than this. */
const LOST_PAUSE_MS = 250;
const GENERAL_PROBLEMS = ['metadata', 'ends', 'starts', 'sizes', 'groups', 'group details'] as const;
const GROUP_BUDGET = { min: 20, max: 500, tookMs: 100 } as const;

/** What a sampler has read anew, and of which topic or group. */
type OnChange = (name: 'core' | 'groups' | 'topic' | 'group', item: string | null) => void;

export class Samplers {
  readonly interest: Interest;
  readonly #context: Sampled;
  readonly #onChange: OnChange;
  readonly #core: Job;
  readonly #groups: Job;
  readonly #focus = new Map<string, Job>();
  readonly #endGate: BrokerGate;
  readonly #reachGate: BrokerGate;
  readonly #startGate: BrokerGate;
  readonly #sizeGate: BrokerGate;
  readonly #groupGates: GroupGates;
  #lostAtMs = 0;
  #startsAtMs = 0;
  #minInSyncAtMs = 0;
  #sizesAtMs = 0;
  #sizesTookMs = 0;
  #groupsListedAtMs = 0;
  #groupBudget = 100;
  #isTroubled = false;
  #isClosed = false;

  constructor(context: Sampled, onChange: OnChange) {
    this.#context = context;
    const gate = () => context.client.gate();
    this.#endGate = gate();
    this.#reachGate = gate();
    this.#startGate = gate();
    this.#sizeGate = gate();
    this.#groupGates = { coordinators: gate(), ends: gate(), tails: gate() };
    this.#onChange = onChange;
    const onError = (error: unknown) => context.log(`gateway: sampling failed: ${reasonOf(error)}`);
    const isTroubled = () => this.#isTroubled || context.problems(...GENERAL_PROBLEMS).length > 0;
    this.#core = new Job({
      intervalMs: () => this.#coreIntervalMs(),
      run: () => this.#sampleCore(),
      isTroubled,
      onError,
    });
    this.#groups = new Job({
      intervalMs: () => this.#groupIntervalMs(),
      run: () => this.#sampleGroups(),
      isTroubled,
      onError,
    });
    this.interest = new Interest(() => this.#follow());
    context.connections.onLost = () => this.#noteLost();
  }

  start(): void {
    this.#core.wake();
    this.#groups.wake();
  }

  /** After a change made through the dashboard: show it now, not at the next tick. */
  refreshNow(): void {
    this.#context.offsets.isMetadataStale = true;
    this.#sizesAtMs = 0;
    this.#startsAtMs = 0;
    this.#groupsListedAtMs = 0;
    this.#core.wake();
    this.#groups.wake();
  }

  get coreTookMs(): number {
    return this.#core.tookMs;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([
      this.#core.close(),
      this.#groups.close(),
      ...[...this.#focus.values()].map((job) => job.close()),
    ]);
  }

  /** A broker ended a connection: whether it is gone shows at once when it is asked again. */
  #noteLost(): void {
    const now = Date.now();
    if (this.#isClosed || now - this.#lostAtMs < LOST_PAUSE_MS) return;
    this.#lostAtMs = now;
    this.#core.wake();
  }

  #follow(): void {
    if (this.#isClosed) return;
    for (const [key, job] of this.#focus) {
      if (this.interest.count(key) > 0) continue;
      this.#focus.delete(key);
      if (key.startsWith('group:')) this.#context.groups.detail(key.slice(6))?.trackPartitions(false);
      job.close().catch((error: unknown) => this.#context.log(`gateway: ${reasonOf(error)}`));
    }
    this.#core.wake();
    this.#groups.wake();
  }

  /** Starts the sampler of a watched entity; it ends when the last watch is released. */
  focus(key: `topic:${string}` | `group:${string}`): void {
    if (this.#focus.has(key) || this.#isClosed) return;
    const gate = () => this.#context.client.gate();
    const gates = { ends: gate(), starts: gate(), sizes: gate(), tails: gate() };
    const slow = { atMs: 0 };
    const job = new Job({
      intervalMs: () => FOCUS_INTERVAL_MS,
      run: () => (key.startsWith('topic:') ? this.#sampleTopic(key, gates, slow) : this.#sampleGroup(key, gates, slow)),
      isTroubled: () => this.#context.problems(key).length > 0,
      onError: (error) => this.#context.log(`gateway: sampling ${key} failed: ${reasonOf(error)}`),
    });
    this.#focus.set(key, job);
    job.wake();
  }

  #coreIntervalMs(): number | null {
    const { metadata } = this.#context;
    if (this.interest.isWatched || metadata.failure !== null) return CORE_INTERVAL_MS;
    if (metadata.partitionCount <= SMALL_CLUSTER_PARTITIONS) return CORE_INTERVAL_MS;
    return this.interest.idleMs(Date.now()) < FORGOTTEN_MS ? UNWATCHED_INTERVAL_MS : null;
  }

  #groupIntervalMs(): number | null {
    if (this.interest.isAny('overview', 'groups', 'topic', 'group', 'map')) return CORE_INTERVAL_MS;
    if (this.#context.metadata.partitionCount > SMALL_CLUSTER_PARTITIONS) return null;
    return this.#context.groups.listings.size <= SMALL_GROUP_COUNT ? CORE_INTERVAL_MS : UNWATCHED_INTERVAL_MS;
  }

  async #sampleCore(): Promise<void> {
    const { metadata, offsets, figures } = this.#context;
    const now = Date.now();
    const maxAgeMs = offsets.isMetadataStale
      ? 0
      : this.interest.isWatched
        ? METADATA_AGE_MS.watched
        : METADATA_AGE_MS.unwatched;
    if (!(await this.#readMetadata(maxAgeMs))) {
      this.#context.overviewRing.push(now, []);
      this.#onChange('core', null);
      return;
    }
    const all = [...metadata.topics.keys()].map((topic) => ({ topic, partitions: null }));
    const [ofLeaders, ofOthers] = await Promise.all([
      offsets.sample(this.#endGate, 'latest', all),
      askIdle(this.#context.client, this.#reachGate),
    ]);
    const problems = [...ofLeaders, ...ofOthers];
    this.#context.setProblems('ends', problems);
    figures.endsSampledAtMs = Date.now();
    this.#isTroubled = problems.length > 0;
    this.#pushOverview(now);
    this.#onChange('core', null);
    await this.#sampleSlow(now, all);
  }

  /** Start offsets and sizes change slowly and cost more; what they bring shows with the next tick. */
  async #sampleSlow(now: number, all: readonly TopicPartitions[]): Promise<void> {
    const { connections, metadata, figures, offsets, logDirs } = this.#context;
    if (now - this.#minInSyncAtMs >= MIN_IN_SYNC_AGE_MS) {
      this.#minInSyncAtMs = now;
      // A cluster that does not tell leaves unsaid what follows from it.
      figures.minInSync = await readMinInSync(connections, metadata).catch(() => new Map());
    }
    if (now - this.#startsAtMs >= SLOW_AGE_MS) {
      this.#startsAtMs = now;
      this.#context.setProblems('starts', await offsets.sample(this.#startGate, 'earliest', all));
    }
    if (now - this.#sizesAtMs >= Math.max(SLOW_AGE_MS, this.#sizesTookMs * 10)) {
      this.#sizesAtMs = now;
      this.#context.setProblems('sizes', await logDirs.sampleAll(this.#sizeGate));
      this.#sizesTookMs = Date.now() - (this.#sizesAtMs || now);
    }
  }

  async #readMetadata(maxAgeMs: number): Promise<boolean> {
    const { metadata, offsets, figures } = this.#context;
    try {
      await metadata.fresh(maxAgeMs - 50);
      offsets.isMetadataStale = false;
      figures.follow(metadata);
      this.#context.setProblems('metadata', []);
      return true;
    } catch (error) {
      this.#isTroubled = true;
      this.#context.setProblems('metadata', [{ brokerId: null, sentence: reasonOf(error) }]);
      return false;
    }
  }

  #pushOverview(now: number): void {
    const { figures, metadata, groups } = this.#context;
    const topics = [...metadata.topics.keys()].map((name) => figures.of(name));
    const details = [...groups.details()].map(([, detail]) => detail);
    const isGroupsKnown = groups.listedAtMs !== null;
    this.#context.overviewRing.push(now, [
      sumOrNull(topics.map((topic) => topic?.recordsPerSecond() ?? null)),
      sumOrNull(topics.map((topic) => topic?.bytesPerSecond() ?? null)),
      isGroupsKnown ? (sumOrNull(details.map((detail) => detail.recordsPerSecond())) ?? 0) : null,
      isGroupsKnown ? (sumOrNull(details.map((detail) => detail.bytesPerSecond())) ?? 0) : null,
    ]);
  }

  async #sampleGroups(): Promise<void> {
    const { groups, groupReader, metadata } = this.#context;
    if (metadata.sampledAtMs === null || metadata.failure !== null) return;
    const startedAtMs = Date.now();
    if (startedAtMs - this.#groupsListedAtMs >= METADATA_AGE_MS.watched - 50) {
      this.#groupsListedAtMs = startedAtMs;
      this.#context.setProblems('groups', await groupReader.list());
    }
    const isWanted =
      this.interest.isAny('overview', 'groups', 'topic', 'group', 'map') || groups.listings.size <= SMALL_GROUP_COUNT;
    const chosen = new Set([...this.interest.shownGroups(), ...(isWanted ? groups.nextInTurn(this.#groupBudget) : [])]);
    const details = await groupReader.sample(this.#groupGates, chosen);
    this.#context.setProblems('group details', details);
    groups.noteCompleteness();
    const tookMs = Date.now() - startedAtMs;
    const factor = tookMs > GROUP_BUDGET.tookMs ? 0.5 : 1.5;
    this.#groupBudget = Math.min(GROUP_BUDGET.max, Math.max(GROUP_BUDGET.min, Math.round(this.#groupBudget * factor)));
    this.#onChange('groups', null);
  }

  async #sampleTopic(key: string, gates: FocusGates, slow: { atMs: number }): Promise<void> {
    const { metadata, offsets, logDirs, figures } = this.#context;
    const name = key.slice('topic:'.length);
    const topic = metadata.topics.get(name);
    if (topic === undefined) return;
    const now = Date.now();
    const wanted = [{ topic: name, partitions: null }];
    const problems = [...(await offsets.sample(gates.ends, 'latest', wanted))];
    if (now - slow.atMs >= CORE_INTERVAL_MS) {
      slow.atMs = now;
      problems.push(...(await offsets.sample(gates.starts, 'earliest', wanted)));
      problems.push(...(await logDirs.sampleTopic(gates.sizes, topic)));
    }
    this.#context.setProblems(key, problems);
    const totals = figures.of(name);
    this.#context
      .ring(key, ['inRecords', 'inBytes'])
      .push(now, [totals?.recordsPerSecond() ?? null, totals?.bytesPerSecond() ?? null]);
    if (offsets.isMetadataStale) this.#core.wake();
    this.#onChange('topic', name);
  }

  async #sampleGroup(key: string, gates: FocusGates, slow: { atMs: number }): Promise<void> {
    const { groups, groupReader, offsets } = this.#context;
    const groupId = key.slice('group:'.length);
    if (!groups.listings.has(groupId)) return;
    const now = Date.now();
    const detail = groups.detailFor(groupId);
    detail?.trackPartitions(true);
    if (now - slow.atMs >= CORE_INTERVAL_MS) {
      slow.atMs = now;
      const topics = [...(detail?.topics() ?? [])].map((topic) => ({ topic, partitions: null }));
      await offsets.sample(gates.starts, 'earliest', topics);
    }
    this.#context.setProblems(
      key,
      await groupReader.sample({ coordinators: gates.sizes, ends: gates.ends, tails: gates.tails }, [groupId]),
    );
    this.#context
      .ring(key, ['lag', 'outRecords'])
      .push(now, [detail?.wholeLag() ?? null, detail?.recordsPerSecond() ?? null]);
    this.#onChange('group', groupId);
  }
}

interface FocusGates {
  readonly ends: BrokerGate;
  readonly starts: BrokerGate;
  readonly sizes: BrokerGate;
  readonly tails: BrokerGate;
}
