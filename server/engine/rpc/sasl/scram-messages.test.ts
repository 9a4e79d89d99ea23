import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeName, readClientFinal, readClientFirst, unescapeName } from './scram-messages.ts';

const first = (text: string) => readClientFirst(Buffer.from(text));
const final = (text: string) => readClientFinal(Buffer.from(text));

test('[SASL-1] messages of SCRAM are read as RFC 5802 writes them, with the escapes of names', () => {
  assert.deepEqual(first('n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL'), {
    gs2Header: 'n,,',
    authorizationId: '',
    user: 'user',
    nonce: 'fyko+d2lbbFgONRv9qkxdawL',
    bare: 'n=user,r=fyko+d2lbbFgONRv9qkxdawL',
  });
  const escaped = first('y,a=b=2Cc,n=a=3D=2Cü=3D2C,r=x,k=v');
  assert.equal(escaped?.authorizationId, 'b,c');
  assert.equal(escaped?.user, 'a=,ü=2C');
  assert.equal(escaped?.bare, 'n=a=3D=2Cü=3D2C,r=x,k=v');
  const last = final('c=biws,r=xyz,p=AAEC');
  assert.equal(last?.withoutProof, 'c=biws,r=xyz');
  assert.equal(last?.channelBinding.toString(), 'n,,');
  assert.deepEqual([...(last?.proof ?? [])], [0, 1, 2]);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
      fc.pre(!name.includes('\0'));
      assert.equal(unescapeName(escapeName(name)), name);
      assert.equal(first(`n,,n=${escapeName(name)},r=x`)?.user, name.toWellFormed());
    }),
  );
});

test('[SASL-2] bytes that are no message of SCRAM are refused, whatever they are and however many', () => {
  const noFirst = ['', 'n', 'n,,', 'n,,n=,r=x', 'n,,n=u,r=', 'n,,n=u', 'n,,n=a=,r=x', 'n,,n=a=2c,r=x', 'n,,n=a\0,r=x'];
  const alsoNoFirst = ['p=tls-unique,,n=u,r=x', 'n,,m=must,n=u,r=x', 'n,,n=u,r=x y', 'n,,n=u,r=x,k', ' n,,n=u,r=x'];
  for (const text of [...noFirst, ...alsoNoFirst]) assert.equal(first(text), null, text);
  const noFinal = ['', 'c=biws,r=x', 'r=x,p=AA==', 'c=biw,r=x,p=AA==', 'c=biws,r=x,p=A', 'c=biws,r=x,p=AA==,q=1'];
  for (const text of noFinal) assert.equal(final(text), null, text);
  assert.equal(
    readClientFirst(Buffer.from([0x6e, 0x2c, 0x2c, 0x6e, 0x3d, 0xff, 0x2c, 0x72, 0x3d, 0x78])),
    null,
    'no UTF-8',
  );
  const long = 524_288;
  for (const text of [
    `n,,n=${'u'.repeat(long)},r=x`,
    `n,,n=u,r=x${',k=v'.repeat(long / 4)}`,
    'n,,n==2C'.repeat(long / 8),
  ]) {
    assert.equal(first(text), null);
    assert.equal(final(`c=${'AAAA'.repeat(long / 4)},r=x,p=AA==`), null);
  }
  const pieces = fc.constantFrom('n', ',', '=', 'a=', 'n=', 'r=', 'c=', 'p=', '=2C', '=3D', 'biws', '\0', 'ü', 'AA==');
  const texts = fc.array(fc.oneof(pieces, fc.string()), { maxLength: 40 }).map((parts) => Buffer.from(parts.join('')));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }).map(Buffer.from), texts), (bytes) => {
      const [begun, ended] = [readClientFirst(bytes), readClientFinal(bytes)];
      if (begun !== null) assert.equal(begun.gs2Header + begun.bare, bytes.toString());
      if (ended !== null) assert.ok(bytes.toString().startsWith(`${ended.withoutProof},p=`));
    }),
    { numRuns: 2000 },
  );
});
