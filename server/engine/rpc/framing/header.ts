// Request and response headers. Version 0 of the request header belonged to an API that no broker serves any more; the client
// id stays a plain nullable string in all versions (KAFKA-9232).
import type { Api } from '../../../protocol/codec.ts';
import type { Reader } from '../../../protocol/reader.ts';
import { Writer } from '../../../protocol/writer.ts';

const API_VERSIONS_KEY = 18;

export interface HeaderStart {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
}

/** Throws DecodeError when the frame is shorter than 8 bytes. */
export function readHeaderStart(reader: Reader): HeaderStart {
  return { apiKey: reader.int16(), apiVersion: reader.int16(), correlationId: reader.int32() };
}

/** What follows in header v1 and, for flexible messages, v2. '' when the client gave none. Throws DecodeError. */
export function readClientId(reader: Reader, isFlexible: boolean): string {
  const clientId = reader.nullableString(false);
  if (isFlexible) reader.tags(() => false);
  return clientId ?? '';
}

/** A request frame's start: room for the size, then header v1 or v2. */
export function beginRequest(api: Api, version: number, correlationId: number, clientId: string): Writer {
  const writer = new Writer();
  writer.int32(0);
  writer.int16(api.key);
  writer.int16(version);
  writer.int32(correlationId);
  writer.nullableString(clientId, false);
  if (api.request.isFlexible(version)) writer.unsignedVarint(0);
  return writer;
}

/** A response frame's start: room for the size, then header v0 or v1. */
export function beginResponse(api: Api, version: number, correlationId: number): Writer {
  const writer = new Writer();
  writer.int32(0);
  writer.int32(correlationId);
  if (hasTaggedResponseHeader(api, version)) writer.unsignedVarint(0);
  return writer;
}

/** Throws DecodeError. Leaves the reader at the body. */
export function readResponseHeader(reader: Reader, api: Api, version: number): number {
  const correlationId = reader.int32();
  if (hasTaggedResponseHeader(api, version)) reader.tags(() => false);
  return correlationId;
}

/** A client reads the answer to ApiVersions before it knows what the broker speaks: always header v0. */
function hasTaggedResponseHeader(api: Api, version: number): boolean {
  return api.key !== API_VERSIONS_KEY && api.response.isFlexible(version);
}

/** Fills in the size and gives the frame's pieces. */
export function finishFrame(writer: Writer): Buffer[] {
  const sizeBytes = writer.sizeBytes();
  const pieces = writer.finish();
  (pieces[0] as Buffer).writeInt32BE(sizeBytes - 4, 0);
  return pieces;
}
