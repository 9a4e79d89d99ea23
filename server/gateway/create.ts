// Puts one cluster's gateway together: samplers, views, streams and calls over shared state. Called by the composition root;
// nothing starts on import. It resolves at once, also while the cluster is down, and recovers alone.

import { addressOf } from '../client/connections.ts';
import { ClusterError, invalidArgument, toClusterError } from '../client/errors.ts';
import type { ClusterMetadata } from '../client/metadata.ts';
import type {
  CallArgs,
  CallName,
  CallResult,
  ChannelName,
  Channels,
  ClusterSummary,
  StreamName,
  Streams,
} from '../live/contract.ts';
import { unregisterBroker } from './brokers/unregister.ts';
import { GatewayContext, type GatewayOptions } from './context.ts';
import type { CallTable, ChannelTable, KafkaCallName } from './feature.ts';
import type { ClusterGateway, Placement, Stream } from './gateway.ts';
import { deleteGroup, deleteOffsets, previewReset, resetOffsets, search } from './groups/actions.ts';
import { groupView } from './groups/group.ts';
import { LiveMap } from './map/map.ts';
import { mapView } from './map/view.ts';
import { overviewView } from './overview/view.ts';
import { Quotas } from './quotas/quotas.ts';
import { Reassignments } from './reassign/reassignments.ts';
import { Browse } from './records/browse.ts';
import { getRecord, produceRecords } from './records/produce.ts';
import { Tail } from './records/tail.ts';
import { Samplers } from './sampling/samplers.ts';
import { alterTopicConfigs, brokerConfigs, topicConfigs } from './sampling/settings.ts';
import { addPartitions, createTopic, deleteRecords, deleteTopic, electAnyway, topicImpact } from './topics/actions.ts';
import { brokersView, groupsView, topicsView } from './topics/list.ts';
import { topicView } from './topics/topic.ts';
import { Traffic } from './traffic/traffic.ts';
import { abortTransaction, fenceProducer } from './transactions/abort.ts';
import { Producers } from './transactions/producers.ts';
import { Transactions } from './transactions/transactions.ts';
import { transactionsView, transactionView } from './transactions/views.ts';
import { type AccessCall, type AccessChannel, accessCalls, accessChannels } from './users/feature.ts';
import { Users } from './users/users.ts';
import { type ViewChange, type ViewSource, Watches } from './watches.ts';

/** Streams open at once; each tail holds a connection per leader. */
const MAX_STREAMS = 64;
/** How long the first answer of the cluster is waited for, so that the first page is not empty. */
const FIRST_SAMPLE_MS = 1_000;

type TransactionChannel = 'transactions' | 'transaction' | 'producers';
type TransactionCall = Extract<KafkaCallName, `transaction.${string}`>;

/** @throws ClusterError INVALID_ARGUMENT for a malformed bootstrap server; never because the cluster is down */
export async function createGateway(options: GatewayOptions): Promise<ClusterGateway> {
  const context = new GatewayContext(options);
  const watches = new Watches(context);
  const samplers: Samplers = new Samplers(context, (change) => {
    if (change === 'core') map.observe();
    watches.tell(change);
  });
  const map = new LiveMap(context, samplers.interest, () => watches.tell('map'));
  const traffic = new Traffic(context, () => watches.tell('traffic'));
  const reassignments = new Reassignments(
    context,
    () => watches.tell('reassign'),
    () => samplers.refreshNow(),
  );
  const transactions = new Transactions(context, () => watches.tell('transactions'));
  const producers = new Producers(context, (topic) => watches.tell(`producers:${topic}`));
  const quotas = new Quotas(context, () => watches.tell('quotas'));
  const users = new Users(context, () => watches.tell('users'));
  const channels = {
    ...channelTable(context, samplers, traffic, map, reassignments),
    ...transactionChannels(context, transactions, producers),
    ...accessChannels(quotas, users),
  };
  const calls = {
    ...callTable(context, samplers, traffic, reassignments),
    ...transactionCalls(context, transactions),
    ...accessCalls(quotas, users),
  };
  const streams = new Set<Stream<unknown>>();
  const first = context.metadata.refresh().then(
    () => context.figures.follow(context.metadata),
    (error: unknown) => options.log(`gateway: ${toClusterError(error, 'Connecting failed').message}`),
  );
  await Promise.race([first, new Promise((resolve) => setTimeout(resolve, FIRST_SAMPLE_MS).unref())]);
  samplers.start();

  return {
    summary: () => summaryOf(context),
    watch<N extends ChannelName>(
      channel: N,
      params: Channels[N]['params'],
      onChange: () => void,
      onError: (error: ClusterError) => void,
    ) {
      if (channel === 'lab') throw noLab();
      return watches.open<N>(samplers, sourceOf(channels, channel, params), onChange, onError);
    },
    open<N extends StreamName>(
      name: N,
      params: Streams[N]['params'],
      onReady: () => void,
      onError: (error: ClusterError) => void,
    ) {
      if (streams.size >= MAX_STREAMS)
        throw new ClusterError('LIMIT_REACHED', `At most ${MAX_STREAMS} streams run at once.`);
      const stream = openStream(context, name, params, onReady, onError);
      streams.add(stream);
      return {
        take: () => stream.take(),
        close: () => {
          streams.delete(stream);
          stream.close();
        },
      };
    },
    async call<N extends CallName>(name: N, args: CallArgs<N>): Promise<CallResult<N>> {
      if (name.startsWith('lab.')) throw noLab();
      const run = callOf(calls, name);
      if (run === undefined) throw invalidArgument(`There is no call "${name}".`);
      try {
        return await run(args);
      } catch (error) {
        throw toClusterError(error, `${name} failed`);
      }
    },
    async placement(maxAgeMs) {
      await context.metadata.fresh(maxAgeMs);
      return placementOf(context.metadata);
    },
    unregisterBroker: (brokerId) => unregisterBroker(context, brokerId),
    async close() {
      for (const stream of streams) stream.close();
      watches.close();
      await traffic.close();
      await map.close();
      await transactions.close();
      await producers.close();
      await quotas.close();
      await users.close();
      await reassignments.close();
      await samplers.close();
      await context.connections.close();
    },
  };
}

