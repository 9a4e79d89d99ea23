// Payload text and bytes: previews for rows, hex for the detail. Pure.
import type { Payload } from '../../server/live/contract.ts';

const encoder = new TextEncoder();

export function bytesOf(payload: Payload): Uint8Array<ArrayBuffer> {
  if (payload.text !== null) return encoder.encode(payload.text);
  if (payload.base64 === null) return new Uint8Array();
  const binary = atob(payload.base64);
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

const hex = (value: number, width: number): string => value.toString(16).padStart(width, '0');

/** "00000010  68 65 6c 6c 6f …  |hello|" for the first `limit` bytes, 16 a line. */
export function hexLines(content: Uint8Array, limit: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(content.length, limit); at += 16) {
    const row = [...content.subarray(at, Math.min(at + 16, limit))];
    const left = row.map((byte) => hex(byte, 2)).join(' ');
    const right = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${hex(at, 8)}  ${left.padEnd(47)}  |${right}|`);
  }
  return lines;
}

/** One line for a table row; bounded whatever the payload's size. */
export function previewOf(payload: Payload, limit: number): string {
  // A line break with what stands around it says nothing in a row; within a line each blank may be what tells two texts apart.
  if (payload.text !== null) return payload.text.slice(0, limit).replaceAll(/\s*[\r\n]\s*/g, ' ');
  const head = bytesOf({ ...payload, base64: payload.base64?.slice(0, 64) ?? null });
  return [...head.subarray(0, 24)].map((byte) => hex(byte, 2)).join(' ');
}
