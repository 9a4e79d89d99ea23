// A World in memory for the tests of this folder: virtual time, a network without sockets, a log that is kept.
import { MemoryNet } from '../../kernel/memory-net.ts';
import { VirtualTime } from '../../kernel/virtual-time.ts';
import type { Socket, World } from '../../kernel/world.ts';

export interface RpcWorld extends World {
  readonly time: VirtualTime;
  readonly lines: string[];
}

export function rpcWorld(): RpcWorld {
  const time = new VirtualTime();
  const lines: string[] = [];
  const say = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  const absent = new Proxy({}, { get: (_, name) => assertNever(String(name)) });
  return {
    time,
    lines,
    clock: time,
    timers: time,
    net: new MemoryNet((run) => time.soon(run)),
    log: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
    random: absent as World['random'],
    disk: absent as World['disk'],
    compression: absent as World['compression'],
    hashing: absent as World['hashing'],
  };
}
function assertNever(name: string): never {
  throw new Error(`nothing in rpc/ uses ${name}`);
}

/** Lets bytes and promises come to rest. */
export async function settle(world: RpcWorld): Promise<void> {
  for (let i = 0; i < 8; i++) {
    world.time.runSoon();
    await Promise.resolve();
    await Promise.resolve();
  }
  world.time.runSoon();
}

/** A client that speaks in bytes. */
export class RawClient {
  readonly socket: Socket;
  readonly received: Buffer[] = [];
  isClosed = false;

  static async connect(world: RpcWorld, port: number): Promise<RawClient> {
    return new RawClient(await world.net.connect({ host: '127.0.0.1', port, timeoutMs: 1000 }));
  }
  private constructor(socket: Socket) {
    this.socket = socket;
    socket.onData((bytes) => this.received.push(Buffer.from(bytes)));
    socket.onClose(() => {
      this.isClosed = true;
    });
    socket.onDrain(() => {});
  }
  send(...bytes: readonly Buffer[]): void {
    this.socket.write(bytes);
  }
  /** Response frames received so far, without their sizes. */
  frames(): Buffer[] {
    const all = Buffer.concat(this.received);
    const frames: Buffer[] = [];
    for (let at = 0; at + 4 <= all.length; ) {
      const size = all.readInt32BE(at);
      frames.push(all.subarray(at + 4, at + 4 + size));
      at += 4 + size;
    }
    return frames;
  }
}