function noLab(): ClusterError {
  return new ClusterError(
    'NO_LAB',
    'The brokers of this cluster do not run in this process and cannot be stopped from here.',
  );
}

function placementOf({ sampledAtMs, brokers, topics, minInSync }: ClusterMetadata): Placement {
  return { sampledAtMs: sampledAtMs ?? 0, brokerIds: [...brokers.keys()], topics: [...topics.values()], minInSync };
}

/** The table has an entry for each name but the lab's; TypeScript cannot follow the name through it. */
function callOf<N extends CallName>(table: CallTable, name: N) {
  return (table as Partial<Record<CallName, unknown>>)[name] as
    | ((args: CallArgs<N>) => Promise<CallResult<N>>)
    | undefined;
}

/** As callOf, for channels: asked only for those that are there. */
function sourceOf<N extends ChannelName>(table: ChannelTable, name: N, params: Channels[N]['params']): ViewSource<N> {
  const open = (table as Partial<Record<ChannelName, unknown>>)[name] as (
    params: Channels[N]['params'],
  ) => ViewSource<N>;
  return open(params);
}

function summaryOf({ options, metadata }: GatewayContext): ClusterSummary {
  return {
    id: options.clusterId,
    name: options.name,
    mode: options.mode,
    bootstrapServers: addressesOf(options, metadata),
    capabilities: { embedded: options.mode === 'embedded', lab: false, apis: Object.fromEntries(metadata.apis) },
  };
}

/** Where a client can begin: what the program was given, and in this process brokers that were added later. At most 20. */
function addressesOf({ mode, bootstrapServers }: GatewayOptions, { brokers }: ClusterMetadata): readonly string[] {
  if (mode === 'external') return bootstrapServers;
  return [...new Set([...bootstrapServers, ...[...brokers.values()].map(addressOf)])].slice(0, 20);
}

/** Which stream a name opens. The union of parameters is narrowed by the name, which TypeScript cannot follow by itself. */
function openStream<N extends StreamName>(
  context: GatewayContext,
  name: N,
  params: Streams[N]['params'],
  onReady: () => void,
  onError: (error: ClusterError) => void,
): Stream<Streams[N]['data']> {
  const opened =
    name === 'browse'
      ? new Browse(context, params as Streams['browse']['params'], onReady, onError)
      : new Tail(context, params as Streams['tail']['params'], onReady, onError);
  return opened as Stream<Streams[N]['data']>;
}

