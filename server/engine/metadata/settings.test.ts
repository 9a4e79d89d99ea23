import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { logConfigFrom } from '../storage/log-config.ts';
import { listOf, problemWithValue } from './settings/setting.ts';
import {
  ConfigSource,
  describeBrokerSettings,
  describeTopicSettings,
  type Setting,
  settingsOf,
  topicLogSettings,
  topicSetting,
  validateBrokerConfigs,
  validateTopicConfigs,
} from './settings.ts';
import { TestCluster } from './testing/cluster.ts';

function clusterWith(...resources: readonly [type: number, name: string, key: string, value: string][]): TestCluster {
  const cluster = new TestCluster().start(1);
  cluster.create({ name: 't' });
  for (const [resourceType, resourceName, name, value] of resources) {
    const reply = cluster.run('incrementalAlterConfigs', {
      resources: [{ resourceType, resourceName, configs: [{ name, value, configOperation: 0 }] }],
      validateOnly: false,
    });
    assert.equal(reply.responses?.[0]?.errorMessage, null);
  }
  return cluster;
}
const broker = { nodeId: 1, settings: {} };

test('[SET-1] each default is a value its own setting accepts, and has one sentence of documentation', () => {
  for (const scope of ['topic', 'broker'] as const) {
    for (const setting of settingsOf(scope).values()) {
      if (setting.fallback !== null) assert.equal(problemWithValue(setting, setting.fallback), null, setting.name);
      assert.match(setting.documentation, /^\S.{20,}\.$/, setting.name);
    }
  }
});

test('[SET-2] the strongest source wins, and the chain below it is told', () => {
  const cluster = clusterWith(
    [4, '', 'log.retention.ms', '3000'],
    [4, '1', 'log.retention.ms', '2000'],
    [2, 't', 'retention.ms', '1000'],
  );
  const node = { nodeId: 1, settings: { 'log.retention.minutes': '5' } };
  const found = describeTopicSettings(cluster.state, node, 't').find(({ setting }) => setting.name === 'retention.ms');
  assert.equal(found?.value, '1000');
  assert.equal(found?.source, ConfigSource.dynamicTopic);
  assert.deepEqual(found?.synonyms, [
    { name: 'retention.ms', value: '1000', source: ConfigSource.dynamicTopic },
    { name: 'log.retention.ms', value: '2000', source: ConfigSource.dynamicBroker },
    { name: 'log.retention.ms', value: '3000', source: ConfigSource.dynamicDefault },
    { name: 'log.retention.minutes', value: '5', source: ConfigSource.staticBroker },
    { name: 'log.retention.hours', value: '168', source: ConfigSource.fallback },
  ]);
});

test('[SET-3] coarser broker settings are turned into the topic’s unit; −1 stays without bound', () => {
  const { state } = clusterWith();
  const value = (settings: Record<string, string>) => topicSetting(state, { nodeId: 1, settings }, 't', 'retention.ms');
  assert.equal(value({ 'log.retention.minutes': '5', 'log.retention.hours': '1' }), '300000');
  assert.equal(value({ 'log.retention.hours': '-1' }), '-1');
  assert.equal(value({}), '604800000');
});

test('[SET-4] every topic setting of Kafka 4 is listed for a topic, every broker setting for a broker', () => {
  const { state } = clusterWith();
  const topic = describeTopicSettings(state, broker, 't').map(({ setting }) => setting.name);
  assert.equal(topic.length, 37);
  assert.deepEqual(topic, topic.toSorted());
  const all = describeBrokerSettings(state, broker);
  assert.equal(all.find(({ setting }) => setting.name === 'node.id')?.value, '1');
  assert.equal(all.find(({ setting }) => setting.name === 'log.retention.ms')?.value, null);
  assert.equal(all.find(({ setting }) => setting.name === 'log.segment.bytes')?.setting.isReadOnly, false);
  assert.equal(all.find(({ setting }) => setting.name === 'num.partitions')?.setting.isReadOnly, true);
});

