// Snappy and LZ4 from @platformatic/wasm-utils, on an instance of our own: after a trap, or once its memory has grown large,
// the instance is thrown away, so that hostile input can neither leak memory nor poison later calls. Used by compression.ts.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

type Run = (pointer: number, length: number) => bigint;
interface Exports {
  readonly memory: WebAssembly.Memory;
  alloc(length: number): number;
  dealloc(pointer: number, length: number): void;
  readonly lz4_compress: Run;
  readonly lz4_decompress: Run;
  readonly snappy_compress: Run;
  readonly snappy_decompress: Run;
}
export type WasmFunction = 'lz4_compress' | 'lz4_decompress' | 'snappy_compress' | 'snappy_decompress';

/** WebAssembly memory never shrinks: beyond this the instance is replaced. */
const MAX_KEPT_BYTES = 33_554_432;

export class WasmCodec {
  #module: WebAssembly.Module | null = null;
  #exports: Exports | null = null;

  /** Throws WebAssembly.RuntimeError for input the codec cannot take. The result is a copy. */
  run(name: WasmFunction, input: Buffer): Buffer {
    const exports = this.#instance();
    let isWhole = false;
    try {
      const pointer = exports.alloc(input.length);
      new Uint8Array(exports.memory.buffer, pointer, input.length).set(input);
      const result = exports[name](pointer, input.length);
      const length = Number(BigInt.asUintN(32, result));
      const start = Number(BigInt.asUintN(32, result >> 32n));
      const output = Buffer.from(new Uint8Array(exports.memory.buffer, start, length));
      exports.dealloc(start, length);
      exports.dealloc(pointer, input.length);
      isWhole = exports.memory.buffer.byteLength <= MAX_KEPT_BYTES;
      return output;
    } finally {
      if (!isWhole) this.#exports = null;
    }
  }

  #instance(): Exports {
    this.#module ??= loadModule();
    this.#exports ??= new WebAssembly.Instance(this.#module).exports as unknown as Exports;
    return this.#exports;
  }
}

function loadModule(): WebAssembly.Module {
  const path = fileURLToPath(new URL('native.wasm', import.meta.resolve('@platformatic/wasm-utils')));
  return new WebAssembly.Module(readFileSync(path));
}
