// What the browser and the server say to each other over /live: types and constants only, so that the browser can import
// this file without pulling in a validator. The schemas that check incoming messages are in schemas.ts.
// Offsets, counts and sizes are plain numbers within ±(2^53−1). Times are milliseconds since the epoch.

export const CONTRACT_VERSION = 3;
export const LIVE_PATH = '/live';
/** The server sends a beat this often; a client that saw nothing for three beats reconnects. */
export const BEAT_INTERVAL_MS = 5_000;

// ---------------------------------------------------------------------------------------------------------------- parts

export interface Problem {
  /** Broker that did not answer, or null when the problem is not one broker's. */
  readonly brokerId: number | null;
  /** What could not be read, why, and what to do, as one sentence. */
  readonly sentence: string;
}

/** How fresh a collection is. Every view carries one. */
export interface Freshness {
  /** When the values were sampled; null until the first sample arrived. */
  readonly sampledAtMs: number | null;
  /** How often they are sampled while somebody looks. */
  readonly intervalMs: number;
}

/** Aligned columns: `columns.x[i]` belongs to `timesMs[i]`. A null is a gap, never zero. At most 600 points. */
export interface Series {
  readonly timesMs: readonly number[];
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
}

export interface ErrorBody {
  /** Kafka's numeric error code, or 0 for errors of the dashboard itself. */
  readonly code: number;
  /** UNKNOWN_TOPIC_OR_PARTITION, INVALID_ARGUMENT, DISCONNECTED, … */
  readonly name: string;
  /** What happened, why, and how to mend it. */
  readonly message: string;
  readonly retriable: boolean;
}

export type HealthLevel = 'ok' | 'notice' | 'warn' | 'critical';
export interface Health {
  readonly level: HealthLevel;
  /** "All 3 brokers are up and every partition has a leader." */
  readonly sentence: string;
  readonly causes: readonly { readonly level: HealthLevel; readonly sentence: string; readonly href: string | null }[];
}

export interface ClusterCapabilities {
  /** The cluster runs inside this process. */
  readonly embedded: boolean;
  /** Its nodes can be stopped, killed, frozen and started from here: the calls `lab.*` and the channel `lab` work. */
  readonly lab: boolean;
  /** Why there is no lab, as a sentence for a person. */
  readonly whyNoLab?: string;
  /** Kafka API keys with the version range that every broker serves. */
  readonly apis: Readonly<Record<number, { readonly min: number; readonly max: number }>>;
}

export interface ClusterSummary {
  /** Path segment in /c/<id>. */
  readonly id: string;
  readonly name: string;
  readonly mode: 'embedded' | 'external';
  readonly bootstrapServers: readonly string[];
  readonly capabilities: ClusterCapabilities;
}

// ---------------------------------------------------------------------------------------------------------------- views

export interface BrokerRow {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  readonly isUp: boolean;
  readonly leaders: number;
  readonly replicas: number;
  /** Sum of the log sizes on this broker; null when it did not answer. */
  readonly sizeBytes: number | null;
  readonly inRecordsPerSecond: number | null;
  readonly inBytesPerSecond: number | null;
}

export interface TopicRow {
  readonly name: string;
  readonly topicId: string | null;
  readonly isInternal: boolean;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Sum over partitions of end offset − start offset. */
  readonly records: number | null;
  readonly sizeBytes: number | null;
  readonly inRecordsPerSecond: number | null;
  readonly inBytesPerSecond: number | null;
  /** Partitions without a leader. */
  readonly offlinePartitions: number;
  readonly underReplicatedPartitions: number;
}

export interface GroupRow {
  readonly groupId: string;
  readonly type: string;
  readonly protocolType: string;
  readonly state: string;
  /** null: not sampled yet or the coordinator did not answer. */
  readonly members: number | null;
  readonly topics: number | null;
  readonly coordinatorId: number | null;
  readonly totalLag: number | null;
  /** Records per second by which lag changed over the last samples; positive is growing. */
  readonly lagChangePerSecond: number | null;
}

export interface OverviewView {
  readonly freshness: Freshness;
  readonly problems: readonly Problem[];
  readonly clusterId: string | null;
  readonly health: Health;
  readonly brokersUp: number;
  readonly brokersKnown: number;
  readonly topics: number;
  readonly partitions: number;
  readonly groups: number | null;
  readonly sizeBytes: number | null;
  readonly inRecordsPerSecond: number | null;
  readonly inBytesPerSecond: number | null;
  /** Records per second that groups committed. */
  readonly outRecordsPerSecond: number | null;
  /** outRecordsPerSecond × mean stored bytes per record of each topic: an estimate, shown as one. */
  readonly outBytesPerSecondEstimate: number | null;
  /** Columns: inRecords, inBytes, outRecords, outBytes; all per second. */
  readonly series: Series;
  readonly brokers: readonly BrokerRow[];
  readonly busiestTopics: readonly TopicRow[];
  readonly laggingGroups: readonly GroupRow[];
}

