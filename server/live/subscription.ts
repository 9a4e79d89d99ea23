// One open subscription of one browser: a view (snapshot, then patches) or a stream (batches). Called by session.ts, which
// decides when something may be sent; until then changes merge here, since only the newest reading counts. Holds no timers.
import type { ClusterGateway, Stream, Watch } from '../gateway/gateway.ts';
import { declaredChannels, declaredStreams } from './contract/subjects.ts';
import type { ChannelName, Channels, ErrorBody, FrameItem, StreamName, Streams } from './contract.ts';
import { diff } from './diff.ts';
import { describeFindings } from './envelope.ts';
import { errorBody, toErrorBody } from './errors.ts';

export interface Subscription {
  readonly id: number;
  /** What to send next, or null when the browser has everything. Called only when it will be sent. */
  nextItem(): FrameItem | null;
  close(): void;
}

export interface SubscriptionOptions {
  readonly id: number;
  readonly gateway: ClusterGateway;
  readonly channel: string;
  readonly params: unknown;
  /** nextItem() may have something. Can fire while the subscription is being opened. */
  readonly onChange: () => void;
  readonly onBug: (line: string) => void;
}

/** Opens a subscription, or says why not: UNKNOWN_CHANNEL, INVALID_ARGUMENT, or what the gateway said. Never throws. */
export function openSubscription(options: SubscriptionOptions): Subscription | { readonly error: ErrorBody } {
  const { channel, params, onBug } = options;
  const view = declaredChannels.get(channel);
  const declared = view ?? declaredStreams.get(channel);
  if (declared === undefined) {
    const sentence = `There is no channel "${channel}": reload the page, it may be older than the server.`;
    return { error: errorBody('UNKNOWN_CHANNEL', sentence) };
  }
  try {
    const checked = declared.params.safeParse(params);
    if (!checked.success) {
      return { error: errorBody('INVALID_ARGUMENT', `${channel} was not opened: ${describeFindings(checked.error)}`) };
    }
    return view
      ? openView(options, channel as ChannelName, checkedParams(checked.data))
      : openStream(options, channel as StreamName, checkedStreamParams(checked.data));
  } catch (error) {
    return { error: toErrorBody(error, `subscription to ${channel}`, onBug) };
  }
}

/** What the declaration of a channel let through fits its parameters: their type is made of the same schema. */
function checkedParams<N extends ChannelName>(data: unknown): Channels[N]['params'] {
  return data as Channels[N]['params'];
}

/** As checkedParams, for streams. */
function checkedStreamParams<N extends StreamName>(data: unknown): Streams[N]['params'] {
  return data as Streams[N]['params'];
}

function openView<N extends ChannelName>(
  { id, gateway, onChange, onBug }: SubscriptionOptions,
  channel: N,
  params: Channels[N]['params'],
): Subscription {
  let error: ErrorBody | null = null;
  let sent: unknown = null;
  let version = 0;
  /** The reading that stood when the view broke: not shown again as if it were news. */
  let stale: unknown = null;
  const watch: Watch<Channels[N]['data']> = gateway.watch(channel, params, onChange, (failure) => {
    error = toErrorBody(failure, `view ${channel}`, onBug);
    onChange();
  });

  return {
    id,
    nextItem(): FrameItem | null {
      const data = watch.read();
      if (error) {
        const item: FrameItem = { kind: 'error', id, error };
        error = null;
        sent = null;
        stale = data;
        return item;
      }
      if (data === null || data === sent || data === stale) return null;
      const ops = sent === null ? null : diff(sent, data);
      sent = data;
      stale = null;
      if (ops?.length === 0) return null;
      version += 1;
      return ops ? { kind: 'patch', id, from: version - 1, to: version, ops } : { kind: 'snapshot', id, version, data };
    },
    close: () => watch.close(),
  };
}

function openStream<N extends StreamName>(
  { id, gateway, onChange, onBug }: SubscriptionOptions,
  name: N,
  params: Streams[N]['params'],
): Subscription {
  let error: ErrorBody | null = null;
  const stream: Stream<Streams[N]['data']> = gateway.open(name, params, onChange, (failure) => {
    error = toErrorBody(failure, `stream ${name}`, onBug);
    onChange();
  });

  return {
    id,
    nextItem(): FrameItem | null {
      const data = stream.take();
      if (data !== null) return { kind: 'batch', id, data };
      if (!error) return null;
      const item: FrameItem = { kind: 'error', id, error };
      error = null;
      return item;
    },
    close: () => stream.close(),
  };
}
