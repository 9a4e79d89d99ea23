// Runs one node in a worker thread: starts it, hands its log lines on, stops, freezes or kills it, and notices when it ends on its
// own. A thread runs once; node-slot.ts starts the next one.
import { getCompileCacheDir } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type ClientRow, NO_FAULTS, type NodeFaults } from '../lab.ts';
import type { BoundAddress, BrokerOptions, NodeOptions } from '../node.ts';
import type { FromWorker, ToWorker, WorkerGiven, WorkerStart } from './worker-messages.ts';
import type { LogLine } from './world.ts';

export interface NodeThreadOptions extends WorkerStart {
  readonly onLog: (line: LogLine) => void;
  /** The node ended without being asked; called at most once, after it had been ready. */
  readonly onDown: (reason: string) => void;
  /** Another entry, for tests. */
  readonly entry?: URL;
}

/** The node could not be started: `message` says why; `code` is an errno where there is one. */
export class NodeStartError extends Error {
  readonly code: string | null;
  /** The port that the network refused, where it did. */
  readonly port: number | null;
  constructor(message: string, code: string | null, port: number | null = null) {
    super(message);
    this.name = 'NodeStartError';
    this.code = code;
    this.port = port;
  }
}

const WORKER_ENTRY = new URL('./worker.ts', import.meta.url);
/** Buffers are not counted; a broker's heap is tens of MB. The young generation is kept small: three brokers share a laptop. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 1_024, maxYoungGenerationSizeMb: 24 };
/** After its own time-out a node gets this much longer before its thread is ended. */
const STOP_GRACE_MS = 1_000;
/** A thread that is busy takes the request to stand still with its next turn; later than this it counts as stuck. */
const FREEZE_TIMEOUT_MS = 5_000;
/** A node that is busy for longer is left out of an answer. */
const QUESTION_TIMEOUT_MS = 1_000;
const MAX_QUESTIONS = 16;

/** Set before the thread begins, so that even its entry comes from the cache: without it every thread loads the type stripper. */
function compileCacheFolder(): string {
  const ours = getCompileCacheDir();
  return ours === undefined ? join(tmpdir(), 'node-compile-cache') : dirname(ours);
}

type State = 'loading' | 'starting' | 'ready' | 'stopping' | 'gone';

export class NodeThread {
  readonly #options: NodeThreadOptions;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  #state: State = 'loading';
  #error: string | null = null;
  /** Shared with the thread: the number of the freeze it is to stand still for, else 0. */
  readonly #frozenCell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #lastFreeze = 0;
  #onFrozen: ((number: number) => void) | null = null;
  #lastQuestion = 0;
  readonly #questions = new Map<number, (rows: readonly ClientRow[]) => void>();
  #settleStart: { resolve(address: BoundAddress): void; reject(error: NodeStartError): void } | null = null;

