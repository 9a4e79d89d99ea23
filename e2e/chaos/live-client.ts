// The live socket as the browser uses it, for calls and for reading one view: tests act on nodes through the same door as people.
import WebSocket from 'ws';
import type {
  CallArgs,
  CallName,
  CallResult,
  ChannelName,
  Channels,
  ServerMessage,
} from '../../server/live/contract.ts';

const CLUSTER = 'local';
const CALL_TIMEOUT_MS = 130_000;

/** What the server answered to a call instead of a result. */
export class CallError extends Error {
  readonly kind: string;
  constructor(kind: string, message: string) {
    super(message);
    this.name = 'CallError';
    this.kind = kind;
  }
}

export interface LiveClient {
  call<N extends CallName>(name: N, args: CallArgs<N>): Promise<CallResult<N>>;
  /** The next whole reading of a view. */
  read<N extends ChannelName>(channel: N, params: Channels[N]['params']): Promise<Channels[N]['data']>;
  close(): void;
}

export async function connectLive(url: string): Promise<LiveClient> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/live`, { origin: url });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  let lastId = 0;
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const send = (message: object) => socket.send(JSON.stringify(message));

  function settle(id: number, outcome: { ok: unknown } | { error: { name: string; message: string } }): void {
    const entry = waiting.get(id);
    waiting.delete(id);
    if ('ok' in outcome) entry?.resolve(outcome.ok);
    else entry?.reject(new CallError(outcome.error.name, outcome.error.message));
  }
  socket.on('message', (text) => {
    const message = JSON.parse(String(text)) as ServerMessage;
    if (message.type === 'result') settle(message.id, message);
    if (message.type !== 'frame') return;
    send({ type: 'ack', seq: message.seq });
    for (const item of message.items) {
      if (item.kind === 'snapshot') settle(item.id, { ok: item.data });
      else if (item.kind === 'error') settle(item.id, item);
      else continue;
      send({ type: 'unsubscribe', id: item.id });
    }
  });
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the live socket was closed'));
    waiting.clear();
  });

  function ask(message: object): Promise<unknown> {
    lastId += 1;
    const id = lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => settle(id, { error: { name: 'TIMEOUT', message: `${JSON.stringify(message)}: no answer` } }),
        CALL_TIMEOUT_MS,
      );
      const done =
        <T>(act: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          act(value);
        };
      waiting.set(id, { resolve: done(resolve), reject: done(reject) });
      send({ ...message, id, cluster: CLUSTER });
    });
  }
  return {
    call: async <N extends CallName>(name: N, args: CallArgs<N>) =>
      (await ask({ type: 'call', name, args })) as CallResult<N>,
    read: async <N extends ChannelName>(channel: N, params: Channels[N]['params']) =>
      (await ask({ type: 'subscribe', channel, params })) as Channels[N]['data'],
    close: () => socket.close(),
  };
}
