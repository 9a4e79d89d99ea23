import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Api } from '../../../protocol/codec.ts';
import { Reader } from '../../../protocol/reader.ts';
import { heartbeat } from '../../../protocol/schema/12-heartbeat.ts';
import { saslHandshake } from '../../../protocol/schema/17-sasl-handshake.ts';
import { apiVersions } from '../../../protocol/schema/18-api-versions.ts';
import { offsetDelete } from '../../../protocol/schema/47-offset-delete.ts';
import {
  beginRequest,
  beginResponse,
  finishFrame,
  readClientId,
  readHeaderStart,
  readResponseHeader,
} from './header.ts';

const hex = (pieces: readonly Buffer[]) => Buffer.concat(pieces).toString('hex');
const plain = (api: unknown) => api as Api;

test('[RPC-4] request header v1: key, version, correlation id, plain client id', () => {
  assert.equal(hex(finishFrame(beginRequest(plain(heartbeat), 3, 7, 'ab'))), '0000000c000c000300000007' + '00026162');
});
test('[RPC-4] request header v2 adds an empty tag section; the client id stays a plain string', () => {
  assert.equal(hex(finishFrame(beginRequest(plain(heartbeat), 4, 7, 'ab'))), '0000000d000c000400000007' + '0002616200');
});
test('[RPC-4] a null client id reads as empty; unknown tags of the header are skipped', () => {
  const bytes = Buffer.from('000c000400000007ffff0205026162060163ee', 'hex');
  const reader = new Reader(bytes);
  assert.deepEqual(readHeaderStart(reader), { apiKey: 12, apiVersion: 4, correlationId: 7 });
  assert.equal(readClientId(reader, true), '');
  assert.equal(reader.int8(), -18, 'the body follows');
});
test('[RPC-5] response header v0 for plain and v1 for flexible messages', () => {
  assert.equal(hex(finishFrame(beginResponse(plain(heartbeat), 3, 258))), '0000000400000102');
  assert.equal(hex(finishFrame(beginResponse(plain(heartbeat), 4, 258))), '000000050000010200');
  for (const never of [plain(offsetDelete), plain(saslHandshake)]) {
    const { min, max } = never.versions;
    for (let version = min; version <= max; version++) {
      assert.equal(hex(finishFrame(beginResponse(never, version, 1))), '0000000400000001');
    }
  }
});
test('[RPC-5] the response header of ApiVersions is v0 in every version', () => {
  for (let version = 0; version <= 4; version++) {
    assert.equal(hex(finishFrame(beginResponse(plain(apiVersions), version, 1))), '0000000400000001');
  }
  assert.equal(readResponseHeader(new Reader(Buffer.from('00000009', 'hex')), plain(apiVersions), 4), 9);
});
