// Our settings beside those of Apache Kafka 4.4.0 (testing/kafka-4.4.0-settings.tsv): the same names, types, defaults and bounds, but
// for what is listed here by name with its reason.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { canonical, problemWithValue } from './settings/setting.ts';
import {
  type Setting,
  settingsOf,
  validateBrokerConfigs,
  validateGroupConfigs,
  validateTopicConfigs,
} from './settings.ts';

interface KafkaSetting {
  readonly scope: string;
  readonly name: string;
  readonly type: string;
  /** null: not set. */
  readonly fallback: string | null;
  readonly allowed: string;
  readonly changes: string;
}
const TABLE = new URL('testing/kafka-4.4.0-settings.tsv', import.meta.url);
const kafka: readonly KafkaSetting[] = readFileSync(TABLE, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [scope = '', name = '', type = '', fallback = '', allowed = '', changes = ''] = line.split('\t');
    return { scope, name, type, fallback: /^\((null|required)\)$/.test(fallback) ? null : fallback, allowed, changes };
  });
const kafkas = new Map(kafka.map((one) => [`${one.scope} ${one.name}`, one]));
const ours: readonly Setting[] = (['topic', 'broker', 'group'] as const).flatMap((scope) => [
  ...settingsOf(scope).values(),
]);
const keyOf = ({ scope, name }: Setting | KafkaSetting) => `${scope} ${name}`;
const theirs = (setting: Setting): KafkaSetting | undefined => kafkas.get(keyOf(setting));

/** Not in Kafka 4.4.0. */
const OWN = {
  'broker leader.imbalance.per.broker.percentage': 'the setting of ZooKeeper days decides here how much is left alone',
};
const OTHER_DEFAULT = {
  'broker group.consumer.assignment.interval.ms': 'nobody waits a second to be given what another left',
  'broker group.consumer.max.size': 'memory is bounded everywhere',
  'broker group.coordinator.rebalance.protocols': 'streams groups are not served',
  'broker group.max.size': 'memory is bounded everywhere',
  'broker listeners': 'they follow from the command line',
  'broker log.cleaner.dedupe.buffer.size': 'several brokers share a laptop',
  'broker max.connections': 'memory is bounded everywhere',
  'broker node.id': 'the cluster numbers its brokers',
  'broker process.roles': 'the controller is a node of its own',
  'broker sasl.enabled.mechanisms': 'there is no Kerberos here',
  'group consumer.assignment.interval.ms': 'nobody waits a second to be given what another left',
};
/** Kafka's definition bounds nothing: what cannot work is refused when the configuration is put together, or later, or never. */
const BOUNDED_HERE = new Set([
  'broker broker.heartbeat.interval.ms',
  'broker broker.session.timeout.ms',
  'broker connections.max.idle.ms',
  'broker default.replication.factor',
  'broker group.initial.rebalance.delay.ms',
  'broker group.max.session.timeout.ms',
  'broker group.min.session.timeout.ms',
  'broker log.roll.jitter.ms',
  'broker log.roll.ms',
  'broker offset.metadata.max.bytes',
  'broker replica.lag.time.max.ms',
  'broker sasl.server.max.receive.size',
]);
const NARROWER = {
  'broker group.consumer.max.size': 'a group holds no more members than that',
  'broker group.max.size': 'a group holds no more members than that',
  'broker leader.imbalance.per.broker.percentage': 'not in Kafka',
  'broker log.cleaner.dedupe.buffer.size':
    'Kafka refuses less than 1 MiB and uses no more than 2 GiB; here it is 1 GiB',
  'broker log.cleaner.io.buffer.load.factor': 'emptier it holds next to nothing, fuller look-ups take too long',
  'broker log.cleaner.io.buffer.size': 'memory is bounded everywhere',
  'broker log.cleaner.io.max.bytes.per.second': 'less would never end',
  'broker offsets.topic.segment.bytes': 'no topic may have less, so that this one could not be made',
  'broker transaction.state.log.segment.bytes': 'no topic may have less, so that this one could not be made',
};

/** Settings that take more than their default, so that bounds mean something. */
const open = ours.filter(({ fixedBecause }) => fixedBecause === undefined);
const strayOf = (names: Iterable<string>): string[] => {
  const known = new Set(ours.map(keyOf));
  return [...names].filter((name) => !known.has(name));
};

test('[SET-11] every setting is one of Kafka’s, of the same type; nothing listed as different is unknown', () => {
  assert.ok(kafka.length > 350 && ours.length > 120, `${kafka.length} and ${ours.length} settings`);
  assert.deepEqual(ours.filter((one) => theirs(one) === undefined).map(keyOf), Object.keys(OWN));
  for (const setting of ours) assert.equal(setting.type, theirs(setting)?.type ?? setting.type, keyOf(setting));
  const topics = kafka.filter(({ scope }) => scope === 'topic' || scope === 'group').map(keyOf);
  const notServed = topics.filter(
    (key) => !/^group (share|streams|errors\.deadletterqueue)\./.test(key) && key !== 'topic internal.segment.bytes',
  );
  assert.deepEqual(
    notServed.filter((key) => !ours.some((one) => keyOf(one) === key)),
    [],
  );
  assert.deepEqual(strayOf([...Object.keys({ ...OWN, ...OTHER_DEFAULT, ...NARROWER }), ...BOUNDED_HERE]), []);
});

test('[SET-12] every default is Kafka’s but for those that are listed with their reason', () => {
  const others = ours.filter((one) => (theirs(one) ?? one).fallback !== one.fallback).map(keyOf);
  assert.deepEqual(
    others,
    Object.keys(OTHER_DEFAULT).filter((key) => key !== 'broker broker.id'),
  );
});

