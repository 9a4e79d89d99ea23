import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeConfigs } from '../../protocol/schema/32-describe-configs.ts';
import type { BrokerOptions } from '../node.ts';
import { withOwnSettings } from './own-settings.ts';
import { TestBroker } from './testing/test-broker.ts';

const BROKER = 4;
const STATIC_BROKER_CONFIG = 4;

test('[ADM-35] a broker tells where it listens and where clients are told to connect; the latter is open where it listens everywhere', async () => {
  const broker = await TestBroker.start();
  const asked = { resourceType: BROKER, resourceName: '1', configurationKeys: ['listeners', 'advertised.listeners'] };
  const [result] = (await broker.ask(describeConfigs, { resources: [asked] })).results;
  const told = result?.configs.map(({ name, value, configSource }) => [name, value, configSource]);
  assert.deepEqual(told, [
    ['advertised.listeners', 'PLAINTEXT://here:9092', STATIC_BROKER_CONFIG],
    ['listeners', 'PLAINTEXT://here:9092', STATIC_BROKER_CONFIG],
  ]);
  await broker.stop();

  const options: BrokerOptions = {
    nodeId: 1,
    clusterId: 'AAAAAAAAAAAAAAAAAAAAAA',
    listen: { host: '0.0.0.0', port: 9092 },
    saslListen: { host: '0.0.0.0', port: 9192 },
    controller: { host: '127.0.0.1', port: 9090 },
    folder: 'broker-1',
    rack: null,
    settings: {},
  };
  const { settings } = withOwnSettings(options);
  assert.equal(settings.listeners, 'PLAINTEXT://0.0.0.0:9092,SASL_PLAINTEXT://0.0.0.0:9192');
  assert.equal(settings['advertised.listeners'], undefined);
});