export type TopicSort = 'name' | 'partitions' | 'records' | 'size' | 'rate';
export interface TopicsParams {
  readonly query: string;
  readonly sort: TopicSort;
  readonly descending: boolean;
  readonly includeInternal: boolean;
  /** The window of rows wanted: limit ≤ 200. */
  readonly offset: number;
  readonly limit: number;
}
export interface TopicsView {
  readonly freshness: Freshness;
  readonly problems: readonly Problem[];
  /** All topics that exist (internal ones included), and those that match query and includeInternal. */
  readonly total: number;
  readonly matching: number;
  readonly offset: number;
  readonly rows: readonly TopicRow[];
}

export interface PartitionRow {
  readonly partition: number;
  readonly leader: number | null;
  readonly leaderEpoch: number | null;
  readonly replicas: readonly number[];
  readonly inSyncReplicas: readonly number[];
  readonly startOffset: number | null;
  /** The high watermark, as ListOffsets latest gives it. */
  readonly endOffset: number | null;
  readonly sizeBytes: number | null;
  readonly inRecordsPerSecond: number | null;
}
export interface TopicGroupRow extends GroupRow {
  /** Lag of this group on this topic. */
  readonly topicLag: number | null;
}
export interface TopicView {
  readonly freshness: Freshness;
  readonly problems: readonly Problem[];
  readonly topic: TopicRow;
  readonly partitions: readonly PartitionRow[];
  /** Groups with a committed offset or a member on this topic; null while they are being read. */
  readonly groups: readonly TopicGroupRow[] | null;
  /** Columns: inRecords, inBytes per second. */
  readonly series: Series;
}

export type GroupSort = 'name' | 'lag' | 'state' | 'members';
export interface GroupsParams {
  readonly query: string;
  readonly sort: GroupSort;
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
}
export interface GroupsView {
  readonly freshness: Freshness;
  readonly problems: readonly Problem[];
  readonly total: number;
  readonly matching: number;
  readonly offset: number;
  readonly rows: readonly GroupRow[];
}

export interface GroupMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly host: string;
  /** The member's epoch in a group of the consumer protocol; null in a classic one. */
  readonly epoch: number | null;
  readonly assignments: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
  /** Consumer protocol: what it is to have once all have moved; null when that is what it has. */
  readonly target: readonly { readonly topic: string; readonly partitions: readonly number[] }[] | null;
}
export interface GroupPartition {
  readonly topic: string;
  readonly partition: number;
  /** null: nothing committed. Different from zero. */
  readonly committedOffset: number | null;
  readonly metadata: string | null;
  readonly startOffset: number | null;
  readonly endOffset: number | null;
  /** endOffset − committedOffset, never negative; null with lagNote saying why. */
  readonly lag: number | null;
  /** "nothing committed", "committed offset 7 was deleted by retention (log starts at 12)", "topic is gone", … */
  readonly lagNote: string | null;
  readonly memberId: string | null;
  readonly outRecordsPerSecond: number | null;
}
export interface GroupView {
  readonly freshness: Freshness;
  readonly problems: readonly Problem[];
  readonly group: GroupRow;
  /** The assignor: the members' choice in a classic group, the coordinator's in one of the consumer protocol. */
  readonly protocol: string | null;
  /** Epochs of a group of the consumer protocol: of the group, and of the assignment its members move to. null in a classic one. */
  readonly epoch: number | null;
  readonly assignmentEpoch: number | null;
  readonly members: readonly GroupMember[];
  readonly partitions: readonly GroupPartition[];
  /** Columns: lag (records), outRecords (per second). */
  readonly series: Series;
}

export interface BrokersView {
  readonly freshness: Freshness;
  readonly problems: readonly Problem[];
  readonly rows: readonly BrokerRow[];
}

