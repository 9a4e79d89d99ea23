// Apache Kafka's command-line tools for administrators as rows of `npm run interop`.
import { type Check, expect, find, jsonLines, type Workbench } from '../check.ts';
import { hangingTransaction } from './hanging.ts';

const CLIENT = 'Apache Kafka tools';

async function fill(bench: Workbench, topic: string, records: number): Promise<void> {
  const sent = jsonLines(
    await bench.tool('VerifiableProducer', [
      '--topic',
      topic,
      '--max-messages',
      String(records),
      '--repeating-keys',
      '20',
    ]),
  );
  expect(sent.filter(({ name }) => name === 'producer_send_success').length === records, 'not all records were taken');
}

async function topics(bench: Workbench): Promise<string> {
  const topic = await bench.topic('admin', 2, ['retention.ms=3600000']);
  const asked = await bench.tool('TopicCommand', ['--describe', '--topic', topic]);
  find(asked, /PartitionCount: 2\b/, 'two partitions');
  find(asked, /retention\.ms=3600000/, 'the configuration');
  expect(asked.match(/Leader: \d+/g)?.length === 2, 'each partition has a leader', asked);
  await bench.tool('TopicCommand', ['--alter', '--topic', topic, '--partitions', '5']);
  find(await bench.tool('TopicCommand', ['--describe', '--topic', topic]), /PartitionCount: 5\b/, 'five partitions');
  find(await bench.tool('TopicCommand', ['--list']), new RegExp(`^${topic}$`, 'm'), 'the list');
  for (const question of ['--under-replicated-partitions', '--unavailable-partitions', '--under-min-isr-partitions']) {
    const answer = await bench.tool('TopicCommand', ['--describe', '--topic', topic, question]);
    expect(!answer.includes('Partition:'), `${question} named partitions`, answer);
  }
  await bench.tool('TopicCommand', ['--delete', '--topic', topic]);
  expect(!(await bench.tool('TopicCommand', ['--list'])).includes(topic), 'the topic is still there');
  return 'created, described, grown, listed, deleted';
}

async function configs(bench: Workbench): Promise<string> {
  const topic = await bench.topic('configs', 1);
  const config = (args: readonly string[]) => bench.tool('ConfigCommand', args);
  const ofTopic = ['--entity-type', 'topics', '--entity-name', topic];
  await config(['--alter', ...ofTopic, '--add-config', 'retention.ms=123456,cleanup.policy=[compact,delete]']);
  const changed = await config(['--describe', ...ofTopic]);
  find(changed, /retention\.ms=123456/, 'the number');
  find(changed, /cleanup\.policy=compact,delete/, 'the list');
  await config(['--alter', ...ofTopic, '--delete-config', 'retention.ms']);
  expect(!(await config(['--describe', ...ofTopic])).includes('retention.ms='), 'the number is still there');
  const ofBroker = ['--entity-type', 'brokers', '--entity-name', '1'];
  await config(['--alter', ...ofBroker, '--add-config', 'log.retention.ms=7200000']);
  find(await config(['--describe', ...ofBroker]), /log\.retention\.ms=7200000/, 'the broker’s setting');
  await config(['--alter', ...ofBroker, '--delete-config', 'log.retention.ms']);
  await config(['--alter', '--entity-type', 'brokers', '--entity-default', '--add-config', 'log.retention.ms=7300000']);
  find(await config(['--describe', ...ofBroker, '--all']), /log\.retention\.ms=7300000/, 'the cluster’s default');
  await config(['--alter', '--entity-type', 'brokers', '--entity-default', '--delete-config', 'log.retention.ms']);
  return 'topic, broker and cluster settings changed, read, taken back';
}

async function groupConfigs(bench: Workbench): Promise<string> {
  const group = ['--entity-type', 'groups', '--entity-name', bench.name('g')];
  const config = (args: readonly string[]) => bench.tool('ConfigCommand', args);
  await config(['--alter', ...group, '--add-config', 'consumer.session.timeout.ms=50000']);
  find(await config(['--describe', ...group]), /consumer\.session\.timeout\.ms=50000/, 'the group’s setting');
  await config(['--alter', ...group, '--delete-config', 'consumer.session.timeout.ms']);
  return 'a group setting changed, read, taken back';
}

