// Puts one cluster's gateway together: the subjects over shared state, as one table of channels, calls and streams. Called by the
// composition root; nothing starts on import. It resolves at once, also while the cluster is down, and recovers alone.
import { invalidArgument, toClusterError } from '../client/errors.ts';
import type { CallArgs, CallName, CallResult, ChannelName, Channels, StreamName } from '../live/contract.ts';
import { brokers } from './brokers/feature.ts';
import { unregisterBroker } from './brokers/unregister.ts';
import { GatewayContext, type GatewayOptions } from './context.ts';
import type { Feature, OpenStream, SubjectName } from './feature.ts';
import { features } from './features/feature.ts';
import { ClusterError, type ClusterGateway, type Stream } from './gateway.ts';
import { groups } from './groups/feature.ts';
import { map } from './map/feature.ts';
import { overview } from './overview/feature.ts';
import { quotas } from './quotas/feature.ts';
import { reassign } from './reassign/feature.ts';
import { records } from './records/feature.ts';
import { search } from './search/feature.ts';
import { topics } from './topics/feature.ts';
import { traffic } from './traffic/feature.ts';
import { transactions } from './transactions/feature.ts';
import { users } from './users/feature.ts';
import { type ViewSource, Watches } from './watches.ts';

const subjects: { readonly [S in SubjectName]: Feature<S> } = {
  overview,
  topics,
  records,
  groups,
  search,
  brokers,
  features,
  map,
  traffic,
  transactions,
  quotas,
  users,
  reassign,
};

/** Streams open at once; each tail holds a connection per leader. */
const MAX_STREAMS = 64;

/** @throws ClusterError INVALID_ARGUMENT for a malformed bootstrap server; never because the cluster is down */
export async function createGateway(options: GatewayOptions): Promise<ClusterGateway> {
  const context = new GatewayContext(options);
  const served = Object.values(subjects).map((feature) => feature(context));
  const table = merged(served);
  const watches = new Watches(context);
  const streams = new Set<Stream<unknown>>();
  await context.firstReading();
  context.samplers.start();

  return {
    summary: () => context.summary(),
    watch(channel, params, onChange, onError) {
      if (channel === 'lab') throw noLab();
      return watches.open(table.channel(channel)(params), onChange, onError);
    },
    open(name, params, onReady, onError) {
      if (streams.size >= MAX_STREAMS)
        throw new ClusterError('LIMIT_REACHED', `At most ${MAX_STREAMS} streams run at once.`);
      const stream = table.stream(name)(params, onReady, onError);
      streams.add(stream);
      return {
        take: () => stream.take(),
        close: () => {
          streams.delete(stream);
          stream.close();
        },
      };
    },
    async call(name, args) {
      if (name.startsWith('lab.')) throw noLab();
      const run = table.call(name);
      if (run === undefined) throw invalidArgument(`There is no call "${name}".`);
      try {
        return await run(args);
      } catch (error) {
        throw toClusterError(error, `${name} failed`);
      }
    },
    async placement(maxAgeMs) {
      await context.metadata.fresh(maxAgeMs);
      return context.placement();
    },
    unregisterBroker: (brokerId) => unregisterBroker(context, brokerId),
    async close() {
      for (const stream of streams) stream.close();
      watches.close();
      await Promise.all(served.map(({ close }) => close?.()));
      await context.samplers.close();
      await context.client.close();
    },
  };
}

interface Table {
  channel<N extends ChannelName>(name: N): (params: Channels[N]['params']) => ViewSource<N>;
  call<N extends CallName>(name: N): ((args: CallArgs<N>) => Promise<CallResult<N>>) | undefined;
  stream<N extends StreamName>(name: N): OpenStream<N>;
}

/** feature.ts proves that each name is served by just one subject, and under its own type; TypeScript cannot follow a name through this. */
function merged(served: readonly Record<'channels' | 'calls' | 'streams', object>[]): Table {
  const of = (kind: 'channels' | 'calls' | 'streams') => new Map(served.flatMap((each) => Object.entries(each[kind])));
  const [channels, calls, streams] = [of('channels'), of('calls'), of('streams')];
  return {
    channel: (name) => channels.get(name) as never,
    call: (name) => calls.get(name) as never,
    stream: (name) => streams.get(name) as never,
  };
}

function noLab(): ClusterError {
  const sentence = 'The brokers of this cluster do not run in this process and cannot be stopped from here.';
  return new ClusterError('NO_LAB', sentence);
}
