// What a subject gives to its gateway: the channels, calls and streams it serves, and how it ends. create.ts merges them. A name that
// the contract declares and no subject serves does not compile, nor does a subject that serves another's.
import type {
  CallArgs,
  CallName,
  CallResult,
  ChannelName,
  Channels,
  LabCallName,
  StreamName,
  Streams,
} from '../live/contract.ts';
import type { GatewayContext } from './context.ts';
import type { ClusterError, Stream } from './gateway.ts';
import type { ViewSource } from './watches.ts';

/** The lab is no part of Kafka's protocol: live/with-lab.ts lays it over a gateway where there is one. */
export type KafkaCallName = Exclude<CallName, LabCallName>;
export type KafkaChannelName = Exclude<ChannelName, 'lab'>;

interface Names<Ch extends KafkaChannelName, Ca extends KafkaCallName = never, St extends StreamName = never> {
  readonly channels: Ch;
  readonly calls: Ca;
  readonly streams: St;
}
type Verbs<Noun extends string> = Extract<KafkaCallName, `${Noun}.${string}`>;

/** Whose each name is. The only place that says it. */
interface NamesOf {
  readonly overview: Names<'overview'>;
  readonly topics: Names<'topics' | 'topic', Verbs<'topic'>>;
  readonly records: Names<never, Verbs<'record'>, 'browse' | 'tail'>;
  readonly groups: Names<'groups' | 'group', Verbs<'group'>>;
  readonly search: Names<never, 'search'>;
  readonly brokers: Names<'brokers', Verbs<'broker'>>;
  readonly map: Names<'map'>;
  readonly traffic: Names<'traffic', Verbs<'traffic'>>;
  readonly transactions: Names<'transactions' | 'transaction' | 'producers', Verbs<'transaction'>>;
  readonly quotas: Names<'quotas', Verbs<'quota'>>;
  readonly users: Names<'users', Verbs<'user'>>;
  readonly reassign: Names<'reassign', Verbs<'reassign'>>;
}
export type SubjectName = keyof NamesOf;
export type ChannelsOf<S extends SubjectName> = NamesOf[S]['channels'];
export type CallsOf<S extends SubjectName> = NamesOf[S]['calls'];
export type StreamsOf<S extends SubjectName> = NamesOf[S]['streams'];

type None<T extends never> = T;
/** An error here: the contract declares a name that belongs to no subject. */
export type Unserved = None<
  | Exclude<KafkaChannelName, ChannelsOf<SubjectName>>
  | Exclude<KafkaCallName, CallsOf<SubjectName>>
  | Exclude<StreamName, StreamsOf<SubjectName>>
>;

export type OpenChannel<N extends KafkaChannelName> = (params: Channels[N]['params']) => ViewSource<N>;
export type RunCall<N extends KafkaCallName> = (args: CallArgs<N>) => Promise<CallResult<N>>;
export type OpenStream<N extends StreamName> = (
  params: Streams[N]['params'],
  onReady: () => void,
  onError: (error: ClusterError) => void,
) => Stream<Streams[N]['data']>;

/** Those names, and none of the others: TypeScript itself lets a function return more than it was asked for. */
type Others<All extends string, Own extends All> = { readonly [N in Exclude<All, Own>]?: never };

export interface Served<S extends SubjectName> {
  readonly channels: { readonly [N in ChannelsOf<S>]: OpenChannel<N> } & Others<KafkaChannelName, ChannelsOf<S>>;
  readonly calls: { readonly [N in CallsOf<S>]: RunCall<N> } & Others<KafkaCallName, CallsOf<S>>;
  readonly streams: { readonly [N in StreamsOf<S>]: OpenStream<N> } & Others<StreamName, StreamsOf<S>>;
  /** Ends what the subject has under way. */
  readonly close?: () => Promise<unknown>;
}
/** Starts nothing that runs while nobody looks. */
export type Feature<S extends SubjectName> = (context: GatewayContext) => Served<S>;

/** A call that changes the cluster: the samplers look at once, not at their next turn. */
export function changing<Args, Result>(
  context: GatewayContext,
  run: (context: GatewayContext, args: Args) => Promise<Result>,
): (args: Args) => Promise<Result> {
  return async (args) => {
    const result = await run(context, args);
    context.samplers.refreshNow();
    return result;
  };
}
