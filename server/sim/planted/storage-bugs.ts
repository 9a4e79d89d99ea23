// Bugs on purpose in what cleaning and retention take out of a log.
import { WasmCodec } from '../../engine/host/codecs/wasm-codec.ts';
import { CleanedEpochs } from '../../engine/storage/compaction/cleaned-epochs.ts';
import { OffsetMap } from '../../engine/storage/compaction/offset-map.ts';
import { FolderNames } from '../../engine/storage/files/folder-names.ts';
import { PartitionLog } from '../../engine/storage/log/log.ts';
import { CLEANED_EPOCHS } from '../scenarios/cleaned-epochs.ts';
import { type PlantedBug, replace } from './bug.ts';

const KEYED = { keyedWriters: 2 };
const EXPIRING = { expiringProducers: 1 };
const EARLY_MS = 20_000;
const dropNewest = () =>
  replace(
    OffsetMap.prototype,
    'get',
    (old) =>
      function (this: OffsetMap, key) {
        return old.call(this, key) + 1;
      },
  );

export const STORAGE_BUGS: readonly PlantedBug[] = [
  {
    name: 'drops the newest record of a key when it cleans',
    seeds: 3,
    clients: KEYED,
    install: dropNewest,
  },
  {
    name: 'drops the newest offsets of groups when it cleans',
    seeds: 5,
    clients: { groups: 2, membersPerGroup: 2, internalRollMs: '300' },
    install: dropNewest,
  },
  {
    name: 'drops the newest state of transactions when it cleans',
    seeds: 20,
    first: 9,
    needs: { killMs: 3000 },
    clients: { transactors: 2, groups: 0, assignedMembers: 0, internalRollMs: '300' },
    install: dropNewest,
  },
  {
    name: 'writes LZ4 without what comes last',
    seeds: 3,
    first: 2,
    clients: KEYED,
    install: () =>
      replace(
        WasmCodec.prototype,
        'run',
        (old) =>
          function (this: WasmCodec, name, input) {
            return old.call(this, name, name === 'lz4_compress' ? input.subarray(0, -1) : input);
          },
      ),
  },
  {
    name: 'forgets leader epochs whose records it cleans away',
    seeds: 3,
    first: 2,
    scenario: CLEANED_EPOCHS.name,
    install: () => replace(CleanedEpochs.prototype, 'begins', () => () => false),
  },
  {
    name: 'takes it that a file keeps its name because it was flushed',
    seeds: 20,
    needs: { stopMs: 3000, powerLossMs: 3000 },
    install: () => {
      const [remove, removeNow] = [
        replace(FolderNames.prototype, 'flush', () => () => Promise.resolve()),
        replace(FolderNames.prototype, 'flushNow', () => () => {}),
      ];
      return () => {
        remove();
        removeNow();
      };
    },
  },
  {
    name: 'deletes records before their time',
    seeds: 5,
    clients: EXPIRING,
    install: () =>
      replace(
        PartitionLog.prototype,
        'applyRetention',
        (old) =>
          function (this: PartitionLog, nowMs) {
            return old.call(this, nowMs + EARLY_MS);
          },
      ),
  },
  {
    name: 'deletes records that are not committed',
    seeds: 20,
    clients: EXPIRING,
    needs: { killMs: 6000, cutMs: 4000 },
    install: () =>
      replace(
        PartitionLog.prototype,
        'applyRetention',
        (old) =>
          function (this: PartitionLog, nowMs) {
            const { highWatermark } = this;
            this.highWatermark = this.endOffset;
            try {
              return old.call(this, nowMs);
            } finally {
              this.highWatermark = highWatermark;
            }
          },
      ),
  },
];
