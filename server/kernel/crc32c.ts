// CRC-32C (Castagnoli), as in Kafka's record batches. Slicing by eight in JavaScript; host/ installs a native function that is
// used from 300 bytes on, where it is faster.

const POLYNOMIAL = 0x82f63b78;
const NATIVE_FROM_BYTES = 300;
const tables = buildTables();
let native: ((bytes: Buffer) => number) | null = null;

function buildTables(): Int32Array {
  const t = new Int32Array(8 * 256);
  for (let i = 0; i < 256; i++) {
    let c = i;
    for (let k = 0; k < 8; k++) c = c & 1 ? POLYNOMIAL ^ (c >>> 1) : c >>> 1;
    t[i] = c;
  }
  for (let i = 0; i < 256; i++) {
    for (let s = 1; s < 8; s++) {
      const previous = t[(s - 1) * 256 + i] as number;
      t[s * 256 + i] = (t[previous & 255] as number) ^ (previous >>> 8);
    }
  }
  return t;
}

/** Unsigned 32-bit checksum of the whole buffer. */
export function crc32c(bytes: Buffer): number {
  return native !== null && bytes.length >= NATIVE_FROM_BYTES ? native(bytes) : crc32cPlain(bytes);
}

/** The same in plain JavaScript, whatever is installed. */
export function crc32cPlain(bytes: Buffer): number {
  const t = tables;
  let crc = -1;
  let i = 0;
  for (const end = bytes.length - 7; i < end; i += 8) {
    const low = crc ^ bytes.readInt32LE(i);
    const high = bytes.readInt32LE(i + 4);
    crc =
      (t[1792 + (low & 255)] as number) ^
      (t[1536 + ((low >>> 8) & 255)] as number) ^
      (t[1280 + ((low >>> 16) & 255)] as number) ^
      (t[1024 + (low >>> 24)] as number) ^
      (t[768 + (high & 255)] as number) ^
      (t[512 + ((high >>> 8) & 255)] as number) ^
      (t[256 + ((high >>> 16) & 255)] as number) ^
      (t[high >>> 24] as number);
  }
  for (; i < bytes.length; i++) crc = (t[(crc ^ (bytes[i] as number)) & 255] as number) ^ (crc >>> 8);
  return (crc ^ -1) >>> 0;
}

/** Called once by host/ when the native function loads and agrees with the plain one. */
export function installNativeCrc32c(run: (bytes: Buffer) => number): void {
  native = run;
}
