// Changes the cluster while it runs: creates and deletes topics of its own, changes settings, asks for elections. What the answer said
// must be so everywhere in the end (14).
import { ErrorCode } from '../../protocol/errors.ts';
import { createTopics } from '../../protocol/schema/19-create-topics.ts';
import { deleteTopics } from '../../protocol/schema/20-delete-topics.ts';
import { electLeaders } from '../../protocol/schema/43-elect-leaders.ts';
import { incrementalAlterConfigs } from '../../protocol/schema/44-incremental-alter-configs.ts';
import { alterPartitionReassignments } from '../../protocol/schema/45-alter-partition-reassignments.ts';
import type { MarkName } from '../marks.ts';
import type { ClientOptions } from './client.ts';
import { ClientLoop } from './client-loop.ts';

export interface AdminOptions extends ClientOptions {
  /** Infinity: it does nothing. */
  readonly pauseMs: number;
  /** Topics others use: only their settings and the places of their replicas are touched. */
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: number;
    readonly replicationFactor: number;
  }[];
  readonly brokers: number;
  mark(name: MarkName): void;
}

const TIMEOUT_MS = 8000;
const MAX_TOPICS = 4;
const MAX_PAUSE_MS = 6000;
const TOPIC_RESOURCE = 2;
const SET = 0;
const PREFERRED = 0;
const RETENTIONS_MS = ['86400000', '172800000', '604800000'];

export class Admin extends ClientLoop<AdminOptions> {
  /** Topics that an answer said are there, or are gone. A request without an answer makes it unknown. */
  readonly told = new Map<string, 'there' | 'gone' | 'unknown'>();
  /** What a setting was set to, by "topic name". */
  readonly configs = new Map<string, string>();
  /** Topics whose settings a request without an answer may still change. */
  readonly #unsure = new Set<string>();
  #count = 0;

  protected async work(): Promise<void> {
    const { client } = this;
    while (!client.isStopping) {
      await client.sleep(Math.min(MAX_PAUSE_MS, client.prng.exponential(this.o.pauseMs)));
      if (client.isStopping) return;
      if (this.o.pauseMs === Number.POSITIVE_INFINITY) continue;
      const what = client.prng.below(5);
      if (what === 0) await this.#create();
      else if (what === 1) await this.#delete();
      else if (what === 2) await this.#configure();
      else if (what === 3) await this.#reassign();
      else await this.#elect();
    }
  }

  #topicsThere(): string[] {
    return [...this.told].filter(([, state]) => state === 'there').map(([name]) => name);
  }
  async #create(): Promise<void> {
    const { client } = this;
    if (this.#topicsThere().length >= MAX_TOPICS) return;
    const name = `churn${this.#count++}`;
    this.told.set(name, 'unknown');
    const topics = [{ name, numPartitions: client.prng.between(1, 2), replicationFactor: client.prng.between(1, 3) }];
    const answer = await client.ask(client.anyBroker(), createTopics, 7, { topics, timeoutMs: 5000 }, TIMEOUT_MS);
    if (answer?.topics[0]?.errorCode === ErrorCode.NONE) this.told.set(name, 'there');
  }
  async #delete(): Promise<void> {
    const { client } = this;
    const there = this.#topicsThere();
    if (there.length === 0) return;
    const name = client.prng.pick(there);
    this.told.set(name, 'unknown');
    const request = { topics: [{ name }], timeoutMs: 5000 };
    const answer = await client.ask(client.anyBroker(), deleteTopics, 6, request, TIMEOUT_MS);
    if (answer?.responses[0]?.errorCode === ErrorCode.NONE) this.told.set(name, 'gone');
  }
  async #configure(): Promise<void> {
    const { client } = this;
    const { name } = client.prng.pick(this.o.topics);
    const value = client.prng.pick(RETENTIONS_MS);
    if (this.#unsure.has(name)) return;
    this.configs.delete(name);
    const configs = [{ name: 'retention.ms', configOperation: SET, value }];
    const resources = [{ resourceType: TOPIC_RESOURCE, resourceName: name, configs }];
    const answer = await client.ask(client.anyBroker(), incrementalAlterConfigs, 1, { resources }, TIMEOUT_MS);
    if (answer?.responses[0]?.errorCode === ErrorCode.NONE) this.configs.set(name, value);
    else this.#unsure.add(name);
  }
  /** As many replicas as there are, in other places or another order. */
  async #reassign(): Promise<void> {
    const { client } = this;
    const { name, partitions, replicationFactor } = client.prng.pick(this.o.topics);
    const left = Array.from({ length: this.o.brokers }, (_, i) => i + 1);
    const replicas: number[] = [];
    while (replicas.length < replicationFactor) replicas.push(...left.splice(client.prng.below(left.length), 1));
    const topics = [{ name, partitions: [{ partitionIndex: client.prng.below(partitions), replicas }] }];
    const request = { timeoutMs: 5000, topics };
    const answer = await client.ask(client.anyBroker(), alterPartitionReassignments, 0, request, TIMEOUT_MS);
    if (answer?.responses[0]?.partitions[0]?.errorCode === ErrorCode.NONE) this.o.mark('reassigned');
  }
  async #elect(): Promise<void> {
    const { client } = this;
    const request = { electionType: PREFERRED, topicPartitions: null, timeoutMs: 5000 };
    await client.ask(client.anyBroker(), electLeaders, 2, request, TIMEOUT_MS);
  }
}
