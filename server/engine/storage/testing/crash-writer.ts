// The child process of crash.test.ts: appends as fast as it can to a folder on the real disk and says on its output what was
// acknowledged, until it is killed. Never used by the product.
import { writeSync } from 'node:fs';
import { encodeBatch } from '../../../protocol/records/record.ts';
import { createHostWorld } from '../../host/world.ts';
import { DEFAULT_LOG_CONFIG } from '../log-config.ts';
import { LogFolder } from '../log-folder.ts';

const [folder = '', seed = '0'] = process.argv.slice(2);
const world = createHostWorld({ label: 'writer', onLog: () => undefined });
const config = { ...DEFAULT_LOG_CONFIG, segmentBytes: 200_000, indexIntervalBytes: 1000 };
const logs = LogFolder.open(world, { folder, nodeId: 1, clusterId: 'ABCDEFGHIJKLMNOPQRSTUV', configOf: () => config });
const log = logs.create('crash', 0, 'AAAAAAAAAAAAAAAAAAAAAA', config);
let sequence = log.endOffset;
for (let i = Number(seed); ; i++) {
  const records = Array.from({ length: 1 + (i % 7) }, (_, k) => ({
    timestampMs: Date.now(),
    key: null,
    value: Buffer.alloc(1 + ((i * 131) % 3000), sequence + k),
  }));
  const bytes = encodeBatch({ records, producerId: 5, producerEpoch: 0, baseSequence: sequence });
  const outcome = log.appendAsLeader(bytes, { leaderEpoch: 0, nowMs: Date.now(), origin: 'client' });
  if (outcome.kind !== 'appended') throw new Error(JSON.stringify(outcome));
  sequence += records.length;
  logs.tick(Date.now() + i * 1000);
  writeSync(1, `${outcome.lastOffset}\n`);
}
