// One browser's socket: checks what it sends, keeps its subscriptions and calls, and sends at most one unacknowledged frame
// at a time, so that a slow socket merges changes instead of queueing them. Called by hub.ts. It must never hold more
// memory for a browser than the bounds below allow, and never throw towards the hub.
import type { ClusterGateway } from '../gateway/gateway.ts';
import { runCall } from './calls.ts';
import { BEAT_INTERVAL_MS, CONTRACT_VERSION, type ErrorBody, type FrameItem, type ServerMessage } from './contract.ts';
import { describeFindings, type Envelope, envelopeSchema } from './envelope.ts';
import { errorBody, toErrorBody } from './errors.ts';
import { openSubscription, type Subscription } from './subscription.ts';

export const sessionLimits = {
  subscriptions: 64,
  callsInFlight: 16,
  /** Refused subscriptions whose error has not been sent yet. */
  failures: 64,
  ackDeadlineMs: 30_000,
  /** A socket that answers no ping for this long is dead. */
  silenceMs: 3 * BEAT_INTERVAL_MS,
  /** No new frame while this much waits in the socket. */
  frameHoldBytes: 1 << 20,
  /** The rest of a frame that grows past this goes into the next. */
  frameBytes: 4 << 20,
  /** A socket that has this much waiting is closed: its browser asks but does not read. */
  bufferedBytes: 16 << 20,
} as const;

/** Close codes of our own, beside the standard 1001, 1003, 1007 and 1013. */
export const closeCodes = { goingAway: 1001, notText: 1003, notJson: 1007, tooSlow: 1013, ackOverdue: 4001 } as const;

export interface SessionSocket {
  readonly bufferedBytes: number;
  send(text: string): void;
  ping(): void;
  close(code: number, reason: string): void;
  /** Drops the connection without a word. */
  terminate(): void;
}

export interface LiveClock {
  nowMs(): number;
  /** Runs once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void;
  /** Runs once, after what is going on now. */
  soon(run: () => void): void;
}

export interface SessionOptions {
  readonly socket: SessionSocket;
  readonly gateways: ReadonlyMap<string, ClusterGateway>;
  readonly serverVersion: string;
  readonly clock: LiveClock;
  readonly onBug: (line: string) => void;
}

type Outstanding =
  | { readonly is: 'none' }
  | { readonly is: 'waiting'; readonly seq: number; readonly sentAtMs: number };

