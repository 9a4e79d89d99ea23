import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { ConfigSource, describeGroupSettings } from '../settings.ts';
import { TestCluster } from '../testing/cluster.ts';
import { OPERATION } from './alter-configs.ts';

const TOPIC = 2;
const BROKER = 4;
type Change = [name: string, operation: keyof typeof OPERATION, value: string | null];
function change(
  cluster: TestCluster,
  changes: readonly Change[],
  { type = TOPIC, name = 'orders', validateOnly = false } = {},
) {
  const configs = changes.map(([key, operation, value]) => ({
    name: key,
    configOperation: OPERATION[operation],
    value,
  }));
  const reply = cluster.run('incrementalAlterConfigs', {
    resources: [{ resourceType: type, resourceName: name, configs }],
    validateOnly,
  });
  return reply.responses?.[0];
}
function withTopic(): TestCluster {
  const cluster = new TestCluster().start(1);
  cluster.create({ name: 'orders' });
  return cluster;
}
const configs = (cluster: TestCluster, name = 'orders') => Object.fromEntries(cluster.state.configs('topic', name));

test('[META-30] SET, DELETE, APPEND and SUBTRACT change what they say', () => {
  const cluster = withTopic();
  assert.equal(
    change(cluster, [
      ['retention.ms', 'set', '5000'],
      ['cleanup.policy', 'append', 'compact'],
    ])?.errorCode,
    0,
  );
  assert.deepEqual(configs(cluster), { 'retention.ms': '5000', 'cleanup.policy': 'delete,compact' });
  change(cluster, [
    ['cleanup.policy', 'append', 'compact'],
    ['retention.ms', 'delete', null],
  ]);
  assert.deepEqual(configs(cluster), { 'cleanup.policy': 'delete,compact' });
  change(cluster, [['cleanup.policy', 'subtract', 'delete']]);
  assert.deepEqual(configs(cluster), { 'cleanup.policy': 'compact' });
});

test('[META-31] what is wrong is refused with its code, and nothing of that resource is changed', () => {
  const cluster = withTopic();
  const refused: [Change[], number][] = [
    [
      [
        ['retention.ms', 'set', '5'],
        ['nope', 'set', '1'],
      ],
      ErrorCode.INVALID_CONFIG,
    ],
    [[['retention.ms', 'set', 'soon']], ErrorCode.INVALID_CONFIG],
    [[['retention.ms', 'set', '-2']], ErrorCode.INVALID_CONFIG],
    [[['segment.bytes', 'set', '1048575']], ErrorCode.INVALID_CONFIG],
    [[['cleanup.policy', 'set', 'shred']], ErrorCode.INVALID_CONFIG],
    [[['remote.storage.enable', 'set', 'true']], ErrorCode.INVALID_CONFIG],
    [[['retention.ms', 'append', '5']], ErrorCode.INVALID_CONFIG],
    [[['retention.ms', 'set', null]], ErrorCode.INVALID_REQUEST],
    [
      [
        ['retention.ms', 'set', '5'],
        ['retention.ms', 'set', '6'],
      ],
      ErrorCode.INVALID_REQUEST,
    ],
    [[['compression.type', 'subtract', 'zstd']], ErrorCode.INVALID_CONFIG],
  ];
  for (const [changes, code] of refused) {
    assert.equal(change(cluster, changes)?.errorCode, code, JSON.stringify(changes));
    assert.deepEqual(configs(cluster), {});
  }
  assert.equal(change(cluster, [['retention.ms', 'set', '5']], { validateOnly: true })?.errorCode, 0);
  assert.deepEqual(configs(cluster), {});
  assert.equal(
    change(cluster, [['retention.ms', 'set', '5']], { name: 'nope' })?.errorCode,
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  );
  assert.equal(change(cluster, [], { name: '' })?.errorCode, ErrorCode.INVALID_REQUEST);
  assert.equal(change(cluster, [], { name: 'a b' })?.errorCode, ErrorCode.INVALID_TOPIC_EXCEPTION);
  assert.equal(change(cluster, [], { type: 99 })?.errorCode, ErrorCode.INVALID_REQUEST);
});