  constructor(options: NodeThreadOptions) {
    this.#options = options;
    const { role, label, logLevel } = options;
    this.#worker = new Worker(options.entry ?? WORKER_ENTRY, {
      name: label,
      workerData: { role, label, logLevel, frozenCell: this.#frozenCell } satisfies WorkerGiven,
      execArgv: ['--disable-warning=ExperimentalWarning'],
      resourceLimits: RESOURCE_LIMITS,
      env: { NODE_COMPILE_CACHE: compileCacheFolder() },
    });
    this.#worker.on('message', (message: FromWorker) => this.#receive(message));
    this.#worker.on('error', (error: unknown) => {
      this.#error = error instanceof Error ? (error.stack ?? error.message) : String(error);
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', (exitCode) => {
        this.#onExit(exitCode);
        resolve();
      });
    });
  }

  /** True from the moment the node is ready until it stops or falls. */
  get isRunning(): boolean {
    return this.#state === 'ready';
  }

  /** Resolves with the address it listens on. Rejects with NodeStartError. Called once. */
  start(
    options: NodeOptions | BrokerOptions,
    timeoutMs: number,
    faults: NodeFaults = NO_FAULTS,
  ): Promise<BoundAddress> {
    if (this.#state === 'gone') return Promise.reject(new NodeStartError(this.#endText(null), null));
    this.#state = 'starting';
    const started = new Promise<BoundAddress>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#fail(`${this.#options.label} was not ready within ${timeoutMs} ms`, 'ETIMEDOUT');
      }, timeoutMs);
      this.#settleStart = {
        resolve: (address) => {
          clearTimeout(timer);
          resolve(address);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
    });
    this.#send({ type: 'start', options, faults });
    return started;
  }

  /** Orderly within `timeoutMs`; then the thread is ended. Resolves when it is gone. */
  async stop(timeoutMs: number): Promise<void> {
    if (this.#state === 'gone') return;
    this.#state = 'stopping';
    this.thaw();
    this.#fail(`${this.#options.label} was stopped while starting`, null);
    this.#send({ type: 'stop', timeoutMs });
    const timer = setTimeout(() => {
      const message = `did not stop within ${timeoutMs} ms and was ended`;
      this.#options.onLog({ level: 'warn', label: this.#options.label, message });
      void this.#worker.terminate();
    }, timeoutMs + STOP_GRACE_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  /** Ends the thread at once, as a crash would. */
  async kill(): Promise<void> {
    this.#state = 'stopping';
    await this.#worker.terminate();
    await this.#exited;
  }

  /** The thread stands still, its sockets open, until thaw. False when it did not within 5 s; it then goes on. */
  async freeze(): Promise<boolean> {
    if (this.#state !== 'ready') return false;
    this.#lastFreeze += 1;
    const number = this.#lastFreeze;
    Atomics.store(this.#frozenCell, 0, number);
    const frozen = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), FREEZE_TIMEOUT_MS);
      this.#onFrozen = (said) => {
        if (said !== number) return;
        clearTimeout(timer);
        resolve(true);
      };
      void this.#exited.then(() => {
        clearTimeout(timer);
        resolve(false);
      });
    });
    this.#send({ type: 'freeze', number });
    const isFrozen = await frozen;
    this.#onFrozen = null;
    if (!isFrozen) this.thaw();
    return isFrozen;
  }

  /** Lets a frozen thread go on where it stood; does nothing to others. */
  thaw(): void {
    Atomics.store(this.#frozenCell, 0, 0);
    Atomics.notify(this.#frozenCell, 0);
  }

  /** What the lab does to it, in place of what it did. */
  setFaults(faults: NodeFaults): void {
    if (this.#state !== 'gone') this.#send({ type: 'faults', faults });
  }

  /** Its clients now; none when it is not running, frozen, or does not answer within a second. */
  clients(): Promise<readonly ClientRow[]> {
    const isStanding = Atomics.load(this.#frozenCell, 0) !== 0;
    if (this.#state !== 'ready' || isStanding || this.#questions.size >= MAX_QUESTIONS) return Promise.resolve([]);
    this.#lastQuestion += 1;
    const id = this.#lastQuestion;
    return new Promise((resolve) => {
      const settle = (rows: readonly ClientRow[]) => {
        clearTimeout(timer);
        this.#questions.delete(id);
        resolve(rows);
      };
      const timer = setTimeout(() => settle([]), QUESTION_TIMEOUT_MS);
      this.#questions.set(id, settle);
      this.#send({ type: 'clients', id });
    });
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  /** Other messages are Node's own, under --watch; after 'stopped' the exit follows. */
  #receive(message: FromWorker): void {
    if (message.type === 'log') this.#options.onLog(message.line);
    else if (message.type === 'failed') this.#fail(message.message, message.code, message.port);
    else if (message.type === 'frozen') this.#onFrozen?.(message.number);
    else if (message.type === 'clients') this.#questions.get(message.id)?.(message.rows);
    else if (message.type === 'ready') {
      if (this.#state === 'starting') this.#state = 'ready';
      this.#settleStart?.resolve(message.address);
      this.#settleStart = null;
    }
  }

  #fail(message: string, code: string | null, port: number | null = null): void {
    this.#settleStart?.reject(new NodeStartError(message, code, port));
    this.#settleStart = null;
  }

  #endText(exitCode: number | null): string {
    return `${this.#options.label} ended unexpectedly: ${this.#error ?? `exit code ${exitCode}`}`;
  }

  #onExit(exitCode: number): void {
    const before = this.#state;
    this.#state = 'gone';
    this.#fail(this.#endText(exitCode), null);
    if (before === 'ready') this.#options.onDown(this.#error ?? `exit code ${exitCode}`);
  }
}
