// Apache Kafka's clients over the listener that asks who they are, as rows of `npm run interop`: the user is made with Kafka's tool.
import { type Check, expect, find, TOOLS, type Workbench } from '../check.ts';

const LINES = 500;
const PASSWORD = 'in the rabbit hole';

const MODULES = {
  'SCRAM-SHA-256': 'scram.ScramLoginModule',
  'SCRAM-SHA-512': 'scram.ScramLoginModule',
  PLAIN: 'plain.PlainLoginModule',
} as const;
type Mechanism = keyof typeof MODULES;

function configFile(bench: Workbench, mechanism: Mechanism, user: string, password: string): string {
  const module = `org.apache.kafka.common.security.${MODULES[mechanism]}`;
  return bench.file(
    `${bench.name(mechanism)}.properties`,
    [
      'security.protocol=SASL_PLAINTEXT',
      `sasl.mechanism=${mechanism}`,
      `sasl.jaas.config=${module} required username="${user}" password="${password}";`,
    ].join('\n'),
  );
}

async function roundTrip(bench: Workbench, mechanism: Mechanism): Promise<string> {
  const topic = await bench.topic('sasl', 3);
  const user = bench.name('user');
  // PLAIN is checked against what was set for SCRAM.
  const kept = mechanism === 'SCRAM-SHA-512' ? mechanism : 'SCRAM-SHA-256';
  const entity = ['--entity-type', 'users', '--entity-name', user];
  const config = (args: readonly string[]) => bench.tool('ConfigCommand', args);
  await config(['--alter', ...entity, '--add-config', `${kept}=[iterations=8192,password=${PASSWORD}]`]);
  const server = ['--bootstrap-server', bench.saslBootstrapServers];
  const file = configFile(bench, mechanism, user, PASSWORD);
  const lines = Array.from({ length: LINES }, (_, i) => `value ${i}`);
  const producing = [...server, '--topic', topic, '--command-config', file];
  await bench.java(`${TOOLS}.ConsoleProducer`, producing, { input: `${lines.join('\n')}\n` });
  const printed = await bench.java(`${TOOLS}.consumer.ConsoleConsumer`, [
    ...[...server, '--topic', topic, '--group', topic, '--command-config', file],
    ...['--from-beginning', '--max-messages', String(LINES), '--timeout-ms', '30000'],
  ]);
  const seen = printed.split('\n').filter((line) => line.startsWith('value '));
  expect(seen.toSorted().join() === lines.toSorted().join(), `${seen.length} of ${LINES} lines came back`, printed);
  const wrong = configFile(bench, mechanism, user, 'wrong');
  const refused = await bench
    .java(`${TOOLS}.TopicCommand`, [...server, '--command-config', wrong, '--list'])
    .catch((error: unknown) => String(error));
  find(refused, /Authentication failed: the user name or the password is wrong/, 'a wrong password is told as one');
  await config(['--alter', ...entity, '--delete-config', kept]);
  return `${LINES} lines by a user made with kafka-configs; a wrong password refused`;
}

export const saslChecks: readonly Check[] = (['SCRAM-SHA-256', 'SCRAM-SHA-512', 'PLAIN'] as const).map((mechanism) => ({
  id: `sasl-${mechanism.toLowerCase()}`,
  client: 'Apache Kafka clients',
  run: (bench) => roundTrip(bench, mechanism),
}));