export type TransactionSort = 'id' | 'state' | 'producer' | 'age' | 'held';
export interface TransactionsParams {
  readonly query: string;
  /** Kafka's name of a state; 'active' for those that are open or being ended, 'hanging' for those in doubt; null: all. */
  readonly state: string | null;
  readonly sort: TransactionSort;
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
}
/** One transactional id as its coordinator knows it. What only a description tells is null until it was read. */
export interface TransactionRow {
  readonly transactionalId: string;
  /** Empty, Ongoing, PrepareCommit, PrepareAbort, CompleteCommit, CompleteAbort, Dead, PrepareEpochFence. */
  readonly state: string;
  /** 64 bits: text. */
  readonly producerId: string;
  readonly producerEpoch: number | null;
  readonly timeoutMs: number | null;
  /** null: no transaction is open. */
  readonly startedAtMs: number | null;
  readonly partitions: number | null;
  readonly coordinatorId: number;
  /** Records that readers of committed records wait for because of this transaction; null: not known. */
  readonly heldBack: number | null;
  /** Why it counts as hanging; null: it does not. */
  readonly doubt: string | null;
}
/** A transaction open in one partition that its coordinator would never end. */
export interface HangingTransaction {
  readonly topic: string;
  readonly partition: number;
  readonly producerId: string;
  readonly producerEpoch: number;
  /** null: no coordinator knows the producer id. */
  readonly transactionalId: string | null;
  readonly startOffset: number;
  readonly lastWriteAtMs: number;
  readonly heldBack: number | null;
  readonly doubt: string;
}
export interface TransactionsView {
  readonly freshness: Freshness;
  readonly problems: readonly Problem[];
  /** Sentences on what this cluster's brokers cannot tell or do; empty when all is there. */
  readonly lacks: readonly string[];
  readonly total: number;
  /** Transactional ids by state, over all. */
  readonly byState: Readonly<Record<string, number>>;
  /** There are more ids than are kept: a search asks the brokers again where they can search. */
  readonly isCut: boolean;
  readonly matching: number;
  readonly offset: number;
  readonly rows: readonly TransactionRow[];
  /** At most 100, the longest open first. */
  readonly hanging: readonly HangingTransaction[];
  /** Partitions whose readers of committed records wait for some transaction, and those records; null before the first look. */
  readonly held: { readonly partitions: number; readonly records: number } | null;
}
export interface TransactionPartition {
  readonly topic: string;
  readonly partition: number;
  readonly leader: number | null;
  /** The first record of the transaction here; null: nothing written yet, or the leader did not tell. */
  readonly firstOffset: number | null;
  readonly lastStableOffset: number | null;
  /** The high watermark. */
  readonly endOffset: number | null;
  /** From the first record on to the high watermark. */
  readonly heldBack: number | null;
  /** Producer id of a transaction that was opened here earlier and holds readers back first; null: none. */
  readonly behindProducerId: string | null;
  readonly lastWriteAtMs: number | null;
  readonly doubt: string | null;
}
export interface TransactionView {
  readonly freshness: Freshness;
  readonly problems: readonly Problem[];
  readonly lacks: readonly string[];
  readonly transaction: TransactionRow;
  /** At most 1,000. */
  readonly partitions: readonly TransactionPartition[];
}

export interface ProducersParams {
  readonly topic: string;
  readonly partition: number | null;
  readonly offset: number;
  readonly limit: number;
}
export interface ProducerRow {
  readonly partition: number;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly lastSequence: number | null;
  readonly lastWriteAtMs: number | null;
  readonly openSinceOffset: number | null;
  /** null: none, or no coordinator told. */
  readonly transactionalId: string | null;
}
export interface ProducersView {
  readonly freshness: Freshness;
  readonly problems: readonly Problem[];
  readonly lacks: readonly string[];
  /** Partitions asked, of those the topic has. */
  readonly asked: number;
  readonly partitions: number;
  readonly matching: number;
  readonly offset: number;
  readonly rows: readonly ProducerRow[];
}

export interface TrafficProducer {
  readonly id: string;
  readonly topic: string;
  readonly recordsPerSecond: number;
  readonly recordBytes: number;
  readonly keys: number;
  readonly acks: 0 | 1 | -1;
  readonly startedAtMs: number;
  readonly stopsAtMs: number;
  readonly sent: number;
  readonly failed: number;
  readonly lastError: string | null;
}
export interface TrafficConsumer {
  readonly id: string;
  readonly topic: string;
  readonly groupId: string;
  readonly members: number;
  /** Over all members. 0 reads as fast as it can. */
  readonly recordsPerSecond: number;
  readonly startedAtMs: number;
  readonly stopsAtMs: number;
  readonly read: number;
  readonly lastError: string | null;
}
export interface TrafficView {
  readonly freshness: Freshness;
  readonly problems: readonly Problem[];
  readonly producers: readonly TrafficProducer[];
  readonly consumers: readonly TrafficConsumer[];
}

export type LabNodeState = 'starting' | 'running' | 'frozen' | 'stopping' | 'stopped' | 'failed';
export interface LabNodeRow {
  readonly id: number;
  readonly role: 'broker' | 'controller';
  readonly state: LabNodeState;
  readonly sinceMs: number;
  /** Why it does not run: "killed", "stopped", or what it fell with; null while it runs. */
  readonly reason: string | null;
  readonly address: string | null;
  readonly rack: string | null;
  /** Added to each append to a log and each flush; null: as fast as it is. */
  readonly slowDisk: LabSlowDisk | null;
  /** Partitions it leads, holds, and holds the only in-sync replica of. Zero for the controller; null before the first sample. */
  readonly leaders: number | null;
  readonly replicas: number | null;
  readonly onlyReplicas: number | null;
}
export interface LabSlowDisk {
  readonly appendMs: number;
  readonly flushMs: number;
}
/** A cut link carries nothing, and nobody is told: what is sent waits until it is healed. A slow one takes `delayMs` more each way. */
export type LabLinkFault =
  | { readonly kind: 'cut'; readonly oneWay: boolean }
  | { readonly kind: 'delay'; readonly delayMs: number; readonly oneWay: boolean };
/** With `oneWay` only what goes from `from` to `to` is hit. */
export interface LabLink {
  readonly from: number;
  readonly to: number;
  readonly fault: LabLinkFault;
  readonly sinceMs: number;
}
export type LabFaultAction =
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** Kafka's error code: the request is not carried out, and its answer carries the error. */
  | { readonly kind: 'error'; readonly errorCode: number }
  | { readonly kind: 'drop' };
