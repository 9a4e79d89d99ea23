// Cleaning on a disk that loses what was not flushed, names included, the simulation's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readBatchHeader } from '../../../protocol/records/batch.ts';
import { decodeRecords, encodeBatch } from '../../../protocol/records/record.ts';
import { SimDisk } from '../../../sim/world/disk.ts';
import { Prng } from '../../../sim/world/prng.ts';
import { PartitionLog } from '../log/log.ts';
import { DEFAULT_LOG_CONFIG } from '../log-config.ts';
import { testWorld } from '../testing/test-world.ts';
import { cleanLog } from './clean-log.ts';
import { cleanable } from './cleanable.ts';
import { DEFAULT_CLEANER_SETTINGS } from './cleaner-settings.ts';

const NOW_MS = 1_000_000;
const DELETE_RETENTION_MS = 1000;
const CONFIG = {
  ...DEFAULT_LOG_CONFIG,
  ...{ isDeleted: false, isCompacted: true, minCleanableDirtyRatio: 0, segmentBytes: 200 },
  ...{ deleteRetentionMs: DELETE_RETENTION_MS, fileDeleteDelayMs: 0 },
};
const put = fc.record({ do: fc.constant('put' as const), key: fc.nat(8), isGone: fc.boolean() });
/** Some records, then perhaps a cleaning, then perhaps the power fails. */
const phase = fc
  .record({ puts: fc.array(put, { minLength: 1, maxLength: 8 }), isCleaned: fc.boolean(), isDark: fc.boolean() })
  .map(({ puts, isCleaned, isDark }) => [
    ...puts,
    ...(isCleaned ? [{ do: 'clean' as const }] : []),
    ...(isDark ? [{ do: 'power' as const }] : []),
  ]);
const steps = fc.array(phase, { minLength: 3, maxLength: 14 }).map((phases) => phases.flat());

test('[CMP-16] whenever the power fails, each key has the value that was written last of what is left: no older one comes back behind its tombstone', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(), async (run, seed) => {
      const disk = new SimDisk();
      const prng = new Prng(seed);
      const world = { ...testWorld(), disk: disk.as({ later: (_delayMs, then) => void then(), mayUse: () => {} }) };
      let written = { recoveryPoint: 0, cleanedUpTo: 0 };
      const open = () =>
        PartitionLog.open(world, {
          ...{ folder: '/t-0', topic: 't', partition: 0, topicId: '', config: CONFIG },
          checkpoint: { ...written, startOffset: 0, isClean: false },
          onCleaning: async () => {
            written = { ...written, recoveryPoint: log.recoveryPoint };
          },
        });
      let log: PartitionLog = open();
      log.cleanedUpTo = 0;
      const puts = new Map<number, { readonly key: string; readonly value: string | null }>();
      let nowMs = NOW_MS;
      for (const [i, one] of run.entries()) {
        if (one.do === 'put') {
          const [key, value] = [`k${one.key}`, one.isGone ? null : `v${i}`];
          puts.set(log.endOffset, { key, value });
          const record = {
            timestampMs: nowMs,
            key: Buffer.from(key),
            value: value === null ? null : Buffer.from(value),
          };
          const bytes = encodeBatch({ records: [record] });
          log.appendAsLeader(bytes, { leaderEpoch: 0, nowMs, origin: 'client' });
        } else if (one.do === 'clean') {
          nowMs += DELETE_RETENTION_MS;
          const range = cleanable(log, nowMs);
          if (range === null) continue;
          const how = { compression: world.compression, log: world.log, nowMs, seed: 7 };
          const turns = cleanLog(log, range, { ...how, settings: DEFAULT_CLEANER_SETTINGS });
          for (let turn = turns.next(); turn.done !== true; turn = turns.next()) await turn.value;
          written = { recoveryPoint: log.recoveryPoint, cleanedUpTo: log.cleanedUpTo };
        } else {
          log.close();
          disk.losePower(prng);
          log = open();
          log.cleanedUpTo = written.cleanedUpTo;
          assert.ok(log.endOffset >= written.recoveryPoint);
          for (const offset of puts.keys()) if (offset >= log.endOffset) puts.delete(offset);
        }
        const wanted = new Map<string, string>();
        for (const { key, value } of puts.values()) {
          wanted.delete(key);
          if (value !== null) wanted.set(key, value);
        }
        const found = new Map<string, string>();
        for (const bytes of log.batches(0)) {
          for (const { key, value } of decodeRecords(bytes, 0, readBatchHeader(bytes, 0), world.compression, 1 << 20)) {
            found.delete(`${key}`);
            if (value !== null) found.set(`${key}`, `${value}`);
          }
        }
        assert.deepEqual([...found].sort(), [...wanted].sort(), one.do);
      }
    }),
    { numRuns: 400 },
  );
});
