// Loads the native CRC-32C for large buffers. Where it is missing or disagrees, the plain one of kernel/ serves alone.
import { createRequire } from 'node:module';
import { crc32cPlain, installNativeCrc32c } from '../../kernel/crc32c.ts';

type Crc32c = (bytes: Buffer) => number;
let isTried = false;

/** True when the native function serves from now on. Tried once per thread. */
export function preferNativeCrc32c(load: () => unknown = loadNative): boolean {
  if (isTried && load === loadNative) return true;
  isTried = true;
  const run = load();
  if (typeof run !== 'function' || !agrees(run as Crc32c)) return false;
  installNativeCrc32c(run as Crc32c);
  return true;
}

function loadNative(): unknown {
  try {
    return (createRequire(import.meta.url)('@node-rs/crc32') as { crc32c?: unknown }).crc32c;
  } catch {
    return null; // No binary for this platform: the plain function is correct, only slower.
  }
}

function agrees(run: Crc32c): boolean {
  const sample = Buffer.from(Array.from({ length: 1_021 }, (_, i) => (i * 131) & 255));
  return [0, 1, 7, 300, 1_021].every((length) => {
    const bytes = sample.subarray(0, length);
    return run(bytes) === crc32cPlain(bytes);
  });
}
