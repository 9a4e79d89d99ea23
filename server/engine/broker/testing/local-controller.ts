// A controller without a wire, for tests of the broker: the real metadata machine, its records replayed into one image that the
// broker shares. Deltas reach the broker at once, as the real line's do after each fetch of the metadata log.
import { present } from '../../../kernel/assert.ts';
import type { Api } from '../../../protocol/codec.ts';
import type { Fields, Input, Value } from '../../../protocol/grammar.ts';
import { Reader } from '../../../protocol/reader.ts';
import { alterPartition } from '../../../protocol/schema/56-alter-partition.ts';
import { Writer } from '../../../protocol/writer.ts';
import type { ControllerView } from '../../metadata/decision.ts';
import type { MetadataDelta } from '../../metadata/image.ts';
import type { CommandName, Commands } from '../../metadata/machine.ts';
import { decide } from '../../metadata/machine.ts';
import { type MetadataRecord, record } from '../../metadata/record.ts';
import { MetadataState } from '../../metadata/state.ts';
import type { RunningLink } from '../link/connect.ts';
import { LinkError } from '../link/controller-link.ts';
import type { Asker } from '../link/line.ts';
import { PartitionChanges, type PartitionOutcome, type PartitionWish } from '../link/partition-changes.ts';
import type { TestWorld } from './test-world.ts';

const COMMANDS: ReadonlyMap<string, CommandName> = new Map([
  ['CreateTopics', 'createTopics'],
  ['DeleteTopics', 'deleteTopics'],
  ['CreatePartitions', 'createPartitions'],
  ['AlterConfigs', 'alterConfigs'],
  ['IncrementalAlterConfigs', 'incrementalAlterConfigs'],
  ['AlterPartition', 'alterPartition'],
  ['ElectLeaders', 'electLeaders'],
  ['AlterPartitionReassignments', 'alterReassignments'],
  ['ListPartitionReassignments', 'listReassignments'],
  ['UnregisterBroker', 'unregisterBroker'],
  ['AlterClientQuotas', 'alterClientQuotas'],
  ['AlterUserScramCredentials', 'alterScramCredentials'],
]);

export class LocalController implements RunningLink {
  readonly image: MetadataState;
  /** Makes every forwarded request time out. */
  isSilent = false;
  readonly #world: TestWorld;
  readonly #view: ControllerView;
  readonly #listeners: ((delta: MetadataDelta) => void)[] = [];
  readonly #brokerId: number;
  #nextProducerId = 1000;

  constructor(world: TestWorld, clusterId: string, settings: Readonly<Record<string, string>>, brokerId = 1) {
    this.#world = world;
    this.#brokerId = brokerId;
    this.image = new MetadataState(clusterId);
    this.#view = {
      state: this.image,
      sessions: new Map(),
      settings: { nodeId: 3000, settings },
      newUuid: () => world.random.uuid(),
    };
  }

  /** A live broker of the cluster, whether it runs or not. */
  addBroker(brokerId: number, host: string, port: number, rack: string | null = null): void {
    const endPoints = [{ name: 'PLAINTEXT', host, port, securityProtocol: 0 }];
    this.commit([record('registerBroker', { brokerId, brokerEpoch: brokerId, endPoints, rack, fenced: false })]);
  }
  commit(records: readonly MetadataRecord[]): void {
    for (const one of records) this.image.replay(one, this.image.offset + 1);
    const delta = this.image.takeDelta();
    for (const run of this.#listeners) run(delta);
  }
  run<K extends CommandName>(command: K, request: Commands[K]['request']): Commands[K]['reply'] {
    const { records, reply } = decide(this.#view, command, request, this.#world.clock.monotonicMs());
    this.commit(records);
    return reply;
  }

  onChange(run: (delta: MetadataDelta) => void): void {
    this.#listeners.push(run);
  }
  async forward<Q extends Fields, R extends Fields>(
    api: Api<Q, R>,
    input: Input<Q>,
    _timeoutMs = 0,
    asker?: Asker,
  ): Promise<Value<R>> {
    if (this.isSilent) throw new LinkError('REQUEST_TIMED_OUT', 'the test silenced the controller');
    // Answered by the node around the machine, and here there is none.
    if (api.name === 'DescribeQuorum') throw new LinkError('NOT_CONTROLLER', 'there is only the machine');
    const command = present(COMMANDS.get(api.name), `the controller knows ${api.name}`);
    // Through the bytes and back, as over the wire: defaults are filled in and nothing is shared.
    const version = asker?.apiVersion ?? api.versions.max;
    const request = throughBytes(api.request, version, input);
    const reply = this.run(command, request as never);
    return throughBytes(api.response, version, reply as Input<R>);
  }
  async nextProducerId(): Promise<number> {
    if (this.isSilent) throw new LinkError('REQUEST_TIMED_OUT', 'the test silenced the controller');
    return this.#nextProducerId++;
  }
  get brokerEpoch(): number {
    return this.image.brokers.get(this.#brokerId)?.epoch ?? -1;
  }
  async alterPartitions(wishes: readonly PartitionWish[]): Promise<readonly PartitionOutcome[]> {
    return new PartitionChanges({
      send: (request) => this.forward(alterPartition, request),
      self: () => ({ brokerId: this.#brokerId, brokerEpoch: this.brokerEpoch }),
      epochOf: (brokerId) => this.image.brokers.get(brokerId)?.epoch ?? -1,
    }).ask(wishes);
  }
  async ready(): Promise<void> {}
  async stop(): Promise<void> {}
}

function throughBytes<S extends Fields>(message: Api<S, S>['request'], version: number, input: Input<S>): Value<S> {
  const writer = new Writer();
  message.write(writer, version, input);
  return message.read(new Reader(writer.toBuffer()), version);
}
