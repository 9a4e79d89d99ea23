import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterGateway, Stream, Watch } from '../gateway.ts';
import { heldToItsWord } from './declared.ts';

const broker = {
  id: 1,
  host: 'a',
  port: 9092,
  rack: null,
  isUp: true,
  leaders: 1,
  replicas: 1,
  sizeBytes: null,
  inRecordsPerSecond: 0.5,
  inBytesPerSecond: null,
};
const view = { freshness: { sampledAtMs: null, intervalMs: 1_000 }, problems: [], rows: [broker, broker] };
const ignore = () => undefined;

/** A gateway that gives what it is told to give, and whether closing it tells of something. */
async function findingsOf(given: unknown, name: 'view' | 'batch' | 'result' = 'view'): Promise<string> {
  const plain = {
    watch: () => ({ read: () => given, close: ignore }) as Watch<never>,
    open: () => ({ take: () => given, close: ignore }) as Stream<never>,
    call: async () => given,
    close: async () => undefined,
  } as unknown as ClusterGateway;
  const gateway = heldToItsWord(plain);
  const watch = gateway.watch('brokers', {}, ignore, ignore);
  if (name === 'view') assert.equal(watch.read(), given);
  const stream = gateway.open('tail', { topic: 'a', partitions: null, contains: '' }, ignore, ignore);
  if (name === 'batch') assert.equal(stream.take(), given);
  if (name === 'result') assert.equal(await gateway.call('group.delete', { groupId: 'a' }), given);
  return gateway.close().then(
    () => '',
    (error: Error) => error.message.split('\n').slice(1).join('\n'),
  );
}

test('[CON-11] a view, batch or result that is not what is declared is found, and one that is passes', async () => {
  assert.equal(await findingsOf(view), '');
  assert.equal(await findingsOf(null), '');
  assert.match(
    await findingsOf({ ...view, rows: [broker, { ...broker, inRecordsPerSecond: Number.NaN }] }),
    /^brokers: rows\.\*\.inRecordsPerSecond: .*NaN/,
  );
  const endless = { ...broker, sizeBytes: Number.POSITIVE_INFINITY };
  assert.match(await findingsOf({ ...view, rows: [endless, endless] }), /^brokers: rows\.\*\.sizeBytes: [^\n]+$/);
  assert.match(await findingsOf({ ...view, rows: [{ ...broker, colour: 'red' }] }), /^brokers: rows\.\*: .*colour/);
  const { rack, ...less } = broker;
  assert.match(await findingsOf({ ...view, rows: [less] }), /^brokers: rows\.\*\.rack: /);
  const batch = { records: [], matched: 0, dropped: 0, recordsPerSecond: 0, problems: [] };
  assert.equal(await findingsOf(batch, 'batch'), '');
  assert.match(await findingsOf({ ...batch, matched: 0.5 }, 'batch'), /^tail: matched: /);
  assert.equal(await findingsOf({ groupId: 'a' }, 'result'), '');
  assert.match(await findingsOf({ id: 'a' }, 'result'), /^group\.delete: groupId: /);
});