/** Which requests of clients something happens to; in the patterns * stands for any text. */
export interface LabFaultOrder {
  /** Nodes of the cluster and the dashboard are meant only by a pattern that begins as their ids do. */
  readonly clientId: string;
  /** null: every API. */
  readonly api: string | null;
  /** null: also requests that name no topic. */
  readonly topic: string | null;
  readonly action: LabFaultAction;
  /** How many requests, at all brokers together; null: every one. */
  readonly times: number | null;
}
export interface LabFaultRow extends LabFaultOrder {
  readonly id: number;
  /** "Produce of orders-* takes 300 ms longer" */
  readonly sentence: string;
  readonly setAtMs: number;
  readonly endsAtMs: number;
  readonly hits: number;
  /** null: no limit. */
  readonly left: number | null;
}
/** What a fault rule may name. */
export interface LabFaultApi {
  readonly name: string;
  readonly namesTopics: boolean;
  readonly carriesErrors: boolean;
}
export interface LabAction {
  readonly kind: 'rollingRestart';
  readonly startedAtMs: number;
  readonly step: 'waiting' | 'stopping' | 'starting';
  /** The broker it is at. */
  readonly brokerId: number;
  readonly done: number;
  readonly total: number;
  /** Partitions that still miss an in-sync replica or a leader: it goes on at 0. */
  readonly waitsForPartitions: number;
  readonly isCancelling: boolean;
}
export interface LabEvent {
  /** Rises by one. */
  readonly id: number;
  readonly atMs: number;
  /** 'lab': done to a node, or by one itself. 'cluster': what the cluster then says of itself. */
  readonly source: 'lab' | 'cluster';
  readonly level: HealthLevel;
  readonly nodeId: number | null;
  /** "Broker 2 was killed", "Broker 1 leads 4 partitions that broker 2 led". */
  readonly sentence: string;
  /** "you asked for it", "rolling restart", "broker 2 was killed 9.2 s before"; null when it is not known. */
  readonly cause: string | null;
  /** At most 5 of those it speaks of, such as "orders-3". */
  readonly partitions: readonly string[];
}
export interface LabView {
  readonly freshness: Freshness;
  readonly problems: readonly Problem[];
  readonly nodes: readonly LabNodeRow[];
  /** null before the first sample. */
  readonly partitions: {
    readonly total: number;
    readonly leaderless: number;
    /** Fewer replicas in sync than assigned, those without a leader included. */
    readonly underReplicated: number;
  } | null;
  readonly action: LabAction | null;
  /** What is at risk now, and what still holds; null before the first sample. */
  readonly guarantee: {
    readonly level: HealthLevel;
    readonly sentence: string;
    /** Topics with partitions without a leader; at most five. */
    readonly leaderlessTopics: readonly string[];
  } | null;
  /** Links that are cut or slow. */
  readonly links: readonly LabLink[];
  /** In force, oldest first. */
  readonly faults: readonly LabFaultRow[];
  readonly faultApis: readonly LabFaultApi[];
  /** Newest last, at most 200. */
  readonly events: readonly LabEvent[];
}

// ------------------------------------------------------------------------------------------------------------------ map