async function quotas(bench: Workbench): Promise<string> {
  const config = (args: readonly string[]) => bench.tool('ConfigCommand', args);
  const client = ['--entity-type', 'clients', '--entity-name', bench.name('client')];
  await config(['--alter', ...client, '--add-config', 'producer_byte_rate=1048576']);
  find(await config(['--describe', ...client]), /producer_byte_rate=1048576/, 'the quota');
  await config(['--alter', ...client, '--delete-config', 'producer_byte_rate']);
  return 'a client quota set, read, taken back';
}

async function scram(bench: Workbench): Promise<string> {
  const config = (args: readonly string[]) => bench.tool('ConfigCommand', args);
  const user = ['--entity-type', 'users', '--entity-name', bench.name('user')];
  await config(['--alter', ...user, '--add-config', 'SCRAM-SHA-256=[iterations=8192,password=secret]']);
  find(await config(['--describe', ...user]), /SCRAM-SHA-256/, 'the credential');
  await config(['--alter', ...user, '--delete-config', 'SCRAM-SHA-256']);
  return 'a SCRAM credential set, described, deleted';
}

async function groups(bench: Workbench): Promise<string> {
  const topic = await bench.topic('lag', 2);
  const group = bench.name('lag');
  await fill(bench, topic, 300);
  await bench.tool('VerifiableConsumer', ['--topic', topic, '--group-id', group, '--max-messages', '100']);
  const command = (args: readonly string[]) => bench.tool('consumer.group.ConsumerGroupCommand', args);
  find(await command(['--list']), new RegExp(`^${group}$`, 'm'), 'the list');
  const described = await command(['--describe', '--group', group]);
  const lag = [...described.matchAll(new RegExp(`${topic}\\s+\\d+\\s+(\\d+|-)\\s+\\d+\\s+(\\d+|-)`, 'g'))];
  expect(lag.length > 0, 'no lag is shown', described);
  find(await command(['--describe', '--group', group, '--state']), /Empty/, 'the state');
  const reset = ['--reset-offsets', '--group', group, '--topic', topic];
  await command([...reset, '--to-earliest', '--execute']);
  await command([...reset, '--to-datetime', '2020-01-01T00:00:00.000', '--dry-run']);
  await command([...reset, '--shift-by', '10', '--execute']);
  await command([...reset, '--to-latest', '--execute']);
  await command(['--delete-offsets', '--group', group, '--topic', topic]);
  await command(['--delete', '--group', group]);
  expect(!(await command(['--list'])).includes(group), 'the group is still there');
  return 'listed, described, reset four ways, offsets and group deleted';
}

async function offsets(bench: Workbench): Promise<string> {
  const topic = await bench.topic('offsets', 1);
  await fill(bench, topic, 500);
  const ask = (time: string) => bench.tool('GetOffsetShell', ['--topic', topic, '--time', time]);
  find(await ask('latest'), /:0:500$/m, 'the end');
  find(await ask('earliest'), /:0:0$/m, 'the start');
  find(await ask('max-timestamp'), /:0:\d+$/m, 'the newest timestamp');
  const file = bench.file(
    'delete.json',
    JSON.stringify({ partitions: [{ topic, partition: 0, offset: 200 }], version: 1 }),
  );
  find(await bench.tool('DeleteRecordsCommand', ['--offset-json-file', file]), /low_watermark: 200/, 'the new start');
  find(await ask('earliest'), /:0:200$/m, 'the start after deletion');
  return 'start, end, newest; 200 records deleted';
}

async function leaderElection(bench: Workbench): Promise<string> {
  const topic = await bench.topic('elect', 3);
  const args = ['--election-type', 'preferred', '--topic', topic, '--partition', '0'];
  const printed = await bench.tool('LeaderElectionCommand', args);
  find(printed, /completed|already elected/i, 'the outcome');
  return 'preferred leader asked for';
}

