// How large an LZ4 frame becomes, found by walking its blocks without writing anything: the decoder itself has no limit.
// Format: github.com/lz4/lz4, doc/lz4_Frame_format.md and doc/lz4_Block_format.md.
import { DecodeError } from '../../../kernel/decode-error.ts';

const MAGIC = 0x184d2204;
const UNCOMPRESSED = 0x80000000;
const SMALLEST_MATCH = 4;

/** Throws DecodeError when the frame is broken or would become larger than `maxBytes`. */
export function lz4FrameSize(frame: Buffer, maxBytes: number): number {
  if (frame.length < 7 || frame.readUInt32LE(0) !== MAGIC) throw new DecodeError('not an LZ4 frame');
  const flags = frame[4] as number;
  if (flags >> 6 !== 1) throw new DecodeError('unknown version of the LZ4 frame');
  if ((flags & 1) !== 0) throw new DecodeError('an LZ4 frame with a dictionary');
  const trailerBytes = (flags & 16) !== 0 ? 4 : 0;
  let at = 6 + ((flags & 8) !== 0 ? 8 : 0) + 1;
  let total = 0;
  for (;;) {
    if (at + 4 > frame.length) throw new DecodeError('an LZ4 frame without its end');
    const word = frame.readUInt32LE(at);
    at += 4;
    if (word === 0) return total;
    const length = word & ~UNCOMPRESSED;
    const end = at + length;
    if (end + trailerBytes > frame.length) throw new DecodeError('an LZ4 block that reaches past its frame');
    total += (word & UNCOMPRESSED) !== 0 ? length : blockSize(frame, at, end);
    if (total > maxBytes) throw new DecodeError(`more than ${maxBytes} bytes when decompressed`);
    at = end + trailerBytes;
  }
}

/** A block is a row of sequences: a token, literals, and a match to repeat. */
function blockSize(bytes: Buffer, start: number, end: number): number {
  let at = start;
  let total = 0;
  while (at < end) {
    const token = bytes[at++] as number;
    let literals = token >> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255 && at < end) {
        more = bytes[at++] as number;
        literals += more;
      }
    }
    at += literals;
    total += literals;
    if (at >= end) break;
    at += 2;
    let match = token & 15;
    if (match === 15) {
      let more = 255;
      while (more === 255 && at < end) {
        more = bytes[at++] as number;
        match += more;
      }
    }
    total += match + SMALLEST_MATCH;
  }
  if (at !== end) throw new DecodeError('an LZ4 sequence that reaches past its block');
  return total;
}