export interface MapParams {
  /** Chosen topics, at most MAP_LIMITS.topics; none: those with most traffic. */
  readonly topics: readonly string[];
}
/** What is drawn at most; what is left out is counted in the view. */
export const MAP_LIMITS = {
  topics: 8,
  partitions: 60,
  brokers: 24,
  groups: 6,
  members: 6,
  producers: 8,
  events: 50,
} as const;
export interface MapTopic {
  readonly name: string;
  readonly isInternal: boolean;
  /** All of its partitions; `drawn` of them, from 0 on, are in the view. */
  readonly partitions: number;
  readonly drawn: number;
  /** Of those that are not drawn. */
  readonly restLeaderless: number;
  readonly restUnderReplicated: number;
  readonly inRecordsPerSecond: number | null;
}
export interface MapPartition {
  readonly topic: string;
  readonly partition: number;
  readonly leader: number | null;
  readonly leaderEpoch: number | null;
  readonly replicas: readonly number[];
  readonly inSyncReplicas: readonly number[];
  readonly endOffset: number | null;
  readonly inRecordsPerSecond: number | null;
  /** For each of `replicas`: records its log lacks of the leader's; null when one of the two did not tell. */
  readonly behindRecords: readonly (number | null)[];
  /** For each of `replicas`: when it was seen to leave those in sync; null when it is in sync or left unseen. */
  readonly outSinceMs: readonly (number | null)[];
}
export interface MapBroker {
  readonly id: number;
  readonly address: string;
  readonly rack: string | null;
  readonly isUp: boolean;
  /** Of the whole cluster, not of what is drawn. */
  readonly leaders: number;
  readonly replicas: number;
  readonly inRecordsPerSecond: number | null;
}
export interface MapGroup {
  readonly groupId: string;
  readonly state: string;
  /** At most MAP_LIMITS.members of memberCount. */
  readonly members: readonly { readonly memberId: string; readonly clientId: string; readonly host: string }[];
  readonly memberCount: number | null;
  /** Of the whole group. */
  readonly totalLag: number | null;
  readonly outRecordsPerSecond: number | null;
  /** Drawn partitions that it reads or has committed to. */
  readonly partitions: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly memberId: string | null;
    readonly lag: number | null;
    readonly outRecordsPerSecond: number | null;
  }[];
}
export interface MapProducer {
  readonly key: string;
  /** The client's id, or "producer id 4001" where only that is known. */
  readonly name: string;
  /** What Kafka or the broker knows beside the name: "kafkajs 2.2.4", "epoch 0". */
  readonly note: string;
  readonly brokers: readonly number[];
  /** Drawn topics that it wrote to. */
  readonly topics: readonly string[];
  /** To all topics together; null: not known. */
  readonly recordsPerSecond: number | null;
}
export interface MapProducers {
  /** 'connections': from the brokers of this process. 'ids': producer ids that Kafka serves (DescribeProducers). 'unknown': it does not tell. */
  readonly source: 'connections' | 'ids' | 'unknown';
  /** At most MAP_LIMITS.producers of `total`. */
  readonly rows: readonly MapProducer[];
  readonly total: number;
}
export type MapEventKind = 'broker' | 'leader' | 'inSync' | 'group' | 'topic';
export interface MapEvent {
  /** Rises by one. */
  readonly id: number;
  readonly atMs: number;
  readonly kind: MapEventKind;
  readonly level: HealthLevel;
  /** "Broker 1 now leads orders-0, which broker 2 led." */
  readonly sentence: string;
}
export interface MapView {
  readonly freshness: Freshness;
  readonly problems: readonly Problem[];
  /** In the whole cluster. */
  readonly topicCount: number;
  readonly partitionCount: number;
  readonly brokerCount: number;
  /** Groups that read drawn topics; null while they are being read. */
  readonly groupCount: number | null;
  /** Chosen topics that do not exist. */
  readonly missingTopics: readonly string[];
  readonly topics: readonly MapTopic[];
  readonly partitions: readonly MapPartition[];
  readonly brokers: readonly MapBroker[];
  readonly groups: readonly MapGroup[];
  readonly producers: MapProducers;
  /** Newest last, at most MAP_LIMITS.events. */
  readonly events: readonly MapEvent[];
}

// ------------------------------------------------------------------------------------------------------- reassignments

/** What a person wants of the placement of replicas. */
export type ReassignRequest =
  | { readonly kind: 'spread' }
  | { readonly kind: 'drain'; readonly brokerId: number }
  | { readonly kind: 'replicationFactor'; readonly topic: string; readonly replicationFactor: number }
  | {
      readonly kind: 'byHand';
      readonly topic: string;
      readonly partition: number;
      /** The first is the preferred leader. */
      readonly replicas: readonly number[];
    };
export type ReassignKind = ReassignRequest['kind'];

export interface BrokerLoad {
  readonly replicas: number;
  readonly leaders: number;
  /** Of all replicas it holds, each as large as its leader's log. */
  readonly bytes: number;
}
export interface ReassignBrokerRow {
  readonly id: number;
  readonly rack: string | null;
  readonly isUp: boolean;
  readonly before: BrokerLoad;
  readonly after: BrokerLoad;
}
export interface ReassignMove {
  readonly topic: string;
  readonly partition: number;
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly leaderBefore: number | null;
  readonly leaderAfter: number | null;
  /** What new replicas have to copy; null: the size of the partition is not known. */
  readonly bytes: number | null;
}
export interface ReassignPlan {
  /** Names this plan in `reassign.planMoves` and `reassign.start`. Forgotten after a while or when the server restarts. */
  readonly planId: string;
  readonly request: ReassignRequest;
  readonly brokers: readonly ReassignBrokerRow[];
  /** Partitions whose replicas change, those of which only the order changes included. */
  readonly partitions: number;
  readonly reordered: number;
  readonly replicasAdded: number;
  readonly replicasRemoved: number;
  readonly bytesToMove: number;
  /** Partitions that move and whose size is not known: they count as empty above. */
  readonly unknownSizes: number;
  /** The most that one broker has to send or receive: divided by the throttle it is the shortest time this can take. */
  readonly busiestBrokerBytes: number;
  /** Partitions that get another leader at the end. */
  readonly elections: number;
  /** What the plan cannot do, and why, one sentence each. */
  readonly limits: readonly string[];
}