export class Session {
  readonly #options: SessionOptions;
  readonly #subscriptions = new Map<number, Subscription>();
  readonly #changed = new Set<number>();
  readonly #calls = new Set<number>();
  #failures: FrameItem[] = [];
  #outstanding: Outstanding = { is: 'none' };
  #lastSeq = 0;
  #lastPongAtMs: number;
  #isFlushDue = false;
  #isClosed = false;
  #cancelBeat: () => void = () => undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#lastPongAtMs = options.clock.nowMs();
    const clusters = [...options.gateways.values()].map((gateway) => gateway.summary());
    this.#send({ type: 'hello', contractVersion: CONTRACT_VERSION, serverVersion: options.serverVersion, clusters });
    this.#scheduleBeat();
  }

  /** Everything is given back; the socket is the hub's to close. Safe to call twice. */
  dispose(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelBeat();
    for (const subscription of this.#subscriptions.values()) this.#closeSubscription(subscription);
    this.#subscriptions.clear();
    this.#changed.clear();
    this.#failures = [];
  }

  pong(): void {
    this.#lastPongAtMs = this.#options.clock.nowMs();
  }

  /** One message from the browser, at most as long as the hub's maxPayload. */
  receive(text: string | null): void {
    if (this.#isClosed) return;
    if (text === null) {
      this.#end(closeCodes.notText, 'messages are JSON text');
    } else if (this.#options.socket.bufferedBytes > sessionLimits.bufferedBytes) {
      this.#end(closeCodes.tooSlow, 'answers are not being read');
    } else {
      this.#read(text);
    }
  }

  #read(text: string): void {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      this.#end(closeCodes.notJson, 'message is not JSON');
      return;
    }
    const checked = envelopeSchema.safeParse(json);
    if (checked.success) this.#handle(checked.data);
    else this.#refuse(errorBody('INVALID_MESSAGE', `A message was not understood: ${describeFindings(checked.error)}`));
  }

  #handle(message: Envelope): void {
    switch (message.type) {
      case 'subscribe':
        this.#subscribe(message);
        break;
      case 'unsubscribe':
        this.#unsubscribe(message.id);
        break;
      case 'call':
        this.#call(message);
        break;
      case 'ack':
        this.#acknowledge(message.seq);
        break;
    }
  }

  /** A socket that is closing may take a while; nothing is kept for it meanwhile. */
  #end(code: number, reason: string): void {
    this.dispose();
    this.#options.socket.close(code, reason);
  }

  #isTaken(id: number): boolean {
    return this.#subscriptions.has(id) || this.#calls.has(id);
  }

  #subscribe({ id, cluster, channel, params }: Extract<Envelope, { type: 'subscribe' }>): void {
    if (this.#isTaken(id)) {
      this.#refuse(duplicateId(id));
      return;
    }
    if (this.#subscriptions.size >= sessionLimits.subscriptions) {
      const sentence = `A page may hold ${sessionLimits.subscriptions} subscriptions: close one first.`;
      this.#fail(id, errorBody('TOO_MANY_SUBSCRIPTIONS', sentence, true));
      return;
    }
    const gateway = this.#options.gateways.get(cluster);
    if (!gateway) {
      this.#fail(id, unknownCluster(cluster));
      return;
    }
    const onChange = () => {
      if (this.#isClosed) return;
      this.#changed.add(id);
      this.#scheduleFlush();
    };
    const opened = openSubscription({ id, gateway, channel, params, onChange, onBug: this.#options.onBug });
    if ('error' in opened) {
      this.#changed.delete(id);
      this.#fail(id, opened.error);
      return;
    }
    this.#subscriptions.set(id, opened);
    onChange();
  }

  #unsubscribe(id: number): void {
    const subscription = this.#subscriptions.get(id);
    if (!subscription) return;
    this.#subscriptions.delete(id);
    this.#changed.delete(id);
    this.#closeSubscription(subscription);
  }

  #call({ id, cluster, name, args }: Extract<Envelope, { type: 'call' }>): void {
    if (this.#isTaken(id)) {
      this.#refuse(duplicateId(id));
      return;
    }
    if (this.#calls.size >= sessionLimits.callsInFlight) {
      const sentence = `A page may have ${sessionLimits.callsInFlight} calls in flight: wait for one to end.`;
      this.#send({ type: 'result', id, error: errorBody('TOO_MANY_CALLS', sentence, true) });
      return;
    }
    const gateway = this.#options.gateways.get(cluster);
    if (!gateway) {
      this.#send({ type: 'result', id, error: unknownCluster(cluster) });
      return;
    }
    this.#calls.add(id);
    void runCall(gateway, name, args, this.#options.onBug).then((outcome) => {
      this.#calls.delete(id);
      this.#send({ type: 'result', id, ...outcome });
    });
  }

  #acknowledge(seq: number): void {
    if (this.#outstanding.is === 'none' || this.#outstanding.seq !== seq) {
      this.#refuse(errorBody('INVALID_MESSAGE', `Frame ${seq} is not waiting for an acknowledgement.`));
      return;
    }
    this.#outstanding = { is: 'none' };
    this.#scheduleFlush();
  }

  #fail(id: number, error: ErrorBody): void {
    if (this.#failures.length >= sessionLimits.failures) {
      this.#refuse(error);
      return;
    }
    this.#failures.push({ kind: 'error', id, error });
    this.#scheduleFlush();
  }

  #refuse(error: ErrorBody): void {
    this.#send({ type: 'refused', error });
  }

  #scheduleFlush(): void {
    if (this.#isFlushDue || this.#isClosed) return;
    this.#isFlushDue = true;
    this.#options.clock.soon(() => {
      this.#isFlushDue = false;
      this.#flush();
    });
  }

  #flush(): void {
    const { socket, clock } = this.#options;
    if (this.#isClosed || this.#outstanding.is === 'waiting') return;
    if (socket.bufferedBytes > sessionLimits.frameHoldBytes) return; // The next beat looks again.
    const items = this.#gatherItems();
    if (items.length === 0) return;
    this.#lastSeq += 1;
    this.#outstanding = { is: 'waiting', seq: this.#lastSeq, sentAtMs: clock.nowMs() };
    const head = JSON.stringify({ type: 'frame', seq: this.#lastSeq, atMs: clock.nowMs() });
    socket.send(`${head.slice(0, -1)},"items":[${items.join(',')}]}`);
  }

  /** Items as JSON, until the frame is long enough; what is left stays marked as changed. */
  #gatherItems(): string[] {
    const items = this.#failures.map((item) => JSON.stringify(item));
    this.#failures = [];
    let length = 0;
    for (const id of [...this.#changed]) {
      if (length > sessionLimits.frameBytes) break;
      this.#changed.delete(id);
      const subscription = this.#subscriptions.get(id);
      const item = subscription && this.#nextItem(subscription);
      if (!item) continue;
      length += item.text.length;
      items.push(item.text);
      if (item.kind === 'batch') this.#changed.add(id); // There may be more than one batch took.
    }
    return items;
  }

  #nextItem(subscription: Subscription): { readonly kind: FrameItem['kind']; readonly text: string } | null {
    try {
      const item = subscription.nextItem();
      return item && { kind: item.kind, text: JSON.stringify(item) };
    } catch (error) {
      this.#unsubscribe(subscription.id);
      const body = toErrorBody(error, `subscription ${subscription.id}`, this.#options.onBug);
      return {
        kind: 'error',
        text: JSON.stringify({ kind: 'error', id: subscription.id, error: body } satisfies FrameItem),
      };
    }
  }

  #closeSubscription(subscription: Subscription): void {
    try {
      subscription.close();
    } catch (error) {
      toErrorBody(error, `closing subscription ${subscription.id}`, this.#options.onBug);
    }
  }

  #scheduleBeat(): void {
    this.#cancelBeat = this.#options.clock.after(BEAT_INTERVAL_MS, () => this.#beat());
  }

  #beat(): void {
    const { socket, clock } = this.#options;
    const nowMs = clock.nowMs();
    if (nowMs - this.#lastPongAtMs > sessionLimits.silenceMs) {
      this.dispose();
      socket.terminate();
      return;
    }
    if (this.#outstanding.is === 'waiting' && nowMs - this.#outstanding.sentAtMs > sessionLimits.ackDeadlineMs) {
      this.#end(closeCodes.ackOverdue, 'a frame was not acknowledged in time');
      return;
    }
    this.#send({ type: 'beat', atMs: nowMs });
    socket.ping();
    if (this.#changed.size > 0) this.#scheduleFlush();
    this.#scheduleBeat();
  }

  #send(message: ServerMessage): void {
    if (this.#isClosed) return;
    let text: string;
    try {
      text = JSON.stringify(message);
    } catch (error) {
      // A result that is no JSON (a BigInt, a cycle) is a bug of the gateway; its caller must still hear something.
      const body = toErrorBody(error, `message ${message.type}`, this.#options.onBug);
      text = JSON.stringify(
        message.type === 'result' ? { type: 'result', id: message.id, error: body } : { type: 'refused', error: body },
      );
    }
    this.#options.socket.send(text);
  }
}

function duplicateId(id: number): ErrorBody {
  return errorBody('DUPLICATE_ID', `Id ${id} is in use by an open subscription or call of this socket.`);
}

function unknownCluster(cluster: string): ErrorBody {
  return errorBody('UNKNOWN_CLUSTER', `There is no cluster "${cluster}" here: go back to the start page.`);
}
