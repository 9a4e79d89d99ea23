// Both kinds of group on the page, made by other people's clients: a classic one (kafkajs) and one of the consumer protocol
// (@platformatic/kafka). Each is listed as what it is, and its page agrees with what its members say of themselves.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Consumer, MessagesStreamModes, stringDeserializers } from '@platformatic/kafka';
import { Kafka, logLevel, type Consumer as OldConsumer } from 'kafkajs';
import type { Browser, Page } from 'playwright';
import { until } from './interop/support.ts';
import { launchBrowser } from './support/browser.ts';
import { assertAccessible, openPage } from './support/page.ts';
import { type RunningServer, startServer } from './support/server.ts';

const TOPIC = 'grp.orders';
const PARTITIONS = 4;
const NEW = 'grp-new';
const OLD = 'grp-old';

let server: RunningServer;
let browser: Browser;
let page: Page;
let kafka: Kafka;
const faults: string[] = [];
const oldMembers: OldConsumer[] = [];
const newMembers: Consumer<string, string, string, string>[] = [];

async function joinOld(): Promise<void> {
  const consumer = kafka.consumer({ groupId: OLD, sessionTimeout: 10_000, heartbeatInterval: 500 });
  oldMembers.push(consumer);
  await consumer.connect();
  await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
  await consumer.run({ autoCommitInterval: 200, eachMessage: async () => undefined });
}

async function joinNew(): Promise<void> {
  const consumer = new Consumer({
    bootstrapBrokers: server.bootstrapServers.split(','),
    clientId: 'new-client',
    groupId: NEW,
    groupProtocol: 'consumer',
    deserializers: stringDeserializers,
    autocommit: true,
  });
  newMembers.push(consumer);
  const stream = await consumer.consume({ topics: [TOPIC], mode: MessagesStreamModes.EARLIEST });
  stream.on('data', () => undefined);
  stream.on('error', (error) => faults.push(String(error)));
}

before(async () => {
  server = await startServer();
  kafka = new Kafka({
    clientId: 'old-client',
    brokers: server.bootstrapServers.split(','),
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [
      { topic: TOPIC, numPartitions: PARTITIONS, replicationFactor: 3 },
      { topic: 'grp.transactional', numPartitions: 1, replicationFactor: 3 },
    ],
    waitForLeaders: true,
  });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  const messages = Array.from({ length: 40 }, (_, index) => ({ value: `${index}`, partition: index % PARTITIONS }));
  await producer.send({ topic: TOPIC, messages });
  await producer.disconnect();
  await Promise.all([joinOld(), joinNew()]);
  browser = await launchBrowser();
  page = await openPage(browser, { width: 1280 }, faults);
});
after(async () => {
  await Promise.allSettled([
    ...oldMembers.map((each) => each.disconnect()),
    ...newMembers.map((each) => each.close(true)),
  ]);
  await browser?.close();
  await server?.stop();
});

const row = (groupId: string) => page.locator(`[data-testid=group-row][data-key="${groupId}"]`);
const members = () => page.getByTestId('member-row');

/** All partitions, each with one member: what the page says of the assignments. */
async function assigned(): Promise<string> {
  const texts = await page.getByTestId('member-assignment').allInnerTexts();
  const numbers = texts.flatMap((text) =>
    [...text.matchAll(/(\d+)(?:–(\d+))?(?=,|;|$)/g)].flatMap(([, first, last]) => {
      const from = Number(first);
      return Array.from({ length: Number(last ?? first) - from + 1 }, (_, index) => from + index);
    }),
  );
  return numbers.sort((a, b) => a - b).join();
}

test('[GRPE-1] a classic group and one of the consumer protocol are listed with their type, state and members', async () => {
  await page.goto(`${server.url}/c/local/groups`);
  for (const [groupId, type] of [
    [OLD, 'classic'],
    [NEW, 'consumer'],
  ] as const) {
    await row(groupId).getByText('Stable').waitFor();
    assert.equal(await row(groupId).getByTestId('group-type').innerText(), type);
  }
});

test('[GRPE-2] the page of a classic group: its assignor, its members, who has what, and no epoch', async () => {
  await page.goto(`${server.url}/c/local/groups/${OLD}`);
  await page.getByTestId('group-explained').getByText('A classic group').waitFor();
  await page.getByTestId('group-assignor').getByText('RoundRobinAssigner').waitFor();
  assert.equal(await page.getByTestId('group-epoch').count(), 0);
  await until('all partitions of one member', 10_000, async () => (await assigned()) === '0,1,2,3');
  await until(
    'no lag',
    20_000,
    async () => (await page.locator('[data-testid=partition-lag][data-value="0"]').count()) === 4,
  );
  await assertAccessible(page, 'a classic group');
});

