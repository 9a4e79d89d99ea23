// What one cluster was when it was last read, and the readers that keep it so: figures, groups, history, problems met. The samplers
// fill it; context.ts gives it to the subjects. Holds no logic beyond putting the parts together.
import type { Suspects } from '../../client/asking/per-broker.ts';
import type { KafkaClient } from '../../client/client.ts';
import type { Connections } from '../../client/connections.ts';
import type { ClusterMetadata } from '../../client/metadata.ts';
import type { Problem } from '../../live/contract.ts';
import { Figures } from '../model/figures.ts';
import { Groups } from '../model/groups.ts';
import { SeriesRing } from '../model/ring.ts';
import { GroupReader } from './group-reader.ts';
import { LogDirReader } from './log-dirs.ts';
import { LogTails } from './log-tails.ts';
import { OffsetReader } from './offsets.ts';

/** Rings of single topics and groups kept at once: 200 × 600 rows × 3 columns × 8 bytes = 2.9 MB. */
const MAX_RINGS = 200;
const MAX_PROBLEMS = 20;
const EXPECT_GROUP_MS = 15_000;

export class Sampled {
  readonly client: KafkaClient;
  readonly figures = new Figures();
  readonly groups = new Groups();
  readonly offsets: OffsetReader;
  readonly logDirs: LogDirReader;
  readonly groupReader: GroupReader;
  readonly overviewRing = new SeriesRing(['inRecords', 'inBytes', 'outRecords', 'outBytes']);
  readonly #rings = new Map<string, SeriesRing>();
  readonly #expectedGroups = new Map<string, number>();
  readonly #problems = new Map<string, readonly Problem[]>();

  constructor(client: KafkaClient) {
    this.client = client;
    this.offsets = new OffsetReader(client, this.figures);
    this.logDirs = new LogDirReader(client, this.figures);
    this.groupReader = new GroupReader(client, {
      figures: this.figures,
      groups: this.groups,
      offsets: this.offsets,
      tails: new LogTails(client),
    });
  }

  get metadata(): ClusterMetadata {
    return this.client.metadata;
  }
  get connections(): Connections {
    return this.client.connections;
  }
  get suspects(): Suspects {
    return this.client.suspects;
  }
  log(line: string): void {
    this.client.log(line);
  }

  /** A group that is about to appear (test traffic is joining): its page waits instead of failing. At most a few. */
  expectGroup(groupId: string): void {
    if (this.#expectedGroups.size > 100) this.#expectedGroups.clear();
    this.#expectedGroups.set(groupId, Date.now() + EXPECT_GROUP_MS);
  }

  isExpected(groupId: string): boolean {
    return (this.#expectedGroups.get(groupId) ?? 0) > Date.now();
  }

  /** The history of one watched entity; the one unused for longest makes room. */
  ring(key: string, columns: readonly string[]): SeriesRing {
    const existing = this.#rings.get(key);
    this.#rings.delete(key);
    const ring = existing ?? new SeriesRing(columns);
    this.#rings.set(key, ring);
    for (const oldest of this.#rings.keys()) {
      if (this.#rings.size <= MAX_RINGS) break;
      this.#rings.delete(oldest);
    }
    return ring;
  }

  setProblems(source: string, problems: readonly Problem[]): void {
    if (problems.length === 0) this.#problems.delete(source);
    else this.#problems.set(source, problems);
  }

  /** The problems of the given sources, each sentence once. */
  problems(...sources: readonly string[]): readonly Problem[] {
    const bySentence = new Map<string, Problem>();
    for (const source of sources) {
      for (const problem of this.#problems.get(source) ?? []) bySentence.set(problem.sentence, problem);
    }
    return [...bySentence.values()].slice(0, MAX_PROBLEMS);
  }
}
