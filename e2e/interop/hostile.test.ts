// Bad input on the Kafka ports: it ends the connection it came on and nothing else, within bounded memory.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { type Admin, Kafka, logLevel, type Producer } from 'kafkajs';
import { type RunningServer, startServer } from '../support/server.ts';
import { until } from './support.ts';

let server: RunningServer;
let admin: Admin;
let producer: Producer;
let ports: number[];
before(async () => {
  server = await startServer();
  const brokers = server.bootstrapServers.split(',');
  ports = brokers.map((broker) => Number(broker.split(':').at(-1)));
  const kafka = new Kafka({ clientId: 'bystander', brokers, logLevel: logLevel.NOTHING });
  admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'bystander', numPartitions: 3 }], waitForLeaders: true });
  producer = kafka.producer();
  await producer.connect();
});
after(async () => {
  await producer.disconnect();
  await admin.disconnect();
  await server.stop();
});

/** Someone else's client goes on as if nothing had happened. */
async function bystanderIsFine(): Promise<void> {
  const sent = await producer.send({
    topic: 'bystander',
    messages: [0, 1, 2].map((partition) => ({ partition, value: 'fine' })),
  });
  assert.ok(sent.every((result) => result.errorCode === 0));
}
async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}
const closed = (socket: Socket) =>
  until('the broker closed the connection', 10_000, () => socket.closed || socket.readableEnded);
const residentMegabytes = (): number => {
  const status = readFileSync(`/proc/${server.processId}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
};

test('[BAD-1] random bytes on each port close their own connection only', async () => {
  for (const port of ports) {
    for (let i = 0; i < 20; i++) {
      const socket = await open(port);
      socket.resume();
      socket.end(randomBytes(4096));
      await closed(socket);
    }
  }
  await bystanderIsFine();
});

test('[BAD-2] a 2 GiB and a negative length prefix are refused at once', async () => {
  for (const prefix of [0x7fffffff, -1, 104_857_601]) {
    const socket = await open(ports[0] as number);
    socket.resume();
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(prefix);
    socket.write(bytes);
    await closed(socket);
  }
  await bystanderIsFine();
});

test('[BAD-3] a hundred half requests announcing 100 MiB each, held open, cost next to no memory', async () => {
  const beforeMegabytes = residentMegabytes();
  const bytes = Buffer.alloc(20);
  bytes.writeInt32BE(100 * 1024 * 1024);
  const sockets = await Promise.all(Array.from({ length: 100 }, () => open(ports[1] as number)));
  for (const socket of sockets) socket.write(bytes);
  await bystanderIsFine();
  const grownMegabytes = residentMegabytes() - beforeMegabytes;
  for (const socket of sockets) socket.destroy();
  assert.ok(grownMegabytes < 200, `grew by ${grownMegabytes} MB for 10,000 MB announced`);
});

test('[BAD-4] a thousand idle connections leave others undisturbed', async () => {
  const sockets = await Promise.all(Array.from({ length: 1000 }, (_, i) => open(ports[i % ports.length] as number)));
  await bystanderIsFine();
  for (const socket of sockets) socket.destroy();
});

test('[BAD-5] invalid names, counts and settings get Kafka’s errors and create nothing', async () => {
  const refusal = async (topic: { topic: string; [more: string]: unknown }): Promise<string> => {
    try {
      await admin.createTopics({ topics: [topic], waitForLeaders: false });
    } catch (error) {
      return (error as { errors: { type: string }[] }).errors.map((each) => each.type).join();
    }
    return 'created';
  };
  const tooLong = 'x'.repeat(250);
  for (const topic of ['no/slash', '..', tooLong]) assert.equal(await refusal({ topic }), 'INVALID_TOPIC_EXCEPTION');
  assert.equal(await refusal({ topic: 'none', numPartitions: 0 }), 'INVALID_PARTITIONS');
  assert.equal(await refusal({ topic: 'three', replicationFactor: 9 }), 'INVALID_REPLICATION_FACTOR');
  const bad = (name: string, value: string) => refusal({ topic: 'bad', configEntries: [{ name, value }] });
  assert.equal(await bad('retention.ms', 'soon'), 'INVALID_CONFIG');
  assert.equal(await bad('no.such.setting', '1'), 'INVALID_CONFIG');
  assert.deepEqual(
    (await admin.listTopics()).filter((name) => name !== 'bystander'),
    [],
  );
  await bystanderIsFine();
});
