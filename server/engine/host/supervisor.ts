// Runs one node in a worker thread: starts it, hands its log lines on, stops it, and notices when it ends on its own. It never
// restarts a node: whoever owns the cluster decides that.
import { getCompileCacheDir } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Address, BrokerOptions, NodeOptions } from '../node.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.ts';
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
  constructor(message: string, code: string | null) {
    super(message);
    this.name = 'NodeStartError';
    this.code = code;
  }
}

const WORKER_ENTRY = new URL('./worker.ts', import.meta.url);
/** Buffers are not counted; a broker's heap is tens of MB. The young generation is kept small: three brokers share a laptop. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 1_024, maxYoungGenerationSizeMb: 24 };
/** After its own time-out a node gets this much longer before its thread is ended. */
const STOP_GRACE_MS = 1_000;

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
  #settleStart: { resolve(address: Address): void; reject(error: NodeStartError): void } | null = null;

  constructor(options: NodeThreadOptions) {
    this.#options = options;
    const { role, label, logLevel } = options;
    this.#worker = new Worker(options.entry ?? WORKER_ENTRY, {
      name: label,
      workerData: { role, label, logLevel } satisfies WorkerStart,
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
  start(options: NodeOptions | BrokerOptions, timeoutMs: number): Promise<Address> {
    if (this.#state === 'gone') return Promise.reject(new NodeStartError(this.#endText(null), null));
    this.#state = 'starting';
    const started = new Promise<Address>((resolve, reject) => {
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
    this.#send({ type: 'start', options });
    return started;
  }

  /** Orderly within `timeoutMs`; then the thread is ended. Resolves when it is gone. */
  async stop(timeoutMs: number): Promise<void> {
    if (this.#state === 'gone') return;
    this.#state = 'stopping';
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

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  /** Other messages are Node's own, under --watch; after 'stopped' the exit follows. */
  #receive(message: FromWorker): void {
    if (message.type === 'log') this.#options.onLog(message.line);
    else if (message.type === 'failed') this.#fail(message.message, message.code);
    else if (message.type === 'ready') {
      if (this.#state === 'starting') this.#state = 'ready';
      this.#settleStart?.resolve(message.address);
      this.#settleStart = null;
    }
  }

  #fail(message: string, code: string | null): void {
    this.#settleStart?.reject(new NodeStartError(message, code));
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
