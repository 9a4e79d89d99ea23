// A World for storage tests: files in memory, a clock that is set, a codec that can be seen through. Never used by the product.
import { DecodeError } from '../../../kernel/decode-error.ts';
import { MemoryDisk } from '../../../kernel/memory-disk.ts';
import type { Compression, World } from '../../../kernel/world.ts';

/** Every codec flips bits and puts its id in front: enough to tell packed from plain and one codec from another. */
export const FLIPPING_CODECS: Compression = {
  compress: (codec, bytes) => Buffer.concat([Buffer.from([codec]), bytes.map((byte) => byte ^ 0x5a) as Buffer]),
  decompress(codec, bytes, maxBytes) {
    if (bytes[0] !== codec || bytes.length > maxBytes) throw new DecodeError('not packed by this codec');
    return Buffer.from(bytes.subarray(1).map((byte) => byte ^ 0x5a));
  },
};

export interface TestWorld extends World {
  readonly disk: MemoryDisk;
  readonly clock: { nowMs(): number; monotonicMs(): number; setMs(nowMs: number): void };
  /** Lines of level warn and error. */
  readonly complaints: string[];
}

export function testWorld(disk = new MemoryDisk()): TestWorld {
  let nowMs = 1_000_000;
  let ids = 0;
  const complaints: string[] = [];
  const setMs = (ms: number) => {
    nowMs = ms;
  };
  const unused = (): never => {
    throw new Error('storage uses no network and no timers');
  };
  return {
    disk,
    clock: { nowMs: () => nowMs, monotonicMs: () => nowMs, setMs },
    timers: { after: unused, soon: unused },
    random: {
      below: () => 0,
      uuid: () => Buffer.from(String(ids++).padStart(16, 'x')).toString('base64url'),
    },
    net: { listen: unused, connect: unused },
    compression: FLIPPING_CODECS,
    hashing: { sha2: unused, hmac: unused, stretch: unused },
    log: {
      debug: () => undefined,
      info: () => undefined,
      warn: (message) => void complaints.push(message),
      error: (message) => void complaints.push(message),
    },
    complaints,
  };
}