export type ReassignMoveState = 'waiting' | 'moving' | 'done' | 'failed' | 'cancelled';
export interface ReassignProgressRow extends ReassignMove {
  readonly state: ReassignMoveState;
  /** Of `bytes`; null while unknown. */
  readonly copiedBytes: number | null;
  /** Why it failed, or what it waits for. */
  readonly note: string | null;
}
export interface ReassignRun {
  /** null: begun by somebody else, or before this dashboard started; found in the cluster. */
  readonly request: ReassignRequest | null;
  readonly state: 'running' | 'electing' | 'cancelling' | 'done' | 'cancelled';
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly counts: Readonly<Record<ReassignMoveState, number>>;
  readonly bytes: number;
  readonly copiedBytes: number;
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
  readonly throttleBytesPerSecond: number | null;
  /** Partitions whose leader was asked to change at the end. */
  readonly elections: number;
  /** What went wrong beside single partitions, one sentence each. */
  readonly warnings: readonly string[];
  /** For a drain: what the broker still holds, by the newest metadata. */
  readonly replicasLeft: number | null;
}
export interface ReassignParams {
  /** Part of a topic's name. */
  readonly query: string;
  /** null: every state. */
  readonly state: ReassignMoveState | null;
  readonly offset: number;
  readonly limit: number;
}
export interface ReassignView {
  readonly freshness: Freshness;
  readonly problems: readonly Problem[];
  /** The reassignment under way, or the last one until it is put away; null: none. */
  readonly run: ReassignRun | null;
  readonly matching: number;
  readonly offset: number;
  readonly rows: readonly ReassignProgressRow[];
  /** Replication throttles that are set while nothing of ours needs them; null: none, or not read yet. */
  readonly leftThrottles: {
    readonly brokers: readonly { readonly id: number; readonly bytesPerSecond: number | null }[];
    readonly topics: readonly string[];
  } | null;
}

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
  /** Only where the cluster's capabilities say `lab`. */
  lab: { params: Record<string, never>; data: LabView };
}
export type ChannelName = keyof Channels;
/** A view read on the server for the first paint, with what it was asked for. */
export interface FirstPaint<N extends ChannelName> {
  readonly params: Channels[N]['params'];
  readonly data: Channels[N]['data'] | null;
}

// -------------------------------------------------------------------------------------------------------------- records

/** Bytes as the browser gets them. Exactly one of text and base64 is set; both null for a Kafka null. */
export interface Payload {
  /** Full length in bytes, −1 for null. */
  readonly sizeBytes: number;
  /** The bytes when they are valid UTF-8. Never parsed on the way: 64-bit integers stay exact. */
  readonly text: string | null;
  readonly base64: string | null;
  /** The bytes were cut at the limit; `record.get` returns more. */
  readonly isTruncated: boolean;
}
export interface RecordRow {
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly timestampType: 'CreateTime' | 'LogAppendTime';
  readonly key: Payload;
  readonly value: Payload;
  readonly headers: readonly { readonly key: string; readonly value: Payload }[];
}

export type BrowseStart =
  | { readonly from: 'newest' }
  | { readonly from: 'oldest' }
  | { readonly from: 'offset'; readonly offset: number }
  | { readonly from: 'timestamp'; readonly timestampMs: number };

export interface BrowseParams {
  readonly topic: string;
  /** null: all partitions. */
  readonly partitions: readonly number[] | null;
  readonly start: BrowseStart;
  /** Case-sensitive substring looked for in key, value and header text; '' keeps every record. Applied before the limit. */
  readonly contains: string;
  /** ≤ 500. */
  readonly limit: number;
  /** Where to go on, per partition, as an earlier answer gave it (`next` or `previous`); overrides start. */
  readonly cursor: BrowseCursor | null;
}
/** Per partition an offset: forward reads from it on, backward reads the records before it. Fits in a URL. */
export interface BrowseCursor {
  readonly direction: 'forward' | 'backward';
  readonly offsets: Readonly<Record<string, number>>;
}
export interface BrowseBatch {
  /** New records since the batch before. */
  readonly records: readonly RecordRow[];
  readonly scannedRecords: number;
  readonly scannedBytes: number;
  /** Share of the range looked at, 0..1; null when unknown. */
  readonly progress: number | null;
  readonly problems: readonly Problem[];
  /** Set in the last batch. */
  readonly done: null | {
    /** "the page is full", "reached the end", "stopped at 200,000 scanned records", … */
    readonly reason: string;
    /** Older records, or null at the start of the log. */
    readonly previous: BrowseCursor | null;
    /** Newer records, or null at the end. */
    readonly next: BrowseCursor | null;
  };
}

export interface TailParams {
  readonly topic: string;
  readonly partitions: readonly number[] | null;
  readonly contains: string;
}
export interface TailBatch {
  readonly records: readonly RecordRow[];
  /** Since the tail began: records that matched, and those of them not shown because the browser was slower. */
  readonly matched: number;
  readonly dropped: number;
  readonly recordsPerSecond: number;
  readonly problems: readonly Problem[];
}

/** Streams: the server sends batches while subscribed; unsubscribing cancels the work. */
export interface Streams {
  browse: { params: BrowseParams; data: BrowseBatch };
  tail: { params: TailParams; data: TailBatch };
}
export type StreamName = keyof Streams;

// ---------------------------------------------------------------------------------------------------------------- calls

export interface ConfigRow {
  readonly name: string;
  /** null when sensitive or unset. */
  readonly value: string | null;
  readonly source: 'TOPIC' | 'DYNAMIC_BROKER' | 'DYNAMIC_DEFAULT' | 'STATIC_BROKER' | 'DEFAULT' | 'GROUP' | 'UNKNOWN';
  readonly isReadOnly: boolean;
  readonly isSensitive: boolean;
  readonly type: string;
  readonly documentation: string | null;
  /** The value that applies when this one is removed; null when unknown. */
  readonly defaultValue: string | null;
}