test('[SET-5] values are judged as Kafka judges them', () => {
  const accepted = [
    ['retention.ms', '-1'],
    ['retention.ms', ' 9223372036854775807 '],
    ['cleanup.policy', 'compact, delete'],
    ['cleanup.policy', ''],
    ['retention.bytes', '-5'],
    ['min.cleanable.dirty.ratio', '0.25'],
    ['preallocate', 'FALSE'],
    ['compression.type', 'zstd'],
    ['leader.replication.throttled.replicas', '0:1, 12:3'],
    ['follower.replication.throttled.replicas', '*'],
    ['follower.replication.throttled.replicas', ''],
  ] as const;
  for (const one of accepted) assert.equal(validateTopicConfigs([one]), null, one.join('='));
  const refused = [
    ['retention.ms', '9223372036854775808'],
    ['retention.ms', '1.5'],
    ['retention.ms', ''],
    ['segment.bytes', '2147483648'],
    ['cleanup.policy', 'none'],
    ['min.cleanable.dirty.ratio', '1.1'],
    ['preallocate', 'true'],
    ['unclean.leader.election.enable', 'yes'],
    ['compression.type', 'ZSTD'],
    ['min.insync.replicas', '0'],
    ['leader.replication.throttled.replicas', '0'],
    ['leader.replication.throttled.replicas', '0:1,*'],
    ['follower.replication.throttled.replicas', '0:b'],
  ] as const;
  for (const one of refused) assert.match(validateTopicConfigs([one]) ?? '', /^Invalid value/, one.join('='));
  assert.match(
    validateTopicConfigs([
      ['min.compaction.lag.ms', '10'],
      ['max.compaction.lag.ms', '5'],
    ]) ?? '',
    /larger/,
  );
});

test('[SET-6] storage reads topic settings and broker settings through one reader', () => {
  const cluster = clusterWith([2, 't', 'segment.bytes', '2000000']);
  const read = topicLogSettings(cluster.state, { nodeId: 1, settings: { 'producer.id.expiration.ms': '7' } }, 't');
  assert.equal(read('segment.bytes'), '2000000');
  assert.equal(read('producer.id.expiration.ms'), '7');
  assert.equal(read('no.such.setting'), undefined);
});

test('[SET-7] lists are cut at commas', () => {
  assert.deepEqual(listOf(' a, b ,,c '), ['a', 'b', 'c']);
});

test('[SET-8] the rates of copying change while a broker runs; which replica consumers read is given at start', () => {
  const wishes = (isRunning: boolean) => [
    validateBrokerConfigs([['leader.replication.throttled.rate', '1000']], isRunning),
    validateBrokerConfigs([['follower.replication.throttled.rate', '0']], isRunning),
    validateBrokerConfigs(
      [['replica.selector.class', 'org.apache.kafka.common.replica.RackAwareReplicaSelector']],
      isRunning,
    ),
  ];
  assert.deepEqual(wishes(false), [null, null, null]);
  assert.deepEqual(wishes(true).slice(0, 2), [null, null]);
  assert.match(wishes(true)[2] ?? '', /given at start/);
  assert.match(validateBrokerConfigs([['follower.replication.throttled.rate', '-1']], true) ?? '', /at least 0/);
  assert.match(validateBrokerConfigs([['replica.selector.class', 'com.example.Own']], false) ?? '', /must be one of/);
});

test('[SET-9] a setting that accepts only its default says why, in its documentation and to who sets another', () => {
  const fixed = [...settingsOf('topic').values(), ...settingsOf('broker').values()].filter(
    ({ fixedBecause }) => fixedBecause !== undefined,
  );
  assert.ok(fixed.length > 20);
  for (const setting of fixed) {
    const problem = problemWithValue(setting, setting.type === 'boolean' ? String(setting.fallback === 'false') : '77');
    assert.match(setting.documentation, /(Only the default is accepted|It cannot be set): \S.+\.$/, setting.name);
    assert.ok(problem?.endsWith(`: ${setting.fixedBecause}`), setting.name);
  }
});

