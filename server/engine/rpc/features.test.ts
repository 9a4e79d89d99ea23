// Features are advertised as they are earned.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consumerGroupHeartbeat } from '../../protocol/schema/68-consumer-group-heartbeat.ts';
import { describeApis } from './api-versions.ts';
import { problemWithLevel } from './features.ts';
import { serve } from './handler.ts';

test('[ADM-25] a feature can be put at the level it is at; other levels, unknown features and unknown kinds of change are refused', () => {
  assert.equal(problemWithLevel('group.version', 1, 1), null);
  assert.equal(problemWithLevel('metadata.version', 29, 2), null);
  for (const [name, level, type] of [
    ['group.version', 0, 1],
    ['group.version', 0, 2],
    ['group.version', 2, 1],
    ['group.version', -1, 1],
    ['group.version', 1, 0],
    ['nonsense', 1, 1],
    ['metadata.version', 28, 3],
  ] as const) {
    assert.notEqual(problemWithLevel(name, level, type), null, `${name} ${level} ${type}`);
  }
});

test('[CGP-44] group.version is advertised with the API that serves it; clients before v4 are told only the finalized level', () => {
  const handlers = [serve(consumerGroupHeartbeat, () => ({}))];
  const group = (version: number) => {
    const { supportedFeatures = [], finalizedFeatures = [] } = describeApis(handlers, version);
    return [
      supportedFeatures.find(({ name }) => name === 'group.version')?.maxVersion,
      finalizedFeatures.find(({ name }) => name === 'group.version')?.maxVersionLevel,
    ];
  };
  assert.deepEqual(group(4), [1, 1]);
  assert.deepEqual(group(3), [undefined, 1]);
  assert.deepEqual(describeApis([], 4).finalizedFeatures ?? [], []);
});