function channelTable(
  context: GatewayContext,
  samplers: Samplers,
  traffic: Traffic,
  map: LiveMap,
  reassignments: Reassignments,
): Omit<ChannelTable, TransactionChannel | AccessChannel> {
  return {
    overview: () => ({
      interests: ['overview'],
      concerns: (change) => change === 'core',
      compute: () => overviewView(context),
    }),
    topics: (params) => ({
      interests: ['topics'],
      concerns: (change) => change === 'core',
      compute: () => topicsView(context, params),
    }),
    topic: ({ name }) => ({
      interests: ['topic', `topic:${name}`],
      concerns: (change) => change === 'core' || change === 'groups' || change === `topic:${name}`,
      compute: () => topicView(context, name),
    }),
    groups: (params) => ({
      interests: ['groups'],
      concerns: (change) => change === 'groups' || (change === 'core' && context.metadata.failure !== null),
      compute: (owner) => {
        const view = groupsView(context, params);
        if (view !== null)
          samplers.interest.showGroups(
            owner,
            view.rows.map(({ groupId }) => groupId),
          );
        return view;
      },
      release: (owner) => samplers.interest.showGroups(owner, null),
    }),
    group: ({ groupId }) => ({
      interests: ['group', `group:${groupId}`],
      concerns: (change) =>
        change === 'groups' ||
        change === `group:${groupId}` ||
        (change === 'core' && context.metadata.failure !== null),
      compute: () => groupView(context, groupId),
    }),
    brokers: () => ({
      interests: ['brokers'],
      concerns: (change) => change === 'core',
      compute: () => brokersView(context),
    }),
    traffic: () => ({
      interests: ['traffic'],
      concerns: (change) => change === 'traffic',
      compute: () => traffic.view(),
    }),
    map: (params) => ({
      interests: ['map'],
      concerns: (change) => change === 'map' || (change === 'core' && context.metadata.failure !== null),
      compute: (owner) => mapView(context, map, params, owner),
      release: (owner) => map.release(owner),
    }),
    reassign: (params) => {
      const release = reassignments.watchBegan();
      return {
        interests: ['reassign'],
        concerns: (change) => change === 'reassign',
        compute: () => reassignments.view(params),
        release,
      };
    },
  };
}

function callTable(
  context: GatewayContext,
  samplers: Samplers,
  traffic: Traffic,
  reassignments: Reassignments,
): Omit<CallTable, TransactionCall | AccessCall> {
  /** A call that changes the cluster: the samplers look at once. */
  const changing =
    <Args, Result>(run: (gateway: GatewayContext, args: Args) => Promise<Result>) =>
    async (args: Args): Promise<Result> => {
      const result = await run(context, args);
      samplers.refreshNow();
      return result;
    };
  return {
    'topic.create': changing(createTopic),
    'topic.delete': changing(deleteTopic),
    'topic.impact': (args) => topicImpact(context, args),
    'topic.addPartitions': changing(addPartitions),
    'topic.configs': (args) => topicConfigs(context, args),
    'topic.alterConfigs': changing(alterTopicConfigs),
    'topic.deleteRecords': changing(deleteRecords),
    'topic.electAnyway': changing(electAnyway),
    'record.produce': (args) => produceRecords(context, args),
    'record.get': (args) => getRecord(context, args),
    'group.previewReset': (args) => previewReset(context, args),
    'group.resetOffsets': changing(resetOffsets),
    'group.delete': changing(deleteGroup),
    'group.deleteOffsets': changing(deleteOffsets),
    'broker.configs': (args) => brokerConfigs(context, args),
    search: (args) => search(context, args),
    'traffic.startProducer': (args) => traffic.startProducer(args),
    'traffic.startConsumer': (args) => traffic.startConsumer(args),
    'traffic.stop': ({ id }) => traffic.stop(id),
    'reassign.plan': (args) => reassignments.plan(args),
    'reassign.planMoves': (args) => reassignments.planMoves(args),
    'reassign.start': (args) => reassignments.start(args),
    'reassign.setThrottle': (args) => reassignments.setThrottle(args),
    'reassign.cancel': () => reassignments.cancel(),
    'reassign.putAway': () => reassignments.putAway(),
    'reassign.removeThrottles': () => reassignments.removeThrottles(),
  };
}

function transactionChannels(
  context: GatewayContext,
  transactions: Transactions,
  producers: Producers,
): Pick<ChannelTable, TransactionChannel> {
  const isConcerned = (change: ViewChange): boolean =>
    change === 'transactions' || (change === 'core' && context.metadata.failure !== null);
  /** Looks while the view is open. */
  const looking = (release: () => void) => (owner: object) => {
    transactions.release(owner);
    release();
  };
  return {
    transactions: (params) => ({
      interests: ['transactions'],
      concerns: isConcerned,
      compute: (owner) => transactionsView(context, transactions, params, owner),
      release: looking(transactions.watchBegan()),
    }),
    transaction: ({ transactionalId }) => ({
      interests: ['transactions'],
      concerns: isConcerned,
      compute: (owner) => transactionView(context, transactions, transactionalId, owner),
      release: looking(transactions.watchBegan()),
    }),
    producers: (params) => ({
      interests: ['producers'],
      concerns: (change) => change === `producers:${params.topic}`,
      compute: () => producers.view(params),
      release: producers.watchBegan(params),
    }),
  };
}

function transactionCalls(context: GatewayContext, transactions: Transactions): Pick<CallTable, TransactionCall> {
  const changing =
    <Args, Result>(run: (gateway: GatewayContext, args: Args) => Promise<Result>) =>
    async (args: Args): Promise<Result> => {
      const result = await run(context, args);
      transactions.refreshNow();
      return result;
    };
  return {
    'transaction.abort': changing(abortTransaction),
    'transaction.fence': changing(fenceProducer),
  };
}