test('[META-32] broker settings: one broker, all brokers, and never those that are given at start', () => {
  const cluster = withTopic();
  const set = (name: string, key: string) => change(cluster, [[key, 'set', '4096000']], { type: BROKER, name });
  assert.equal(set('1', 'log.segment.bytes')?.errorCode, 0);
  assert.equal(set('', 'message.max.bytes')?.errorCode, 0);
  assert.equal(set('1', 'socket.request.max.bytes')?.errorCode, ErrorCode.INVALID_REQUEST);
  assert.equal(set('1', 'log.flush.nonsense')?.errorCode, ErrorCode.INVALID_REQUEST);
  const soon = change(cluster, [['log.retention.ms', 'set', 'soon']], { type: BROKER, name: '1' });
  assert.equal(soon?.errorCode, ErrorCode.INVALID_REQUEST);
  assert.equal(set('7', 'log.segment.bytes')?.errorCode, ErrorCode.INVALID_REQUEST);
  assert.equal(cluster.state.configs('broker', '1').get('log.segment.bytes'), '4096000');
  assert.equal(cluster.state.configs('broker', '').get('message.max.bytes'), '4096000');
});

test('[META-33] the older AlterConfigs replaces the whole set', () => {
  const cluster = withTopic();
  change(cluster, [
    ['retention.ms', 'set', '5000'],
    ['segment.ms', 'set', '60000'],
  ]);
  const replace = (configs: { name: string; value: string | null }[]) =>
    cluster.run('alterConfigs', {
      resources: [{ resourceType: TOPIC, resourceName: 'orders', configs }],
      validateOnly: false,
    }).responses?.[0]?.errorCode;
  assert.equal(replace([{ name: 'segment.ms', value: '70000' }]), ErrorCode.NONE);
  assert.deepEqual(configs(cluster), { 'segment.ms': '70000' });
  assert.equal(replace([{ name: 'segment.ms', value: null }]), ErrorCode.INVALID_REQUEST);
  assert.equal(replace([]), ErrorCode.NONE);
  assert.deepEqual(configs(cluster), {});
});

test('[META-34] a resource named twice in one request is refused once', () => {
  const cluster = withTopic();
  const one = { resourceType: TOPIC, resourceName: 'orders', configs: [] };
  const reply = cluster.run('incrementalAlterConfigs', { resources: [one, one], validateOnly: false });
  assert.deepEqual(
    reply.responses?.map(({ errorCode }) => errorCode),
    [ErrorCode.INVALID_REQUEST],
  );
});

test('[CGP-43] group settings are accepted within the broker’s bounds and shown with their source; others are INVALID_CONFIG', () => {
  const cluster = new TestCluster().start(1);
  const GROUP = 32;
  const set = (name: string, value: string) => change(cluster, [[name, 'set', value]], { type: GROUP, name: 'g' });
  assert.equal(set('consumer.session.timeout.ms', '50000')?.errorCode, ErrorCode.NONE);
  assert.equal(set('consumer.heartbeat.interval.ms', '6000')?.errorCode, ErrorCode.NONE);
  for (const [name, value] of [
    ['consumer.session.timeout.ms', '44999'],
    ['consumer.session.timeout.ms', '60001'],
    ['consumer.heartbeat.interval.ms', '4999'],
    ['consumer.heartbeat.interval.ms', 'soon'],
    ['share.session.timeout.ms', '45000'],
    ['consumer.assignment.interval.ms', '1000'],
  ] as const) {
    assert.equal(set(name, value)?.errorCode, ErrorCode.INVALID_CONFIG, `${name}=${value}`);
  }
  const shown = describeGroupSettings(cluster.state, { nodeId: 1, settings: {} }, 'g');
  assert.deepEqual(
    shown.map(({ setting, value, source }) => [setting.name, value, source]),
    [
      ['consumer.assignment.interval.ms', '0', ConfigSource.fallback],
      ['consumer.heartbeat.interval.ms', '6000', ConfigSource.group],
      ['consumer.session.timeout.ms', '50000', ConfigSource.group],
    ],
  );
  const [, heartbeat] = describeGroupSettings(cluster.state, { nodeId: 1, settings: {} }, 'other');
  assert.deepEqual([heartbeat?.value, heartbeat?.source], ['5000', ConfigSource.fallback]);
});