test('[SET-10] the cleaner may be told otherwise while a broker runs, as far as it honours it, and jitter be taken off the age of segments', () => {
  const settings = [
    ['log.cleaner.backoff.ms', '1000'],
    ['log.cleaner.dedupe.buffer.size', '1048576'],
    ['log.cleaner.io.buffer.load.factor', '0.5'],
    ['log.cleaner.io.buffer.size', '65536'],
    ['log.cleaner.io.max.bytes.per.second', '1.5E6'],
    ['log.cleaner.delete.retention.ms', '1'],
    ['log.cleaner.min.cleanable.ratio', '0.1'],
    ['log.cleaner.min.compaction.lag.ms', '5'],
    ['log.cleaner.max.compaction.lag.ms', '5'],
    ['log.roll.jitter.ms', '100'],
  ] as const;
  for (const one of settings) assert.equal(validateBrokerConfigs([one], true), null, one[0]);
  assert.match(validateBrokerConfigs([['log.cleaner.threads', '2']], true) ?? '', /one log at a time/);
  assert.match(validateBrokerConfigs([['log.cleaner.enable', 'false']], true) ?? '', /given at start/);
  const jittered = clusterWith([2, 't', 'segment.jitter.ms', '77']);
  assert.equal(topicSetting(jittered.state, broker, 't', 'segment.jitter.ms'), '77');
  const fixed = { nodeId: 1, settings: { 'log.roll.jitter.hours': '2' } };
  assert.equal(topicSetting(clusterWith().state, fixed, 't', 'segment.jitter.ms'), '7200000');
});

test('[SET-20] a topic setting that accepts another value is honoured: it changes what the log is told, or is read by name', () => {
  const words = sourceWords();
  const standard = logConfigFrom(() => undefined);
  for (const setting of settingsOf('topic').values()) {
    const other = anotherValue(setting);
    if (other === null) continue;
    assert.equal(problemWithValue(setting, other), null, `${setting.name}=${other}`);
    const told = logConfigFrom((name) => (name === setting.name ? other : undefined));
    assert.ok(!isDeepStrictEqual(told, standard) || words.read(setting.name), setting.name);
  }
});

test('[SET-21] a broker setting that accepts another value is honoured: it stands behind one of topics or groups, or is read by name', () => {
  const words = sourceWords();
  const fine = [...settingsOf('topic').values(), ...settingsOf('group').values()];
  const behind = new Set(fine.flatMap((setting) => setting.synonyms.map(({ name }) => name)));
  for (const setting of settingsOf('broker').values()) {
    if (setting.fixedBecause !== undefined || anotherValue(setting) === null) continue;
    assert.ok(behind.has(setting.name) || words.read(setting.name), setting.name);
  }
  assert.ok(!words.read('planted.setting.that.nobody.reads'), 'the search finds what is not read');
});

/** A value besides the default; null where there is none. */
function anotherValue({ fixedBecause, fallback, type, values, min, max, pattern }: Setting): string | null {
  if (fixedBecause !== undefined || (min !== undefined && min === max)) return null;
  if (type === 'boolean') return String(fallback === 'false');
  if (values !== undefined) return values.find((value) => value !== fallback) ?? null;
  if (type === 'double') return '0.25';
  if (type === 'list') return '*';
  if (type === 'string') return pattern?.test('::1:5') === true ? '::1:5' : 'x';
  return fallback === '77' ? '78' : String(Math.max(77, min ?? 0));
}

/** What the engine's sources name between quotation marks, templates with any text in their gaps included. */
function sourceWords(): { read(name: string): boolean } {
  const root = new URL('../', import.meta.url).pathname;
  const files = globSync('**/*.ts', { cwd: root }).filter(
    (file) => !/test\.ts$|testing\/|^cluster|^metadata\/settings/.test(file),
  );
  const plain = new Set<string>();
  const patterns: RegExp[] = [];
  for (const file of files) {
    for (const [, text = ''] of readFileSync(root + file, 'utf8').matchAll(
      /['`]([a-z][a-z.]*\.(?:[a-z.]|\$\{[^}]+\})+)['`]/g,
    )) {
      plain.add(text);
      if (text.includes('${')) patterns.push(new RegExp(`^${text.replace(/\$\{[^}]+\}/g, '[a-z.]+')}$`));
    }
    for (const [, text = ''] of readFileSync(root + file, 'utf8').matchAll(/`(\$\{[^}]+\}\.[a-z.]{15,})`/g)) {
      patterns.push(new RegExp(`^${text.replace(/\$\{[^}]+\}/g, '[a-z]+')}$`));
    }
  }
  return { read: (name) => plain.has(name) || patterns.some((pattern) => pattern.test(name)) };
}
