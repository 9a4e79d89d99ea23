// Time from produce to consume at a fixed offered rate, with @platformatic/kafka as the client in a process of its own:
// the sender's clock is in each record, the reader takes the difference.
//   node e2e/bench/latency.ts <bootstrap> <topic> <records per second> <seconds>
import { Consumer, MessagesStreamModes, ProduceAcks, Producer } from '@platformatic/kafka';

const [bootstrap = '', topic = '', rateText = '', secondsText = ''] = process.argv.slice(2);
const rate = Number(rateText);
const seconds = Number(secondsText);
const TICK_MS = 5;
const WARM_UP_MS = 3000;
const client = { bootstrapBrokers: [bootstrap], clientId: 'latency' };

const producer = new Producer({ ...client, autocreateTopics: true });
const consumer = new Consumer({ ...client, clientId: 'latency-reader', groupId: `latency-${process.pid}` });
const value = (): Buffer => {
  const bytes = Buffer.alloc(100);
  bytes.writeDoubleBE(performance.now(), 0);
  return bytes;
};
await producer.send({ messages: [{ topic, value: value() }], acks: ProduceAcks.LEADER });
const stream = await consumer.consume({
  topics: [topic],
  mode: MessagesStreamModes.LATEST,
  maxWaitTime: 100,
  minBytes: 1,
  autocommit: false,
});
const latenciesMs: number[] = [];
let isWarm = false;
stream.on('data', (message: { value: Buffer }) => {
  if (isWarm) latenciesMs.push(performance.now() - message.value.readDoubleBE(0));
});
await new Promise((resolve) => setTimeout(resolve, 1000));
const startMs = performance.now();
let sent = 0;
const failures: unknown[] = [];
await new Promise<void>((resolve) => {
  const timer = setInterval(() => {
    const elapsedMs = performance.now() - startMs;
    isWarm = elapsedMs > WARM_UP_MS;
    const due = Math.floor((elapsedMs * rate) / 1000) - sent;
    if (elapsedMs > seconds * 1000) {
      clearInterval(timer);
      resolve();
      return;
    }
    if (due <= 0) return;
    sent += due;
    const messages = Array.from({ length: due }, () => ({ topic, value: value() }));
    producer.send({ messages, acks: ProduceAcks.LEADER }).catch((error: unknown) => failures.push(error));
  }, TICK_MS);
});
await new Promise((resolve) => setTimeout(resolve, 1000));
latenciesMs.sort((a, b) => a - b);
const at = (share: number): number =>
  latenciesMs[Math.min(latenciesMs.length - 1, Math.floor(share * latenciesMs.length))] ?? Number.NaN;
console.log(
  JSON.stringify({
    sent,
    measured: latenciesMs.length,
    failed: failures.length,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    p999Ms: at(0.999),
    maxMs: at(1),
  }),
);
process.exit(0);