test('[GRPE-3] the page of a consumer-protocol group: epochs, the assignor of the coordinator, and a second member that takes its share', async () => {
  await page.goto(`${server.url}/c/local/groups/${NEW}`);
  await page.getByTestId('group-explained').getByText('consumer protocol (KIP-848)').waitFor();
  await page.getByTestId('group-assignor').getByText('uniform').waitFor();
  const epoch = async () => Number(await page.getByTestId('group-epoch').getAttribute('data-value'));
  await until('all partitions of one member', 10_000, async () => (await assigned()) === '0,1,2,3');
  const before = await epoch();
  assert.ok(before > 0, `epoch ${before}`);
  await joinNew();
  await until('two members', 20_000, async () => (await members().count()) === 2);
  await page.getByTestId('group-explained').getByText('Every member has the assignment of epoch').waitFor();
  await until('each has two', 20_000, async () => {
    const texts = await page.getByTestId('member-assignment').allInnerTexts();
    return texts.length === 2 && !texts.some((text) => /none|→/.test(text)) && (await assigned()) === '0,1,2,3';
  });
  const after = await epoch();
  assert.ok(after > before, `epoch ${before} became ${after}`);
  assert.deepEqual(await page.getByTestId('member-epoch').allInnerTexts(), [String(after), String(after)]);
  await assertAccessible(page, 'a consumer group');
});

test('[GRPE-4] offsets committed in a transaction show with their group, and an aborted transaction leaves them as they were', async () => {
  const producer = kafka.producer({ transactionalId: 'grp-txn', idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const offsets = (offset: string) => ({
    consumerGroupId: 'grp-txn-readers',
    topics: [{ topic: TOPIC, partitions: [{ partition: 0, offset }] }],
  });
  const committed = await producer.transaction();
  await committed.sendOffsets(offsets('4'));
  await committed.commit();
  const aborted = await producer.transaction();
  // The markers of the transaction before are still being written: the client leaves the second try to its caller.
  await until('the offsets are taken', 10_000, () =>
    aborted.sendOffsets(offsets('9')).then(
      () => true,
      (error: { retriable?: boolean }) => (error.retriable === true ? false : assert.fail(String(error))),
    ),
  );
  await aborted.abort();
  await producer.disconnect();
  await page.goto(`${server.url}/c/local/groups/grp-txn-readers`);
  await page.getByTestId('group-explained').getByText('It has no members').waitFor();
  await page.locator('[data-testid=partition-lag][data-value="6"]').waitFor();
});

test('[GRPE-5] a group that has read every committed record has no lag, and the page says what the offsets left are', async () => {
  const topic = 'grp.transactional';
  const groupId = 'grp-txn-lag';
  const producer = kafka.producer({ transactionalId: 'grp-lag', idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const send = async (count: number) => {
    const transaction = await producer.transaction();
    await until('the records are taken', 10_000, () =>
      transaction.send({ topic, messages: Array.from({ length: count }, () => ({ value: 'v', partition: 0 })) }).then(
        () => true,
        (error: { retriable?: boolean }) => (error.retriable === true ? false : assert.fail(String(error))),
      ),
    );
    return transaction;
  };
  await (await send(5)).commit();
  await (await send(2)).abort();
  // As most programs do it: the position after the last record that was worked on.
  const reader = kafka.consumer({ groupId, readUncommitted: false });
  await reader.connect();
  await reader.subscribe({ topics: [topic], fromBeginning: true });
  await reader.run({
    autoCommit: false,
    eachMessage: ({ partition, message }) =>
      reader.commitOffsets([{ topic, partition, offset: String(Number(message.offset) + 1) }]),
  });
  await page.goto(`${server.url}/c/local/groups/${groupId}`);
  const lag = (value: number) => page.locator(`[data-testid=partition-lag][data-value="${value}"]`);
  await page.getByTestId('lag-passed-over').getByText('2 markers, 2 aborted').waitFor();
  await lag(0).waitFor();
  assert.equal(await page.getByTestId('group-total-lag').getAttribute('data-value'), '0');
  const explained = page.getByTestId('group-explained');
  await explained
    .getByText('It has read every record there is: 4 offsets after its position hold none to read')
    .waitFor();
  await reader.disconnect();
  const open = await send(3);
  await lag(3).waitFor();
  await explained.getByText('3 records of its lag belong to open transactions').waitFor();
  await assertAccessible(page, 'a group with records it passes over');
  await open.abort();
  await lag(0).waitFor();
  await page.getByTestId('lag-passed-over').getByText('3 markers, 5 aborted').waitFor();
  await producer.disconnect();
  await page.goto(`${server.url}/c/local/groups?q=${groupId}`);
  const listed = page.getByTestId('group-row');
  await listed.getByText('steady').waitFor();
  assert.match(await listed.innerText(), /\b0\b/);
});

test('[GRPE-6] nothing of this caused an error in the browser', () => {
  assert.deepEqual(faults, []);
});