/** Smallest and largest value of Kafka's "[0,...,1]", "[1,...]"; null without a bound. */
function boundsIn(allowed: string): { min: number | null; max: number | null } {
  const [, min, max] = /^\[(-?[\d.]+?),\.\.\.(?:,(-?[\d.]+))?\]$/.exec(allowed) ?? [];
  return { min: min === undefined ? null : Number(min), max: max === undefined ? null : Number(max) };
}

test('[SET-13] every bound is Kafka’s, and values are refused from there on', () => {
  let bounds = 0;
  for (const setting of open) {
    const key = keyOf(setting);
    const { min, max } = boundsIn(theirs(setting)?.allowed ?? '');
    if (!(key in NARROWER)) {
      if (BOUNDED_HERE.has(key)) assert.equal(min, null, `${key} is bounded by Kafka too`);
      else assert.equal(setting.min ?? null, min, `smallest ${key}`);
      assert.equal(setting.max ?? null, max, `largest ${key}`);
    }
    const step = setting.type === 'double' ? 0.25 : 1;
    for (const [bound, beyond] of [
      [setting.min, -step],
      [setting.max, step],
    ] as const) {
      if (bound === undefined) continue;
      bounds++;
      assert.equal(problemWithValue(setting, String(bound)), null, `${key}=${bound}`);
      assert.notEqual(problemWithValue(setting, String(bound + beyond)), null, `${key}=${bound + beyond}`);
    }
  }
  assert.ok(bounds > 60, `only ${bounds} bounds`);
});

test('[SET-14] where Kafka allows certain words, so do we, and no others', () => {
  let lists = 0;
  for (const setting of open) {
    const key = keyOf(setting);
    const words = /^(\(case insensitive\) )?\[([A-Za-z_\d]+(?:, [A-Za-z_\d]+)*)\]$/.exec(
      theirs(setting)?.allowed ?? '',
    );
    if (words === null) continue;
    lists++;
    const isCaseless = words[1] !== undefined;
    for (const word of (words[2] ?? '').split(', ')) {
      assert.equal(problemWithValue(setting, word), null, `${key}=${word}`);
      const inverted = word === word.toLowerCase() ? word.toUpperCase() : word.toLowerCase();
      assert.equal(problemWithValue(setting, inverted) === null, isCaseless, `${key}=${inverted}`);
    }
    assert.notEqual(problemWithValue(setting, 'nonsense'), null, key);
  }
  assert.ok(lists >= 7, `only ${lists} lists of words`);
});

test('[SET-15] a setting of Kafka that is not honoured is refused by name, and so is one that is nobody’s', () => {
  const bound = () => 1;
  const refusalOf = (scope: string, name: string, value: string): string | null => {
    if (scope === 'topic') return validateTopicConfigs([[name, value]]);
    if (scope === 'group') return validateGroupConfigs([[name, value]], bound);
    return validateBrokerConfigs([[name, value]], false);
  };
  let refused = 0;
  for (const { scope, name, fallback } of kafka) {
    if (ours.some((one) => one.scope === scope && one.name === name)) continue;
    refused++;
    assert.match(refusalOf(scope, name, fallback ?? '1') ?? '', /^Unknown (topic|broker|group) config name: /, name);
  }
  assert.ok(refused > 200, `only ${refused} were refused`);
  for (const scope of ['topic', 'broker', 'group']) assert.match(refusalOf(scope, 'nonsense', '1') ?? '', /^Unknown/);
});

test('[SET-16] what a running broker of Kafka lets change, changes here too', () => {
  // What listeners there are follows from the command line.
  const broker = ours.filter((one) => one.scope === 'broker' && one.name !== 'listeners');
  const changing = (isReadOnly: boolean) => (isReadOnly ? 'start' : 'running');
  for (const setting of broker) {
    assert.equal(changing(setting.isReadOnly), theirs(setting)?.changes ?? 'start', setting.name);
  }
});

test('[SET-18] a value is told as Kafka tells it, however it was written', () => {
  const setting = (name: string) => {
    const found = settingsOf('topic').get(name);
    assert.ok(found);
    return found;
  };
  for (const [name, written, told] of [
    ['retention.ms', ' +0050 ', '50'],
    ['retention.ms', '-0', '0'],
    ['retention.ms', '9223372036854775807', '9223372036854775807'],
    ['unclean.leader.election.enable', ' TRUE', 'true'],
    ['compression.type', ' zstd ', 'zstd'],
    ['cleanup.policy', ' delete , compact ', 'delete,compact'],
    ['cleanup.policy', ' ', ''],
    ['min.cleanable.dirty.ratio', '.5', '0.5'],
    ['min.cleanable.dirty.ratio', '1', '1.0'],
  ] as const) {
    assert.equal(problemWithValue(setting(name), written), null, `${name}=${written}`);
    assert.equal(canonical(setting(name), written), told);
  }
  for (const written of ['delete,,compact', ',', 'DELETE']) {
    assert.notEqual(problemWithValue(setting('cleanup.policy'), written), null, written);
  }
});

test('[SET-17] a switch counts however its word is written, and 0 is no time to keep records for', () => {
  const refusal = (name: string, value: string) => validateBrokerConfigs([[name, value]], false);
  for (const name of ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours']) {
    assert.match(refusal(name, '0') ?? '', /must not be 0/);
    assert.deepEqual([refusal(name, '-1'), refusal(name, '1')], [null, null]);
  }
  assert.equal(refusal('delete.topic.enable', ' TRUE '), null);
  assert.equal(validateTopicConfigs([['cleanup.policy', '']]), null, 'no policy keeps everything (KIP-1161)');
  assert.match(refusal('group.consumer.assignors', '') ?? '', /at least one/);
});
