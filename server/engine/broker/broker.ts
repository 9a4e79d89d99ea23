// One data node as its handlers see it: the parts they may use. start.ts builds it; handlers get it when they are made.
import type { World } from '../../kernel/world.ts';
import type { GroupCoordinator } from '../coordinator/group-coordinator.ts';
import type { TransactionCoordinator } from '../coordinator/transaction/transaction-coordinator.ts';
import type { BrokerOptions } from '../node.ts';
import type { ControllerLink } from './link/controller-link.ts';
import type { ClientThrottle } from './quotas/client-throttle.ts';
import type { Replicas } from './replicas.ts';
import type { TransactionPartitions } from './transactions/transaction-partitions.ts';

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
