// The snapshot-and-patch channels: which view each one carries.
import type { BrokersView } from './brokers.ts';
import type { GroupsParams, GroupsView, GroupView } from './groups.ts';
import type { LabView } from './lab.ts';
import type { MapParams, MapView } from './map.ts';
import type { OverviewView } from './overview.ts';
import type { QuotasParams, QuotasView } from './quotas.ts';
import type { ReassignParams, ReassignView } from './reassign.ts';
import type { TopicsParams, TopicsView, TopicView } from './topics.ts';
import type { TrafficView } from './traffic.ts';
import type {
  ProducersParams,
  ProducersView,
  TransactionsParams,
  TransactionsView,
  TransactionView,
} from './transactions.ts';
import type { UsersParams, UsersView } from './users.ts';

/** Snapshot-and-patch channels: name → parameters and data. */
export interface Channels {
  overview: { params: Record<string, never>; data: OverviewView };
  topics: { params: TopicsParams; data: TopicsView };
  topic: { params: { readonly name: string }; data: TopicView };
  groups: { params: GroupsParams; data: GroupsView };
  group: { params: { readonly groupId: string }; data: GroupView };
  brokers: { params: Record<string, never>; data: BrokersView };
  traffic: { params: Record<string, never>; data: TrafficView };
  map: { params: MapParams; data: MapView };
  reassign: { params: ReassignParams; data: ReassignView };
  transactions: { params: TransactionsParams; data: TransactionsView };
  transaction: { params: { readonly transactionalId: string }; data: TransactionView };
  /** Who writes to one topic. */
  producers: { params: ProducersParams; data: ProducersView };
  quotas: { params: QuotasParams; data: QuotasView };
  users: { params: UsersParams; data: UsersView };
  /** Only where the cluster's capabilities say `lab`. */
  lab: { params: Record<string, never>; data: LabView };
}
export type ChannelName = keyof Channels;
/** A view read on the server for the first paint, with what it was asked for. */
export interface FirstPaint<N extends ChannelName> {
  readonly params: Channels[N]['params'];
  readonly data: Channels[N]['data'] | null;
}