export type ResetStrategy =
  | { readonly to: 'earliest' }
  | { readonly to: 'latest' }
  | { readonly to: 'offset'; readonly offset: number }
  | { readonly to: 'timestamp'; readonly timestampMs: number }
  | { readonly to: 'shift'; readonly by: number };

export interface ResetRow {
  readonly topic: string;
  readonly partition: number;
  readonly currentOffset: number | null;
  readonly newOffset: number;
  /** Positive: records read again; negative: records skipped. */
  readonly readAgain: number | null;
  /** "cut to the end of the log", … */
  readonly note: string | null;
}

export type PayloadInput = { readonly encoding: 'utf8' | 'base64'; readonly data: string };

/** name → arguments and result. All arguments are checked by schemas.ts before a call runs. */
export interface Calls {
  'topic.create': {
    args: { name: string; partitions: number; replicationFactor: number; configs: Record<string, string> };
    result: { name: string };
  };
  'topic.delete': { args: { name: string }; result: { name: string } };
  /** What deleting would lose. */
  'topic.impact': {
    args: { name: string };
    result: { records: number | null; sizeBytes: number | null; groups: { groupId: string; state: string }[] };
  };
  'topic.addPartitions': { args: { name: string; totalCount: number }; result: { totalCount: number } };
  'topic.configs': { args: { name: string }; result: ConfigRow[] };
  /** A null value removes the setting, so that the default applies again. */
  'topic.alterConfigs': { args: { name: string; changes: Record<string, string | null> }; result: { changed: number } };
  'topic.deleteRecords': {
    args: { name: string; before: { partition: number; offset: number }[] };
    result: { partitions: { partition: number; startOffset: number | null; error: ErrorBody | null }[] };
  };
  'record.produce': {
    args: {
      topic: string;
      /** null: by key (Kafka's murmur2), or spread when there is no key. */
      partition: number | null;
      key: PayloadInput | null;
      /** null writes a tombstone. */
      value: PayloadInput | null;
      headers: { key: string; value: string }[];
      /** 1..10,000 copies. "{{n}}" in key and value becomes the copy's number. */
      count: number;
    };
    result: { produced: number; first: { partition: number; offset: number } };
  };
  'record.get': { args: { topic: string; partition: number; offset: number }; result: RecordRow };
  'group.previewReset': {
    args: { groupId: string; topic: string; partitions: number[] | null; strategy: ResetStrategy };
    result: { rows: ResetRow[]; isAllowed: boolean; refusal: string | null };
  };
  'group.resetOffsets': {
    args: { groupId: string; offsets: { topic: string; partition: number; offset: number }[] };
    result: { changed: number };
  };
  'group.delete': { args: { groupId: string }; result: { groupId: string } };
  'group.deleteOffsets': { args: { groupId: string; topic: string }; result: { partitions: number } };
  'broker.configs': { args: { brokerId: number }; result: ConfigRow[] };
  /** Names for the command palette: at most 20 of each. */
  search: { args: { query: string }; result: { topics: string[]; groups: string[] } };
  'traffic.startProducer': {
    args: {
      topic: string;
      recordsPerSecond: number;
      recordBytes: number;
      /** 0: records without a key. */
      keys: number;
      acks: 0 | 1 | -1;
      durationSeconds: number;
    };
    result: { id: string };
  };
  'traffic.startConsumer': {
    args: { topic: string; groupId: string; members: number; recordsPerSecond: number; durationSeconds: number };
    result: { id: string };
  };
  'traffic.stop': { args: { id: string | 'all' }; result: { stopped: number } };
  /** Reads sizes and placement, and works out what would move. Changes nothing. */
  'reassign.plan': { args: { request: ReassignRequest }; result: ReassignPlan };
  'reassign.planMoves': {
    args: { planId: string; query: string; offset: number; limit: number };
    result: { matching: number; offset: number; rows: ReassignMove[] };
  };
  /** Refused as PLAN_OUTDATED when the placement is no longer what the plan began from. Answers when it has begun. */
  'reassign.start': {
    args: { planId: string; throttleBytesPerSecond: number | null };
    result: { partitions: number };
  };
  /** null: as fast as the brokers can. */
  'reassign.setThrottle': {
    args: { bytesPerSecond: number | null };
    result: { bytesPerSecond: number | null };
  };
  /** Puts back what is under way; what has moved stays where it is. */
  'reassign.cancel': { args: Record<string, never>; result: { cancelled: number } };
  /** Forgets a finished run, so that the page is free for the next plan. */
  'reassign.putAway': { args: Record<string, never>; result: { wasThere: boolean } };
  'reassign.removeThrottles': { args: Record<string, never>; result: { brokers: number; topics: number } };
  /**
   * Ends a transaction in one partition without its coordinator, by WriteTxnMarkers to the leader: what was written is never seen by
   * readers of committed records. Refused as INVALID_TXN_STATE when it is not open any more.
   */
  'transaction.abort': {
    args: { topic: string; partition: number; producerId: string; startOffset: number };
    result: { topic: string; partition: number };
  };
  /** Gives the transactional id a new epoch: an open transaction is aborted, its producer can write no more. */
  'transaction.fence': { args: { transactionalId: string }; result: { producerId: string; producerEpoch: number } };
  /** Elects a leader among replicas that are up for partitions that have none, in sync or not. What the others had is lost. */
  'topic.electAnyway': {
    args: { name: string; partitions: number[] };
    result: { elected: number; left: { partition: number; reason: string }[] };
  };
  /** lab.*: only where the cluster's capabilities say `lab`. Each answers when it is done, LAB_REFUSED when it does not fit. */
  'lab.stop': { args: { nodeId: number }; result: { nodeId: number } };
  'lab.kill': { args: { nodeId: number }; result: { nodeId: number } };
  'lab.start': { args: { nodeId: number }; result: { nodeId: number } };
  'lab.freeze': { args: { nodeId: number }; result: { nodeId: number } };
  'lab.thaw': { args: { nodeId: number }; result: { nodeId: number } };
  /** Stops it in order and starts it again. */
  'lab.restart': { args: { nodeId: number }; result: { nodeId: number } };
  /** Stops a broker, throws away all it has stored, and starts it empty. */
  'lab.wipe': { args: { nodeId: number }; result: { nodeId: number } };
  /** One more broker, with the next id; answers when it serves. A null rack is the next in turn. */
  'lab.addBroker': { args: { rack: string | null }; result: { nodeId: number } };
  /** Stops a broker that holds no replica, takes it out of the cluster for good and deletes its folder. */
  'lab.removeBroker': { args: { nodeId: number }; result: { nodeId: number } };
  /** One fault for each pair of nodes, in place of an earlier one; null heals both ways. */
  'lab.setLink': {
    args: { from: number; to: number; fault: LabLinkFault | null };
    result: { from: number; to: number };
  };
  'lab.slowDisk': { args: { nodeId: number; disk: LabSlowDisk | null }; result: { nodeId: number } };
  'lab.addFault': { args: LabFaultOrder & { durationSeconds: number }; result: { id: number } };
  'lab.endFault': { args: { id: number }; result: { wasInForce: boolean } };
  /** Heals every link and disk and ends every rule. */
  'lab.endAllFaults': { args: Record<string, never>; result: { ended: number } };
  /** Restarts all brokers in turn, each when every partition has all its replicas in sync. Answers when it has begun. */
  'lab.rollingRestart': { args: Record<string, never>; result: { brokers: number } };
  /** Ends a running action after the step it is at. */
  'lab.cancel': { args: Record<string, never>; result: { wasRunning: boolean } };
}
export type CallName = keyof Calls;
export type LabCallName = Extract<CallName, `lab.${string}`>;
/** Verbs on one node. */
export type LabVerb = 'stop' | 'kill' | 'start' | 'freeze' | 'thaw' | 'restart' | 'wipe';
export type CallArgs<N extends CallName> = Calls[N]['args'];
export type CallResult<N extends CallName> = Calls[N]['result'];

