// What each family of channels and calls gives create.ts to put together.
import type { CallArgs, CallName, CallResult, ChannelName, Channels, LabCallName } from '../live/contract.ts';
import type { ViewSource } from './watches.ts';

/** The lab is no part of Kafka's protocol: live/with-lab.ts lays it over a gateway where there is one. */
export type KafkaCallName = Exclude<CallName, LabCallName>;
export type KafkaChannelName = Exclude<ChannelName, 'lab'>;
export type CallTable = { readonly [N in KafkaCallName]: (args: CallArgs<N>) => Promise<CallResult<N>> };
export type ChannelTable = { readonly [N in KafkaChannelName]: (params: Channels[N]['params']) => ViewSource<N> };
