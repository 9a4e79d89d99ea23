// One node's place in the cluster: the thread that runs it now, the address it keeps, and what state it is in. Owned by
// cluster.ts. It never starts a node by itself: a person, a test or the cluster does.
import type { NodeState } from '../cluster-lab.ts';
import { type ClientRow, NO_FAULTS, type NodeFaults } from '../lab.ts';
import type { BoundAddress, BrokerOptions, NodeOptions } from '../node.ts';
import { NodeStartError, NodeThread, type NodeThreadOptions } from './supervisor.ts';

/** What was asked for does not fit the state the node is in: one sentence for a person. */
export class NodeStateError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NodeStateError';
  }
}

export interface NodeSlotOptions extends Omit<NodeThreadOptions, 'onDown'> {
  readonly id: number;
  /** The state changed; `reason` says why it is down, for the states that are. */
  readonly onChange: (slot: NodeSlot) => void;
}

export class NodeSlot {
  readonly id: number;
  readonly role: 'broker' | 'controller';
  readonly label: string;
  readonly #options: NodeSlotOptions;
  #thread: NodeThread;
  #isThreadUsed = false;
  #state: NodeState = 'stopped';
  #reason: string | null = 'not started yet';
  #address: BoundAddress | null = null;
  #faults: NodeFaults = NO_FAULTS;

  /** The thread begins to load its code at once. */
  constructor(options: NodeSlotOptions) {
    this.#options = options;
    this.id = options.id;
    this.role = options.role;
    this.label = options.label;
    this.#thread = this.#newThread();
  }

  get state(): NodeState {
    return this.#state;
  }
  /** Why it is not running: "killed", "stopped", or the error it fell with; null while it runs. */
  get reason(): string | null {
    return this.#reason;
  }
  /** Where it listens or last listened; null before its first start. */
  get address(): BoundAddress | null {
    return this.#address;
  }

  /** From stopped or failed. The ports it once bound are asked for again. Rejects with NodeStartError; it is then failed. */
  async start(options: NodeOptions | BrokerOptions, timeoutMs: number): Promise<BoundAddress> {
    this.#expect(['stopped', 'failed'], 'started');
    if (this.#isThreadUsed) this.#thread = this.#newThread();
    this.#isThreadUsed = true;
    const thread = this.#thread;
    const again = { ...options, ...this.#places(options) };
    this.#become('starting', null);
    try {
      const address = await thread.start(again, timeoutMs, this.#faults);
      this.#address = address;
      if (this.#isStill(thread, 'starting')) this.#become('running', null);
      return address;
    } catch (error) {
      if (this.#isStill(thread, 'starting')) {
        await thread.kill();
        this.#become('failed', error instanceof NodeStartError ? error.message : String(error));
      }
      throw error;
    }
  }

  /** Orderly, from any state with a thread: answers what is in flight, then ends. A frozen node is thawed for it. */
  async stop(timeoutMs: number): Promise<void> {
    this.#expect(['running', 'frozen'], 'stopped');
    await this.#end('stopped', (thread) => thread.stop(timeoutMs));
  }

  /** At once, as a crash would. */
  async kill(): Promise<void> {
    this.#expect(['starting', 'running', 'frozen', 'stopping'], 'killed');
    await this.#end('killed', (thread) => thread.kill());
  }

  async freeze(): Promise<void> {
    this.#expect(['running'], 'frozen');
    const thread = this.#thread;
    const isFrozen = await thread.freeze();
    if (isFrozen && this.#isStill(thread, 'running')) this.#become('frozen', null);
    else if (!isFrozen) throw new NodeStateError(`${this.label} did not stand still within 5 s: try again`);
  }

  thaw(): void {
    this.#expect(['frozen'], 'thawed');
    this.#thread.thaw();
    this.#become('running', null);
  }

  /** What the lab does to it, now and after each start to come. */
  setFaults(faults: NodeFaults): void {
    this.#faults = faults;
    if (this.#state === 'starting' || this.#state === 'running' || this.#state === 'frozen')
      this.#thread.setFaults(faults);
  }

  clients(): Promise<readonly ClientRow[]> {
    return this.#state === 'running' ? this.#thread.clients() : Promise.resolve([]);
  }

  /** For the end of the whole cluster: whatever the state, the thread is gone afterwards. */
  async close(timeoutMs: number): Promise<void> {
    const isUp = this.#state === 'running' || this.#state === 'frozen';
    this.#become('stopping', null);
    await (isUp || !this.#isThreadUsed ? this.#thread.stop(timeoutMs) : this.#thread.kill());
    this.#become('stopped', 'stopped');
  }

  async #end(reason: string, end: (thread: NodeThread) => Promise<void>): Promise<void> {
    const thread = this.#thread;
    this.#become('stopping', null);
    await end(thread);
    if (this.#isStill(thread, 'stopping')) this.#become('stopped', reason);
  }

  #isStill(thread: NodeThread, state: NodeState): boolean {
    return this.#thread === thread && this.#state === state;
  }

  #places(options: NodeOptions | BrokerOptions): Pick<BrokerOptions, 'listen' | 'saslListen'> {
    const { listen } = options;
    const asked = 'saslListen' in options ? options.saslListen : undefined;
    const known = this.#address;
    return {
      listen: { ...listen, port: known?.port ?? listen.port },
      ...(asked && { saslListen: { ...asked, port: known?.sasl?.port ?? asked.port } }),
    };
  }

  #expect(states: readonly NodeState[], verb: string): void {
    if (states.includes(this.#state)) return;
    const now = this.#state === 'failed' ? 'down, since it failed' : this.#state;
    throw new NodeStateError(`${this.label} cannot be ${verb} while it is ${now}`);
  }

  #become(state: NodeState, reason: string | null): void {
    this.#state = state;
    this.#reason = reason;
    this.#options.onChange(this);
  }

  #newThread(): NodeThread {
    const thread: NodeThread = new NodeThread({
      ...this.#options,
      onDown: (reason) => this.#onDown(thread, reason),
    });
    return thread;
  }

  #onDown(thread: NodeThread, reason: string): void {
    if (this.#thread !== thread) return;
    this.#options.onLog({ level: 'error', label: this.label, message: `ended unexpectedly: ${reason}` });
    this.#become('failed', reason);
  }
}