// ------------------------------------------------------------------------------------------------------------- messages

/** Browser → server. `id` is chosen by the browser: unique per socket among open subscriptions and calls. */
export type ClientMessage =
  | {
      readonly type: 'subscribe';
      readonly id: number;
      readonly cluster: string;
      readonly channel: ChannelName | StreamName;
      readonly params: unknown;
    }
  | { readonly type: 'unsubscribe'; readonly id: number }
  | {
      readonly type: 'call';
      readonly id: number;
      readonly cluster: string;
      readonly name: CallName;
      readonly args: unknown;
    }
  /** The frame with this number was applied; the server may send the next. */
  | { readonly type: 'ack'; readonly seq: number };

/**
 * Replace the value at `path` (array indices as numbers); without `value` the key is removed. With `slide` instead, the array
 * at `path` loses that many items at its front and gains `append` at its end: how a series moves on.
 */
export interface PatchOp {
  readonly path: readonly (string | number)[];
  readonly value?: unknown;
  readonly slide?: number;
  readonly append?: readonly unknown[];
}

export type FrameItem =
  | { readonly kind: 'snapshot'; readonly id: number; readonly version: number; readonly data: unknown }
  | {
      readonly kind: 'patch';
      readonly id: number;
      readonly from: number;
      readonly to: number;
      readonly ops: readonly PatchOp[];
    }
  | { readonly kind: 'batch'; readonly id: number; readonly data: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorBody };

/** Server → browser. At most one frame is unacknowledged per socket; beats and results are outside that count. */
export type ServerMessage =
  | {
      readonly type: 'hello';
      readonly contractVersion: number;
      readonly serverVersion: string;
      readonly clusters: readonly ClusterSummary[];
    }
  | { readonly type: 'frame'; readonly seq: number; readonly atMs: number; readonly items: readonly FrameItem[] }
  | { readonly type: 'result'; readonly id: number; readonly ok: unknown }
  | { readonly type: 'result'; readonly id: number; readonly error: ErrorBody }
  | { readonly type: 'beat'; readonly atMs: number }
  /** A message that could not be understood; the socket stays open unless it was not JSON at all. */
  | { readonly type: 'refused'; readonly error: ErrorBody };
