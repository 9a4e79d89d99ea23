// One data node as its handlers see it: the parts they may use. start.ts builds it; handlers get it when they are made.
import type { World } from '../../kernel/world.ts';
import type { Api } from '../../protocol/codec.ts';
import type { Fields, Input, Value } from '../../protocol/grammar.ts';
import type { GroupCoordinator } from '../coordinator/group-coordinator.ts';
import type { TransactionCoordinator } from '../coordinator/transaction/transaction-coordinator.ts';
import type { MetadataDelta, MetadataImage } from '../metadata/image.ts';
import type { BrokerOptions } from '../node.ts';
import type { Asker } from './link/line.ts';
import type { PartitionOutcome, PartitionWish } from './link/partition-changes.ts';
import type { ClientThrottle } from './quotas/client-throttle.ts';
import type { Replicas } from './replicas.ts';
import type { TransactionPartitions } from './transactions/transaction-partitions.ts';

/** The broker's line to the controller: registration, heartbeats, the metadata log, forwarded requests. */
export interface ControllerLink {
  readonly image: MetadataImage;
  /** Called after each batch of metadata records was applied to the image. */
  onChange(run: (delta: MetadataDelta) => void): void;
  /**
   * Sends a request to the controller in the API's newest version, or as the asker sent it, and gives its answer. Rejects with LinkError
   * (code REQUEST_TIMED_OUT or NOT_CONTROLLER) when the controller does not answer in time.
   */
  forward<Q extends Fields, R extends Fields>(
    api: Api<Q, R>,
    request: Input<Q>,
    timeoutMs: number,
    asker?: Asker,
  ): Promise<Value<R>>;
  /** A producer id never given before, from blocks of 1000. Rejects with LinkError. */
  nextProducerId(): Promise<number>;
  /** This broker's own epoch, −1 while it is not registered. */
  readonly brokerEpoch: number;
  /** Puts a leader's wishes for in-sync replicas to the controller; one outcome per wish, in order. Rejects with LinkError. */
  alterPartitions(wishes: readonly PartitionWish[]): Promise<readonly PartitionOutcome[]>;
}

export interface Broker {
  readonly world: World;
  readonly options: BrokerOptions;
  readonly controller: ControllerLink;
  readonly replicas: Replicas;
  readonly throttle: ClientThrottle;
  readonly groups: GroupCoordinator;
  readonly transactions: TransactionCoordinator;
  /** Asks the coordinators of transactions, wherever they are. */
  readonly transactionPartitions: TransactionPartitions;
  /** The setting in force: dynamic broker, dynamic default, static, Kafka's default. */
  setting(name: string): string;
}
