// npm run oracle: the same scripted client sessions against Apache Kafka and against Barnabas, one broker each; what each answered
// must be the same but for what one cluster alone can know (normalise.ts). Differences that stay are listed with their reason in
// differences.json; a difference that is not listed, or a listed one that is gone, fails the run.
// --only <text> runs some sessions, --trace prints both traces of what differs, --kept <file> keeps what Apache Kafka answered
// there and plays only those sessions against it that the file lacks: for work on ours, never for a verdict.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { obtainKafka, startApacheKafka } from '../support/apache-kafka.ts';
import { startServer } from '../support/server.ts';
import { clusterSessions } from './sessions/cluster.ts';
import { configSessions } from './sessions/configs.ts';
import { groupLifeSessions } from './sessions/group-lives.ts';
import { groupMixSessions } from './sessions/group-mixes.ts';
import { groupMoveSessions } from './sessions/group-moves.ts';
import { groupSessions } from './sessions/groups.ts';
import { idSessions } from './sessions/ids.ts';
import { produceSessions } from './sessions/produce.ts';
import { quotaSessions } from './sessions/quotas.ts';
import { readSessions } from './sessions/read.ts';
import { requestSessions } from './sessions/requests.ts';
import { securitySessions } from './sessions/security.ts';
import { topicSessions } from './sessions/topics.ts';
import { transactionSessions } from './sessions/transactions/all.ts';
import { type Session, SessionEnd, Talk } from './talk.ts';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    trace: { type: 'boolean', default: false },
    kept: { type: 'string', default: '' },
  },
});
const SESSIONS_AT_ONCE = 3;
/** Records of sessions bear times long past: half a minute after its start Kafka would take those of whoever plays then. */
/** As here, where nobody waits a second for the next assignment (KIP-1263). */
const ASSIGNED_AT_ONCE = 'group.consumer.assignment.interval.ms=0';
const NO_RETENTION_YET = 'log.initial.task.delay.ms=3600000';

const sessions: readonly Session[] = [
  // Long ones first.
  ...transactionSessions,
  ...produceSessions,
  ...readSessions,
  ...groupSessions,
  ...groupLifeSessions,
  ...groupMoveSessions,
  ...groupMixSessions,
  ...topicSessions,
  ...configSessions,
  ...requestSessions,
  ...quotaSessions,
  ...securitySessions,
  ...clusterSessions,
  ...idSessions,
];

async function play(server: string, session: Session): Promise<readonly string[]> {
  const talk = new Talk(server, session.name);
  try {
    await session.run(talk);
  } catch (error) {
    if (!(error instanceof SessionEnd))
      talk.trace.push({
        what: 'ended early',
        answer: null,
        broke: error instanceof Error ? error.message : `${error}`,
      });
  } finally {
    talk.close();
  }
  return talk.lines();
}

async function playAll(server: string, chosen: readonly Session[]): Promise<Traces> {
  const traces: Traces = new Map();
  const waiting = [...chosen];
  const lane = async () => {
    for (let session = waiting.shift(); session !== undefined; session = waiting.shift()) {
      traces.set(session.name, await play(server, session));
    }
  };
  await Promise.all(Array.from({ length: SESSIONS_AT_ONCE }, lane));
  return traces;
}

/** Where two long lines first part, with a little of what is around. */
function parting(a: string, b: string): string {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const from = Math.max(0, at - 60);
  return `    Kafka    …${a.slice(from, at + 160)}\n    Barnabas …${b.slice(from, at + 160)}`;
}

function differencesOf(kafka: readonly string[], barnabas: readonly string[]): string[] {
  const differences: string[] = [];
  for (let i = 0; i < Math.max(kafka.length, barnabas.length); i++) {
    const [a, b] = [kafka[i] ?? '(nothing)', barnabas[i] ?? '(nothing)'];
    if (a !== b) differences.push(`  step ${i + 1}\n${parting(a, b)}`);
  }
  return differences;
}

const doubled = sessions.find(({ name }, i) => sessions.findIndex((other) => other.name === name) !== i);
if (doubled !== undefined) throw new Error(`two sessions are called ${doubled.name}`);

type Traces = Map<string, readonly string[]>;

/** What Apache Kafka answers to `wanted`; what is kept of earlier runs is not asked again. */
async function tracesOfKafka(wanted: readonly Session[]): Promise<Traces> {
  const kept: Traces = new Map(
    existsSync(flags.kept)
      ? Object.entries(JSON.parse(readFileSync(flags.kept, 'utf8')) as Record<string, string[]>)
      : [],
  );
  const asked = wanted.filter(({ name }) => !kept.has(name));
  if (asked.length === 0) return kept;
  const kafka = await startApacheKafka([NO_RETENTION_YET, ASSIGNED_AT_ONCE]);
  const answered = await playAll(kafka.bootstrapServers, asked).finally(() => kafka.stop());
  for (const [name, trace] of answered) kept.set(name, trace);
  if (flags.kept !== '') writeFileSync(flags.kept, JSON.stringify(Object.fromEntries(kept)));
  return kept;
}

obtainKafka();
const listed = JSON.parse(readFileSync(join(import.meta.dirname, 'differences.json'), 'utf8')) as Record<
  string,
  string
>;
const stray = Object.keys(listed).find((name) => sessions.every((session) => session.name !== name));
if (stray !== undefined) throw new Error(`differences.json lists ${stray}, and there is no such session`);
const chosen = sessions.filter(({ name }) => name.includes(flags.only));
const kafkaTraces = await tracesOfKafka(chosen);
const ours = await startServer({ brokers: 1 });
const ourTraces = await playAll(ours.bootstrapServers, chosen).finally(() => ours.stop());

let same = 0;
let failures = 0;
for (const { name } of chosen) {
  const [theirs, own] = [kafkaTraces.get(name) ?? [], ourTraces.get(name) ?? []];
  const differences = differencesOf(theirs, own);
  const reason = listed[name];
  if (theirs.length === 0) {
    failures++;
    console.log(`${name}: Apache Kafka answered nothing, so nothing was compared`);
  } else if (differences.length === 0) {
    same++;
    if (reason === undefined) continue;
    failures++;
    console.log(`${name}: no longer differs, strike it from differences.json (${reason})`);
  } else if (reason !== undefined) {
    console.log(`${name}: differs as listed: ${reason}`);
  } else {
    failures++;
    console.log(`${name}: differs\n${differences.join('\n')}`);
    if (flags.trace) console.log(`  Kafka:\n${theirs.join('\n')}\n  Barnabas:\n${own.join('\n')}`);
  }
}
console.log(
  `${chosen.length} sessions: ${same} the same, ${Object.keys(listed).length} differences listed, ${failures} to look at`,
);
if (failures > 0) process.exitCode = 1;
