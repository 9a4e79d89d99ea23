// What a subject gives to its gateway: the channels, calls and streams it serves, and how it ends. create.ts merges them. A name that
// the contract declares and no subject serves does not compile, nor does a subject that serves another's.
import type { CallsOf, ChannelsOf, SubjectName as DeclaredSubject, StreamsOf } from '../live/contract/subjects.ts';
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

/** The contract's subjects that this gateway serves. */
export type SubjectName = Exclude<DeclaredSubject, 'lab'>;

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
