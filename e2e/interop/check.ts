// What one row of `npm run interop` is: a client of somebody else's, what it does to a cluster, and how its outcome is judged.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../support/apache-kafka.ts';

const TOOL_TIMEOUT_MS = 120_000;

export interface Check {
  /** Stable name, unique: the list of what must pass is kept by it. */
  readonly id: string;
  /** Whose client: "Apache Kafka tools". */
  readonly client: string;
  /** Rejects with what was wrong; resolves with what was seen, in a few words. */
  readonly run: (bench: Workbench) => Promise<string>;
}

/** Checks that share a cluster. */
export interface Suite {
  readonly checks: readonly Check[];
  /** Static settings of its brokers, by Kafka's names. */
  readonly settings: Readonly<Record<string, string>>;
  /** Of the brokers in turn; none: they have no rack. */
  readonly racks: readonly string[];
}

/** What a check rejects with when it cannot be judged here; reasons.json has to say why. */
export class NotRun extends Error {}

/** What a check gets to work with. */
export interface Workbench {
  /** host:port,host:port */
  readonly bootstrapServers: string;
  /** The same for clients that authenticate; '' where the cluster has no such listener. */
  readonly saslBootstrapServers: string;
  readonly brokers: number;
  /** The most a topic can have here: min(3, brokers). */
  readonly replicationFactor: number;
  /** A name no other check uses. */
  name(stem: string): string;
  /** Runs one of Apache Kafka's classes and gives what it printed; rejects when it ends with another code than 0. */
  java(mainClass: string, args: readonly string[], options?: { input?: string; timeoutMs?: number }): Promise<string>;
  /** The same with --bootstrap-server in front and the package of Kafka's tools. */
  tool(name: string, args: readonly string[], options?: { input?: string; timeoutMs?: number }): Promise<string>;
  /** Creates a topic with as many replicas as there can be. */
  topic(stem: string, partitions: number, configs?: readonly string[]): Promise<string>;
  /** A file that is removed at the end. */
  file(name: string, content: string): string;
  readonly folder: string;
}

export const TOOLS = 'org.apache.kafka.tools';

export function createWorkbench(
  bootstrapServers: string,
  saslBootstrapServers = '',
): { bench: Workbench; close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'barnabas-interop-'));
  const brokers = bootstrapServers.split(',').length;
  const replicationFactor = Math.min(3, brokers);
  const java: Workbench['java'] = (mainClass, args, { input, timeoutMs = TOOL_TIMEOUT_MS } = {}) =>
    runTool(mainClass, args, timeoutMs, input ?? null);
  const tool: Workbench['tool'] = (name, args, options) =>
    java(
      name.startsWith('kafka.') ? name : `${TOOLS}.${name}`,
      ['--bootstrap-server', bootstrapServers, ...args],
      options,
    );
  const bench: Workbench = {
    bootstrapServers,
    saslBootstrapServers,
    brokers,
    replicationFactor,
    folder,
    name: (stem) => `${stem}-${randomBytes(3).toString('hex')}`,
    java,
    tool,
    topic: async (stem, partitions, configs = []) => {
      const topic = bench.name(stem);
      const settings = configs.flatMap((config) => ['--config', config]);
      const shape = ['--partitions', String(partitions), '--replication-factor', String(replicationFactor)];
      await tool('TopicCommand', ['--create', '--topic', topic, ...shape, ...settings]);
      return topic;
    },
    file: (name, content) => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
  };
  return { bench, close: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Throws with the end of what was printed when `isTrue` does not hold. */
export function expect(isTrue: boolean, what: string, output = ''): void {
  if (!isTrue) throw new Error(output === '' ? what : `${what}; it printed: ${output.trim().slice(-600)}`);
}

/** Throws unless `output` matches; gives the match. */
export function find(output: string, pattern: RegExp, what: string): RegExpExecArray {
  const match = pattern.exec(output);
  if (match === null) throw new Error(`${what} (${pattern} not found); it printed: ${output.trim().slice(-600)}`);
  return match;
}

/** The JSON objects among the lines of a tool's output. */
export function jsonLines(output: string): Record<string, unknown>[] {
  return output.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    return [JSON.parse(line) as Record<string, unknown>];
  });
}
