// Everything the parts of one gateway share: the sampled state, the connections and the problems met. Made by create.ts.
// Holds no logic of its own beyond putting the parts together.
import type { Problem } from '../live/contract.ts';
import { Connections, parseEndpoint } from './connections.ts';
import { Figures } from './figures.ts';
import { Groups } from './groups.ts';
import { ClusterMetadata } from './metadata.ts';
import { SeriesRing } from './ring.ts';
import { GroupReader } from './sampling/group-reader.ts';
import { LogDirReader } from './sampling/log-dirs.ts';
import { LogTails } from './sampling/log-tails.ts';
import { OffsetReader } from './sampling/offsets.ts';
import type { Suspects } from './sampling/per-broker.ts';

export interface GatewayOptions {
  readonly clusterId: string;
  readonly name: string;
  readonly mode: 'embedded' | 'external';
  readonly bootstrapServers: readonly string[];
  log(line: string): void;
}

/** Rings of single topics and groups kept at once: 200 × 600 rows × 3 columns × 8 bytes = 2.9 MB. */
const MAX_RINGS = 200;
const MAX_PROBLEMS = 20;
const EXPECT_GROUP_MS = 15_000;

export class GatewayContext {
  readonly options: GatewayOptions;
  readonly connections = new Connections();
  readonly metadata: ClusterMetadata;
  readonly figures = new Figures();
  /** Brokers that were silent when they were last asked; shared by the gates of all samplers. */
  readonly suspects: Suspects = new Map();
  readonly groups = new Groups();
  readonly offsets: OffsetReader;
  readonly logDirs: LogDirReader;
  readonly groupReader: GroupReader;
  readonly overviewRing = new SeriesRing(['inRecords', 'inBytes', 'outRecords', 'outBytes']);
  readonly #rings = new Map<string, SeriesRing>();
  readonly #expectedGroups = new Map<string, number>();
  readonly #problems = new Map<string, readonly Problem[]>();

  /** @throws GatewayError INVALID_ARGUMENT for a malformed bootstrap server */
  constructor(options: GatewayOptions) {
    this.options = options;
    this.metadata = new ClusterMetadata(this.connections, options.bootstrapServers.map(parseEndpoint));
    this.offsets = new OffsetReader(this.connections, this.metadata, this.figures);
    this.logDirs = new LogDirReader(this.connections, this.metadata, this.figures);
    this.groupReader = new GroupReader(
      this.connections,
      this.metadata,
      this.figures,
      this.groups,
      this.offsets,
      new LogTails(this.connections, this.metadata),
    );
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
