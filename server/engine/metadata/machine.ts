// The controller as a pure machine: decide() turns a command into records and a reply and changes nothing; replay() is the only
// writer. The controller node appends what was decided before it is replayed, and replies when it is on disk.
import type { RequestOf, ResponseInput } from '../../protocol/codec.ts';
import type { createTopics } from '../../protocol/schema/19-create-topics.ts';
import type { deleteTopics } from '../../protocol/schema/20-delete-topics.ts';
import type { alterConfigs } from '../../protocol/schema/33-alter-configs.ts';
import type { createPartitions } from '../../protocol/schema/37-create-partitions.ts';
import type { electLeaders } from '../../protocol/schema/43-elect-leaders.ts';
import type { incrementalAlterConfigs } from '../../protocol/schema/44-incremental-alter-configs.ts';
import type { alterPartitionReassignments } from '../../protocol/schema/45-alter-partition-reassignments.ts';
import type { listPartitionReassignments } from '../../protocol/schema/46-list-partition-reassignments.ts';
import type { alterClientQuotas } from '../../protocol/schema/49-alter-client-quotas.ts';
import type { alterUserScramCredentials } from '../../protocol/schema/51-alter-user-scram-credentials.ts';
import type { alterPartition } from '../../protocol/schema/56-alter-partition.ts';
import type { brokerRegistration } from '../../protocol/schema/62-broker-registration.ts';
import type { brokerHeartbeat } from '../../protocol/schema/63-broker-heartbeat.ts';
import type { unregisterBroker } from '../../protocol/schema/64-unregister-broker.ts';
import type { allocateProducerIds } from '../../protocol/schema/67-allocate-producer-ids.ts';
import type { ControllerView, Decision } from './decision.ts';
import { decideAllocateProducerIds } from './verbs/allocate-producer-ids.ts';
import { decideAlterClientQuotas } from './verbs/alter-client-quotas.ts';
import { decideAlterConfigs, decideIncrementalAlterConfigs } from './verbs/alter-configs.ts';
import { decideAlterScramCredentials } from './verbs/alter-scram-credentials.ts';
import { decideFenceSilentBrokers } from './verbs/brokers/fence-silent-brokers.ts';
import { decideHeartbeat } from './verbs/brokers/heartbeat.ts';
import { decideRegisterBroker } from './verbs/brokers/register-broker.ts';
import { decideUnregisterBroker } from './verbs/brokers/unregister-broker.ts';
import { decideCreatePartitions } from './verbs/create-partitions.ts';
import { decideCreateTopics } from './verbs/create-topics.ts';
import { decideDeleteTopics } from './verbs/delete-topics.ts';
import { decideAlterPartition } from './verbs/partitions/alter-partition.ts';
import { decideBalanceLeaders } from './verbs/partitions/balance-leaders.ts';
import { decideElectLeaders } from './verbs/partitions/elect-leaders.ts';
import { decideAlterReassignments, decideListReassignments } from './verbs/partitions/reassign-partitions.ts';

/** Each command with what it takes and what it answers. */
export interface Commands {
  createTopics: { request: RequestOf<typeof createTopics>; reply: ResponseInput<typeof createTopics> };
  deleteTopics: { request: RequestOf<typeof deleteTopics>; reply: ResponseInput<typeof deleteTopics> };
  createPartitions: { request: RequestOf<typeof createPartitions>; reply: ResponseInput<typeof createPartitions> };
  incrementalAlterConfigs: {
    request: RequestOf<typeof incrementalAlterConfigs>;
    reply: ResponseInput<typeof incrementalAlterConfigs>;
  };
  alterConfigs: { request: RequestOf<typeof alterConfigs>; reply: ResponseInput<typeof alterConfigs> };
  registerBroker: {
    request: RequestOf<typeof brokerRegistration>;
    reply: ResponseInput<typeof brokerRegistration>;
  };
  heartbeat: { request: RequestOf<typeof brokerHeartbeat>; reply: ResponseInput<typeof brokerHeartbeat> };
  allocateProducerIds: {
    request: RequestOf<typeof allocateProducerIds>;
    reply: ResponseInput<typeof allocateProducerIds>;
  };
  alterPartition: { request: RequestOf<typeof alterPartition>; reply: ResponseInput<typeof alterPartition> };
  electLeaders: { request: RequestOf<typeof electLeaders>; reply: ResponseInput<typeof electLeaders> };
  /** Gives leadership back to preferred replicas where a broker leads too little; the reply counts the partitions. */
  balanceLeaders: { request: null; reply: number };
  alterReassignments: {
    request: RequestOf<typeof alterPartitionReassignments>;
    reply: ResponseInput<typeof alterPartitionReassignments>;
  };
  listReassignments: {
    request: RequestOf<typeof listPartitionReassignments>;
    reply: ResponseInput<typeof listPartitionReassignments>;
  };
  unregisterBroker: { request: RequestOf<typeof unregisterBroker>; reply: ResponseInput<typeof unregisterBroker> };
  alterClientQuotas: {
    request: RequestOf<typeof alterClientQuotas>;
    reply: ResponseInput<typeof alterClientQuotas>;
  };
  alterScramCredentials: {
    request: RequestOf<typeof alterUserScramCredentials>;
    reply: ResponseInput<typeof alterUserScramCredentials>;
  };
  fenceSilentBrokers: { request: null; reply: readonly number[] };
}
export type CommandName = keyof Commands;

type Verb<K extends CommandName> = (
  view: ControllerView,
  request: Commands[K]['request'],
  nowMs: number,
) => Decision<Commands[K]['reply']>;

const VERBS: { readonly [K in CommandName]: Verb<K> } = {
  createTopics: decideCreateTopics,
  deleteTopics: decideDeleteTopics,
  createPartitions: decideCreatePartitions,
  incrementalAlterConfigs: decideIncrementalAlterConfigs,
  alterConfigs: decideAlterConfigs,
  registerBroker: decideRegisterBroker,
  heartbeat: decideHeartbeat,
  allocateProducerIds: decideAllocateProducerIds,
  alterPartition: decideAlterPartition,
  electLeaders: decideElectLeaders,
  balanceLeaders: decideBalanceLeaders,
  alterReassignments: decideAlterReassignments,
  listReassignments: decideListReassignments,
  unregisterBroker: decideUnregisterBroker,
  alterClientQuotas: decideAlterClientQuotas,
  alterScramCredentials: decideAlterScramCredentials,
  fenceSilentBrokers: (view, _, nowMs) => decideFenceSilentBrokers(view, nowMs),
};

/** `nowMs` is monotonic, of the clock that the sessions are kept in. */
export function decide<K extends CommandName>(
  view: ControllerView,
  command: K,
  request: Commands[K]['request'],
  nowMs: number,
): Decision<Commands[K]['reply']> {
  return VERBS[command](view, request, nowMs);
}
