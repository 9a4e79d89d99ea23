// The fetch path's cut: how much of a slab is whole batches below a bound. Reads three fields of each header and nothing else.
import { DecodeError } from '../../../kernel/decode-error.ts';
import { BATCH_HEADER_BYTES, LOG_OVERHEAD_BYTES } from '../../../protocol/records/batch.ts';

const TWO_32 = 4_294_967_296;

/** `bytes` begins with a batch. Null when not even the first is whole and below `upToOffset`. Throws DecodeError. */
export function wholeBatches(bytes: Buffer, upToOffset: number): { records: Buffer; lastOffset: number } | null {
  let at = 0;
  let lastOffset = -1;
  while (bytes.length - at >= BATCH_HEADER_BYTES) {
    const sizeBytes = bytes.readInt32BE(at + 8) + LOG_OVERHEAD_BYTES;
    if (sizeBytes < BATCH_HEADER_BYTES) throw new DecodeError(`batch of ${sizeBytes} bytes`);
    if (sizeBytes > bytes.length - at) break;
    const last = bytes.readInt32BE(at) * TWO_32 + bytes.readUInt32BE(at + 4) + bytes.readInt32BE(at + 23);
    if (last >= upToOffset) break;
    lastOffset = last;
    at += sizeBytes;
  }
  return at === 0 ? null : { records: at === bytes.length ? bytes : bytes.subarray(0, at), lastOffset };
}
