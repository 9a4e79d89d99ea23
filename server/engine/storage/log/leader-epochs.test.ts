// Leader epochs on a disk that loses what was not flushed, the simulation's: what is known of them must be what the batches say.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Disk } from '../../../kernel/world.ts';
import { readBatchHeader } from '../../../protocol/records/batch.ts';
import { encodeBatch } from '../../../protocol/records/record.ts';
import { SimDisk } from '../../../sim/world/disk.ts';
import { Prng } from '../../../sim/world/prng.ts';
import { DEFAULT_LOG_CONFIG } from '../log-config.ts';
import { LogFolder } from '../log-folder.ts';
import { testWorld } from '../testing/test-world.ts';
import type { PartitionLog } from './log.ts';

const CONFIG = { ...DEFAULT_LOG_CONFIG, segmentBytes: 200 };
const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const OPTIONS = { folder: '/d', nodeId: 1, clusterId: 'ABCDEFGHIJKLMNOPQRSTUV', configOf: () => CONFIG };

const share = fc.double({ min: 0, max: 1, noNaN: true });
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant({ do: 'append' } as const) },
    { weight: 3, arbitrary: fc.constant({ do: 'lead' } as const) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const), share }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('deleteBefore' as const), share }) },
    { weight: 3, arbitrary: fc.constantFrom({ do: 'writeBack' } as const, { do: 'tick' } as const) },
    {
      weight: 3,
      arbitrary: fc.constantFrom({ do: 'power' } as const, { do: 'kill' } as const, { do: 'stop' } as const),
    },
  ),
  { minLength: 10, maxLength: 60 },
);

/** The system brings what was written to the platter by itself, in time. */
function writeBack(disk: Disk, path: string): void {
  const file = disk.open(path);
  file.flushNow();
  file.close();
}

/** The epoch of each batch as its bytes say, and as the log knows it. */
function epochsOf(log: PartitionLog): { readonly inBatches: number[]; readonly known: number[] } {
  const headers = [...log.batches(log.startOffset)].map((bytes) => readBatchHeader(bytes, 0));
  return {
    inBatches: headers.map(({ leaderEpoch }) => leaderEpoch),
    known: headers.map(({ baseOffset }) => log.epochOf(Math.max(baseOffset, log.startOffset))),
  };
}

test('[LOG-19] however often the power fails, leader epochs are those of the batches: a recovery point that is written down never lies beyond what is stored of them', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(), async (run, seed) => {
      const prng = new Prng(seed);
      const disk = new SimDisk();
      disk.makeFolder('/d');
      /** Flushes and replacements under way: a process that ends takes them with it. */
      let waiting: (() => void)[] = [];
      const settle = async (doesEnd = () => true) => {
        for (let turns = 0; turns < 9; turns++) {
          for (const end of waiting.splice(0)) if (doesEnd()) end();
          await null;
        }
      };
      const view = disk.as({ later: (_delayMs, end) => void waiting.push(end), mayUse: () => undefined });
      const world = { ...testWorld(), disk: view };
      let nowMs = 1_000_000;
      const open = () => {
        const folder = LogFolder.open(world, OPTIONS);
        const log = folder.create('t', 0, TOPIC_ID, CONFIG);
        return { folder, log };
      };
      let { folder, log } = open();
      let leaderEpoch = 0;
      for (const step of run) {
        const at = 'share' in step ? Math.floor(log.startOffset + step.share * (log.endOffset - log.startOffset)) : 0;
        if (step.do === 'append') {
          const bytes = encodeBatch({ records: [{ timestampMs: nowMs, key: null, value: Buffer.alloc(30) }] });
          assert.equal(log.appendAsLeader(bytes, { leaderEpoch, nowMs, origin: 'client' }).kind, 'appended');
        } else if (step.do === 'lead') log.startEpoch(++leaderEpoch);
        else if (step.do === 'cut') {
          log.truncateTo(at);
          leaderEpoch++;
        } else if (step.do === 'deleteBefore') log.deleteRecordsBefore(at);
        else if (step.do === 'writeBack') {
          await settle();
          for (const path of disk.paths()) writeBack(view, path);
        } else if (step.do === 'tick') {
          const flushed = log.flush();
          await settle();
          await flushed;
          // The first sets the time for checkpoints, the second writes them.
          for (const laterMs of [61_000, 122_000]) folder.tick(nowMs + laterMs);
          nowMs += 122_000;
        } else {
          await settle(() => prng.chance(0.5));
          folder.close(step.do === 'stop');
          waiting = [];
          if (step.do === 'power') disk.losePower(prng);
          ({ folder, log } = open());
        }
        const { inBatches, known } = epochsOf(log);
        assert.deepEqual(known, inBatches, step.do);
        assert.ok(log.latestEpoch >= (inBatches.at(-1) ?? -1), 'the newest epoch wrote nothing, or the last batch');
      }
    }),
    { numRuns: 600 },
  );
});
