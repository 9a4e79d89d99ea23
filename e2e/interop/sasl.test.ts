// Clients that authenticate: kafkajs, @platformatic/kafka, and librdkafka where kcat is installed, over the listener with SASL.
import assert from 'node:assert/strict';
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Producer, stringSerializers } from '@platformatic/kafka';
import { Kafka, logLevel, type SASLOptions } from 'kafkajs';
import { alterUserScramCredentials } from '../../server/protocol/schema/51-alter-user-scram-credentials.ts';
import { Wire } from '../oracle/wire.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { isInstalled, run, until } from './support.ts';

/** With what SCRAM has to escape. */
const USERNAME = 'al=ic,e';
const PASSWORD = 'pass, =word ü';
const ITERATIONS = 8192;
const HASHES = [
  { mechanism: 1, digest: 'sha256', bytes: 32 },
  { mechanism: 2, digest: 'sha512', bytes: 64 },
] as const;
const hasKcat = isInstalled('kcat');
if (!hasKcat) console.log('kcat is not installed: it is not tried with SASL (Debian: apt-get install kcat)');

let server: RunningServer;
before(async () => {
  server = await startServer({ hasSasl: true });
  const admin = await Wire.open(server.bootstrapServers.split(',')[0] ?? '', 'admin');
  for (const { mechanism, digest, bytes } of HASHES) {
    const salt = randomBytes(16);
    const saltedPassword = pbkdf2Sync(PASSWORD, salt, ITERATIONS, bytes, digest);
    const upsertions = [{ name: USERNAME, mechanism, iterations: ITERATIONS, salt, saltedPassword }];
    const { results } = await admin.send(alterUserScramCredentials, 0, { deletions: [], upsertions });
    assert.equal(results[0]?.errorCode, 0, results[0]?.errorMessage ?? '');
  }
  admin.close();
});
after(async () => {
  await server.stop();
  assert.ok(!server.output().includes(PASSWORD), 'no password was printed');
});

const kafkaWith = (sasl: SASLOptions) =>
  new Kafka({
    clientId: 'interop',
    brokers: server.saslBootstrapServers.split(','),
    sasl,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });

test('[IOP-20] the program tells where clients that authenticate connect, as a line and as health', async () => {
  const health = await (await fetch(`${server.url}/api/health`)).json();
  assert.equal(health.saslBootstrapServers.length, 3);
  assert.ok(server.output().includes(` · with SASL ${server.saslBootstrapServers} · `), server.output());
});

for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
  test(`[IOP-21] kafkajs writes and reads in a group with ${mechanism}, over listeners with SASL only`, async () => {
    const kafka = kafkaWith({ mechanism, username: USERNAME, password: PASSWORD } as SASLOptions);
    const topic = `js-${mechanism}`;
    const admin = kafka.admin();
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    const told = brokers.map(({ host, port }) => `${host}:${port}`).sort();
    assert.deepEqual(told, server.saslBootstrapServers.split(',').sort());
    await admin.createTopics({ topics: [{ topic, numPartitions: 3 }], waitForLeaders: true });
    await admin.disconnect();
    const producer = kafka.producer();
    await producer.connect();
    const messages = Array.from({ length: 300 }, (_, i) => ({ key: String(i), value: `value ${i}` }));
    await producer.send({ topic, messages });
    await producer.disconnect();
    const seen = new Set<string>();
    const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 100 });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => void seen.add(String(message.value)) });
    await until('all records read', 20_000, () => seen.size === messages.length);
    await consumer.disconnect();
  });
}

test('[IOP-22] kafkajs with a wrong password, an unknown user or no SASL at all is not let in', async () => {
  const said = new Set<string>();
  for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
    for (const [username, password] of [
      [USERNAME, 'wrong'],
      ['nobody', PASSWORD],
    ]) {
      const admin = kafkaWith({ mechanism, username, password } as SASLOptions).admin();
      await assert.rejects(admin.connect(), (error) => {
        assert.ok(error instanceof Error);
        assert.equal(error.name, 'KafkaJSSASLAuthenticationError');
        said.add(error.message.replace(/.*failed: (?=Authentication)/, ''));
        return true;
      });
    }
  }
  assert.equal(said.size, 1, [...said].join(' | '));
  const brokers = server.saslBootstrapServers.split(',');
  const open = new Kafka({ brokers, retry: { retries: 0 }, logLevel: logLevel.NOTHING }).admin();
  await assert.rejects(async () => {
    await open.connect();
    await open.listTopics();
  });
});

for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const) {
  test(`[IOP-23] @platformatic/kafka writes with ${mechanism}`, async () => {
    const producer = new Producer({
      clientId: 'interop',
      bootstrapBrokers: server.saslBootstrapServers.split(','),
      serializers: stringSerializers,
      sasl: { mechanism, username: USERNAME, password: PASSWORD },
      autocreateTopics: true,
      retries: 3,
    });
    const sent = await producer.send({ messages: [{ topic: 'platformatic', key: 'k', value: mechanism }] });
    assert.equal(sent.offsets?.length, 1);
    await producer.close();
  });
}

if (hasKcat) {
  const kcat = (mechanism: string, password: string, ...args: string[]) =>
    run('kcat', [
      ...['-b', server.saslBootstrapServers, '-X', 'security.protocol=SASL_PLAINTEXT'],
      ...['-X', `sasl.mechanisms=${mechanism}`, '-X', `sasl.username=${USERNAME}`, '-X', `sasl.password=${password}`],
      ...args,
    ]);
  for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']) {
    test(`[IOP-24] kcat sees every broker’s SASL address and reads with ${mechanism}; a wrong password is told`, async () => {
      const listed = await kcat(mechanism, PASSWORD, '-L');
      assert.equal(listed.code, 0, listed.stderr);
      for (const address of server.saslBootstrapServers.split(',')) {
        assert.ok(listed.stdout.toString().includes(` at ${address}`), listed.stdout.toString());
      }
      const read = await kcat(mechanism, PASSWORD, '-C', '-t', 'js-plain', '-o', 'beginning', '-e', '-q');
      assert.equal(read.code, 0, read.stderr);
      assert.equal(read.stdout.toString().trim().split('\n').length, 300);
      const wrong = await kcat(mechanism, 'wrong', '-L', '-m', '2');
      assert.notEqual(wrong.code, 0);
      assert.match(wrong.stderr, /the user name or the password is wrong/);
    });
  }
}
