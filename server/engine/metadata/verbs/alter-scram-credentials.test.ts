import assert from 'node:assert/strict';
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { TestCluster } from '../testing/cluster.ts';

const [SHA_256, SHA_512] = [1, 2];
const SALT = Buffer.from('salt');

type Upsertion = readonly [name: string, mechanism: number, iterations: number];
function alter(cluster: TestCluster, upsertions: readonly Upsertion[], deletions: readonly [string, number][] = []) {
  const reply = cluster.run('alterScramCredentials', {
    deletions: deletions.map(([name, mechanism]) => ({ name, mechanism })),
    upsertions: upsertions.map(([name, mechanism, iterations]) => ({
      name,
      mechanism,
      iterations,
      salt: SALT,
      saltedPassword: pbkdf2Sync('secret', SALT, 10, mechanism === SHA_512 ? 64 : 32, 'sha256'),
    })),
  });
  return Object.fromEntries(reply.results?.map(({ user, errorCode }) => [user, errorCode]) ?? []);
}

test('[META-110] a credential is kept as the two keys of RFC 5802, never as what they were made from', () => {
  const cluster = new TestCluster();
  assert.deepEqual(alter(cluster, [['u', SHA_512, 4096]]), { u: ErrorCode.NONE });
  const [credential] = cluster.state.scramCredentials.all;
  const salted = pbkdf2Sync('secret', SALT, 10, 64, 'sha256');
  const clientKey = createHmac('sha512', salted).update('Client Key').digest();
  assert.deepEqual(credential?.storedKey, createHash('sha512').update(clientKey).digest());
  assert.deepEqual(credential?.serverKey, createHmac('sha512', salted).update('Server Key').digest());
  const kept = JSON.stringify(cluster.log);
  assert.ok(!kept.includes(JSON.stringify(salted)) && !kept.includes(JSON.stringify(clientKey)));
});

test('[META-110] nothing of the request is kept with it', () => {
  const cluster = new TestCluster();
  const frame = Buffer.alloc(1000, 1);
  const one = { name: 'u', mechanism: SHA_256, iterations: 4096, salt: frame.subarray(0, 8) };
  const upsertions = [{ ...one, saltedPassword: frame.subarray(8, 40) }];
  cluster.run('alterScramCredentials', { deletions: [], upsertions });
  frame.fill(2);
  const [credential] = cluster.state.scramCredentials.all;
  assert.deepEqual(credential?.salt, Buffer.alloc(8, 1));
  assert.notEqual(credential?.salt.buffer, frame.buffer);
});

test('[META-113] a request makes no more work than the controller has time for', () => {
  const cluster = new TestCluster();
  const deletions = Array.from({ length: 501 }, (_, i): [string, number] => [`u${i}`, SHA_256]);
  const outcomes = Object.values(alter(cluster, [['last', SHA_256, 4096]], deletions));
  assert.deepEqual(outcomes.slice(499), [
    ErrorCode.RESOURCE_NOT_FOUND,
    ErrorCode.POLICY_VIOLATION,
    ErrorCode.POLICY_VIOLATION,
  ]);
  const long = { name: 'u', mechanism: SHA_256, iterations: 4096, salt: SALT, saltedPassword: Buffer.alloc(8193) };
  const { results } = cluster.run('alterScramCredentials', { deletions: [], upsertions: [long] });
  assert.equal(results?.[0]?.errorCode, ErrorCode.UNACCEPTABLE_CREDENTIAL);
  assert.equal(cluster.log.length, 0);
});

test('[META-111] a user has a credential per mechanism; each is replaced and deleted by itself', () => {
  const cluster = new TestCluster();
  alter(cluster, [['u', SHA_256, 4096]]);
  alter(cluster, [['u', SHA_512, 5000]]);
  alter(cluster, [['u', SHA_256, 16_384]]);
  const kept = () =>
    [...cluster.state.scramCredentials.all].map(({ mechanism, iterations }) => [mechanism, iterations]);
  assert.deepEqual(kept(), [
    [SHA_256, 16_384],
    [SHA_512, 5000],
  ]);
  assert.deepEqual(alter(cluster, [], [['u', SHA_256]]), { u: ErrorCode.NONE });
  assert.deepEqual(kept(), [[SHA_512, 5000]]);
  assert.deepEqual(alter(cluster, [], [['u', SHA_256]]), { u: ErrorCode.RESOURCE_NOT_FOUND });
});

test('[META-112] unknown mechanisms, empty names, too few or too many rounds and users named twice are refused', () => {
  const cluster = new TestCluster();
  const { UNACCEPTABLE_CREDENTIAL, UNSUPPORTED_SASL_MECHANISM, DUPLICATE_RESOURCE } = ErrorCode;
  assert.deepEqual(alter(cluster, [['', SHA_256, 4096]]), { '': UNACCEPTABLE_CREDENTIAL });
  const codes = alter(cluster, [
    ['a', 3, 4096],
    ['b', SHA_256, 4095],
    ['c', SHA_256, 16_385],
    ['d', SHA_256, 4096],
    ['d', SHA_512, 4096],
  ]);
  assert.deepEqual(codes, {
    a: UNSUPPORTED_SASL_MECHANISM,
    b: UNACCEPTABLE_CREDENTIAL,
    c: UNACCEPTABLE_CREDENTIAL,
    d: DUPLICATE_RESOURCE,
  });
  assert.deepEqual([...cluster.state.scramCredentials.all], []);
});
