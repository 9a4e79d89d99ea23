// Features are advertised as they are earned.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consumerGroupHeartbeat } from '../../protocol/schema/68-consumer-group-heartbeat.ts';
import { describeApis } from './api-versions.ts';
import { serve } from './handler.ts';

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