async function reassignment(bench: Workbench): Promise<string> {
  const topic = await bench.topic('move', 1);
  await fill(bench, topic, 1_000);
  const replicas = Array.from({ length: bench.replicationFactor }, (_, i) => i + 1).toReversed();
  const plan = { version: 1, partitions: [{ topic, partition: 0, replicas }] };
  const file = bench.file('move.json', JSON.stringify(plan));
  const tool = 'reassign.ReassignPartitionsCommand';
  await bench.tool(tool, ['--reassignment-json-file', file, '--execute', '--throttle', '50000000']);
  for (let attempt = 0; ; attempt++) {
    const state = await bench.tool(tool, ['--reassignment-json-file', file, '--verify']);
    if (/is (complete|completed)/.test(state)) break;
    expect(attempt < 10, 'it did not complete', state);
  }
  const described = await bench.tool('TopicCommand', ['--describe', '--topic', topic]);
  find(described, new RegExp(`Replicas: ${replicas.join(',')}\\b`), 'the new order');
  return `replicas moved to ${replicas.join(', ')} under a throttle`;
}

async function transactions(bench: Workbench): Promise<string> {
  const topic = await bench.topic('txn-admin', 1);
  const id = bench.name('txn-admin');
  await bench.tool('ProducerPerformance', [
    ...['--topic', topic, '--num-records', '100', '--record-size', '10', '--throughput', '-1'],
    ...['--transactional-id', id, '--transaction-duration-ms', '50'],
  ]);
  const command = (args: readonly string[]) => bench.tool('TransactionsCommand', args);
  find(await command(['list']), new RegExp(`${id}\\s+\\d+\\s+\\d+\\s+\\S+`), 'the list');
  find(await command(['describe', '--transactional-id', id]), /CompleteCommit|Empty/, 'its state');
  const producers = await command(['describe-producers', '--topic', topic, '--partition', '0']);
  find(producers, /ProducerId/, 'the producers');
  expect(producers.trim().split('\n').length >= 2, 'no producer is shown', producers);
  await command(['find-hanging', '--broker-id', '1', '--max-transaction-timeout', '1']);
  return 'listed, described, producers seen, hanging ones looked for';
}

async function acls(bench: Workbench): Promise<string> {
  const printed = await bench.tool('AclCommand', ['--list']).catch((error: Error) => error.message);
  find(printed, /SecurityDisabledException|No Authorizer is configured/, 'that there is no authorizer');
  return 'says that no authorizer is configured';
}

async function cluster(bench: Workbench): Promise<string> {
  find(await bench.tool('ClusterTool', ['cluster-id']).catch(() => clusterId(bench)), /Cluster ID: \S{22}/, 'the id');
  const versions = await bench.tool('BrokerApiVersionsCommand', []);
  expect((versions.match(/Produce\(0\)/g)?.length ?? 0) === bench.brokers, 'each broker answers', versions);
  find(await bench.tool('FeatureCommand', ['describe']), /metadata\.version/, 'the features');
  find(await bench.tool('MetadataQuorumCommand', ['describe', '--status']), /LeaderId:\s+\d+/, 'the quorum');
  find(await bench.tool('LogDirsCommand', ['--describe']), /"logDirs":\[/, 'the log dirs');
  return 'id, API versions, features, quorum, log dirs';
}

/** ClusterTool wants its verb first. */
const clusterId = (bench: Workbench) =>
  bench.java('org.apache.kafka.tools.ClusterTool', ['cluster-id', '--bootstrap-server', bench.bootstrapServers]);

export const adminChecks: readonly Check[] = [
  ['topics', topics],
  ['configs', configs],
  ['group-configs', groupConfigs],
  ['quotas', quotas],
  ['scram', scram],
  ['consumer-groups', groups],
  ['offsets-and-deletion', offsets],
  ['leader-election', leaderElection],
  ['reassignment', reassignment],
  ['transactions', transactions],
  ['hanging-transaction', hangingTransaction],
  ['acls', acls],
  ['cluster', cluster],
].map(([id, run]) => ({ id: `tools-${String(id)}`, client: CLIENT, run: run as Check['run'] }));
