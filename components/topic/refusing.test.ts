import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusing } from './refusing.ts';

test('[WEB-66] a partition refuses writes with acks=all below min.insync.replicas, and nothing is claimed where that is not known', () => {
  assert.equal(isRefusing({ leader: 1, inSyncReplicas: [1] }, 2), true);
  assert.equal(isRefusing({ leader: 1, inSyncReplicas: [1, 2] }, 2), false);
  assert.equal(isRefusing({ leader: 1, inSyncReplicas: [1] }, null), false);
  assert.equal(isRefusing({ leader: null, inSyncReplicas: [] }, 2), false);
});
