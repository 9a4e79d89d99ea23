// The live map's own sampler: while a map is open it reads leaders and replicas twice a second, the log ends of drawn replicas each
// second, producer ids now and then, and keeps the history of what changed. Made and closed by feature.ts; view.ts reads it.
import { reasonOf } from '../../client/errors.ts';
import type { GatewayContext } from '../context.ts';
import { brokerRows } from '../model/rows.ts';
import type { Interest } from '../sampling/interest.ts';
import { Job } from '../sampling/job.ts';
import { type Candidate, type Standing, standingTopics } from './choose.ts';
import { MapHistory } from './history.ts';
import { type DrawnPartitions, MapReader } from './reader.ts';

export const MAP_INTERVAL_MS = 500;
/** Above this many partitions the metadata is left to the core sampler, and nothing is remembered while nobody looks. */
const SMALL_CLUSTER_PARTITIONS = 2_000;
const ENDS_AGE_MS = 1_000;
const PRODUCERS_AGE_MS = 3_000;
/** A producer that wrote nothing for this long is not shown. */
const PRODUCER_IDLE_MS = 60_000;

/** What one open map shows. */
export interface Drawing {
  readonly partitions: readonly DrawnPartitions[];
  readonly groupIds: readonly string[];
}

export class LiveMap {
  readonly history = new MapHistory();
  readonly reader: MapReader;
  readonly #context: GatewayContext;
  readonly #interest: Interest;
  readonly #drawings = new Map<object, Drawing>();
  readonly #job: Job;
  /** What maps without a choice draw: the same for all, so that two browsers agree. */
  #standing: readonly Standing[] = [];
  #endsAtMs = 0;
  #producersAtMs = 0;
  #metadataAtMs: number | null = null;
  #upBrokers = '';

  constructor(context: GatewayContext) {
    this.#context = context;
    this.#interest = context.samplers.interest;
    this.reader = new MapReader(context.client);
    this.#job = new Job({
      intervalMs: () => (this.#drawings.size > 0 ? MAP_INTERVAL_MS : null),
      run: () => this.#sample(),
      isTroubled: () => context.problems('metadata', 'ends').length > 0,
      onError: (error) => context.log(`gateway: sampling the map failed: ${reasonOf(error)}`),
    });
  }

  /** A map is open: called with every computing of its view. */
  draw(owner: object, drawing: Drawing): void {
    const before = this.#drawings.get(owner);
    this.#drawings.set(owner, drawing);
    this.#interest.showGroups(owner, drawing.groupIds);
    for (const groupId of drawing.groupIds) this.#context.groups.detailFor(groupId)?.trackPartitions(true);
    for (const groupId of before?.groupIds ?? []) this.#untrack(groupId);
    if (before === undefined) this.#job.wake();
  }

  /** The topics of a map without a choice. */
  unchosen(candidates: Iterable<Candidate>): readonly string[] {
    this.#standing = standingTopics(this.#standing, candidates, Date.now());
    return this.#standing.map(({ name }) => name);
  }

  release(owner: object): void {
    const drawing = this.#drawings.get(owner);
    this.#drawings.delete(owner);
    this.#interest.showGroups(owner, null);
    for (const groupId of drawing?.groupIds ?? []) this.#untrack(groupId);
  }

  /** The core sampler has read: what changed is remembered also while no map is open, unless the cluster is large. */
  observe(): void {
    const { metadata } = this.#context;
    if (metadata.failure !== null || metadata.sampledAtMs === null) return;
    if (this.#drawings.size === 0 && metadata.partitionCount > SMALL_CLUSTER_PARTITIONS) return;
    const rows = brokerRows(this.#context);
    const upBrokers = new Set(rows.filter(({ isUp }) => isUp).map(({ id }) => id));
    const upText = [...upBrokers].join();
    if (metadata.sampledAtMs === this.#metadataAtMs && upText === this.#upBrokers) return;
    this.#metadataAtMs = metadata.sampledAtMs;
    this.#upBrokers = upText;
    const knownBrokers = new Set(rows.map(({ id }) => id));
    this.history.take({ upBrokers, knownBrokers, topics: metadata.topics }, Date.now());
  }

  async close(): Promise<void> {
    await this.#job.close();
  }

  #untrack(groupId: string): void {
    if (this.#interest.count(`group:${groupId}`) > 0) return;
    for (const { groupIds } of this.#drawings.values()) if (groupIds.includes(groupId)) return;
    this.#context.groups.detail(groupId)?.trackPartitions(false);
  }

  async #sample(): Promise<void> {
    const { metadata, figures } = this.#context;
    const now = Date.now();
    if (metadata.failure === null && metadata.partitionCount <= SMALL_CLUSTER_PARTITIONS) {
      await metadata.fresh(MAP_INTERVAL_MS - 50).catch(() => undefined); // The core sampler says why.
      if (metadata.failure === null) figures.follow(metadata);
    }
    this.observe();
    this.#observeGroups();
    const drawn = this.#drawnPartitions();
    if (now - this.#endsAtMs >= ENDS_AGE_MS - 50) {
      this.#endsAtMs = now;
      await this.reader.readEnds(drawn);
    }
    if (this.reader.servesProducers && now - this.#producersAtMs >= PRODUCERS_AGE_MS) {
      this.#producersAtMs = now;
      await this.reader.readProducers(drawn, now - PRODUCER_IDLE_MS);
    }
    this.#context.tell('map');
  }

  #observeGroups(): void {
    const groupIds = new Set([...this.#drawings.values()].flatMap((drawing) => drawing.groupIds));
    for (const groupId of groupIds) {
      const sample = this.#context.groups.detail(groupId)?.sample ?? null;
      if (sample === null) continue;
      const members = sample.members.map(({ memberId, assignments }) => {
        const reads = assignments.flatMap(({ topic, partitions }) => partitions.map((each) => `${topic}-${each}`));
        return [memberId, reads] as const;
      });
      this.history.takeGroup({ groupId, state: sample.state, members: new Map(members) }, sample.atMs);
    }
  }

  /** Of all open maps; a bounded number, since maps and what each draws are bounded. */
  #drawnPartitions(): readonly DrawnPartitions[] {
    const most = new Map<string, readonly number[]>();
    for (const { topic, partitions } of [...this.#drawings.values()].flatMap((drawing) => drawing.partitions)) {
      if (partitions.length > (most.get(topic)?.length ?? 0)) most.set(topic, partitions);
    }
    return [...most].map(([topic, partitions]) => ({ topic, partitions }));
  }
}
