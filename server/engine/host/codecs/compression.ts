// World.compression: gzip and zstd by node:zlib, snappy and LZ4 by WebAssembly. Sizes are checked before or while bytes are
// decompressed, so a small batch can never become a large allocation.
import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { DecodeError } from '../../../kernel/decode-error.ts';
import type { Compression } from '../../../kernel/world.ts';
import { lz4FrameSize } from './lz4-frame.ts';
import { WasmCodec } from './wasm-codec.ts';

/** snappy-java's stream header: magic, version 1, compatible from 1. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
const XERIAL_MAGIC = XERIAL.subarray(0, 8);
const XERIAL_BLOCK_BYTES = 32_768;
/** A snappy copy of three bytes yields at most 64. */
const SNAPPY_MAX_RATIO = 32;

interface Codec {
  compress(bytes: Buffer): Buffer;
  decompress(bytes: Buffer, maxBytes: number): Buffer;
}

export function createCompression(): Compression {
  const wasm = new WasmCodec();
  const codecs: readonly (Codec | undefined)[] = [undefined, gzip, snappy(wasm), lz4(wasm), zstd];
  const find = (codec: number): Codec => {
    const found = codecs[codec];
    if (found === undefined) throw new DecodeError(`no compression codec ${codec}`);
    return found;
  };
  return {
    compress: (codec, bytes) => (codec === 0 ? bytes : find(codec).compress(bytes)),
    decompress(codec, bytes, maxBytes) {
      if (codec === 0) return bytes;
      const { decompress } = find(codec);
      try {
        return decompress(bytes, maxBytes);
      } catch (error) {
        if (error instanceof DecodeError) throw error;
        throw new DecodeError(`cannot be decompressed: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}

const gzip: Codec = {
  compress: (bytes) => gzipSync(bytes),
  decompress: (bytes, maxBytes) => gunzipSync(bytes, { maxOutputLength: Math.max(1, maxBytes) }),
};

const zstd: Codec = {
  compress: (bytes) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } }),
  decompress: (bytes, maxBytes) => zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, maxBytes) }),
};

const lz4 = (wasm: WasmCodec): Codec => ({
  compress: (bytes) => wasm.run('lz4_compress', bytes),
  decompress(bytes, maxBytes) {
    lz4FrameSize(bytes, maxBytes);
    return wasm.run('lz4_decompress', bytes);
  },
});

/** Written in snappy-java's framing, which all Kafka clients read; read in that and raw, which others write. */
const snappy = (wasm: WasmCodec): Codec => ({
  compress(bytes) {
    const pieces: Buffer[] = [XERIAL];
    for (let at = 0; at < bytes.length; at += XERIAL_BLOCK_BYTES) {
      const block = wasm.run('snappy_compress', bytes.subarray(at, at + XERIAL_BLOCK_BYTES));
      const length = Buffer.allocUnsafe(4);
      length.writeInt32BE(block.length, 0);
      pieces.push(length, block);
    }
    return Buffer.concat(pieces);
  },
  decompress(bytes, maxBytes) {
    const isXerial = bytes.length >= XERIAL.length && bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC);
    if (!isXerial) return snappyBlock(wasm, bytes, maxBytes);
    const pieces: Buffer[] = [];
    let left = maxBytes;
    for (let at = XERIAL.length; at < bytes.length; ) {
      if (at + 4 > bytes.length) throw new DecodeError('a snappy block without its length');
      const length = bytes.readInt32BE(at);
      at += 4;
      if (length <= 0 || length > bytes.length - at) throw new DecodeError(`a snappy block of ${length} bytes`);
      const piece = snappyBlock(wasm, bytes.subarray(at, at + length), left);
      pieces.push(piece);
      left -= piece.length;
      at += length;
    }
    return Buffer.concat(pieces);
  },
});

function snappyBlock(wasm: WasmCodec, block: Buffer, maxBytes: number): Buffer {
  const size = snappyBlockSize(block);
  if (size > maxBytes) throw new DecodeError(`more than ${maxBytes} bytes when decompressed`);
  if (size > SNAPPY_MAX_RATIO * block.length) throw new DecodeError('a snappy block that promises too much');
  return wasm.run('snappy_decompress', block);
}

/** A block begins with its decompressed size as a varint. */
function snappyBlockSize(block: Buffer): number {
  let size = 0;
  for (let i = 0; i < 5; i++) {
    const byte = block[i];
    if (byte === undefined) break;
    size += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return size;
  }
  throw new DecodeError('a snappy block without its size');
}
