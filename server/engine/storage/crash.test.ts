import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readBatchHeader } from '../../protocol/records/batch.ts';
import { decodeRecords } from '../../protocol/records/record.ts';
import { createHostWorld } from '../host/world.ts';
import { DEFAULT_LOG_CONFIG } from './log-config.ts';
import { LogFolder } from './log-folder.ts';

const WRITER = join(import.meta.dirname, 'testing/crash-writer.ts');
const KILLS = 6;

/** Kills the writer once it has acknowledged `appends`; answers the last offset it acknowledged. */
function writeAndKill(folder: string, seed: number, appends: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [WRITER, folder, String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    let lineCount = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      for (const byte of chunk) if (byte === 10) lineCount++;
      if (lineCount >= appends) child.kill('SIGKILL');
    });
    child.on('close', (_code, signal) => {
      const lines = output.split('\n').slice(0, -1);
      if (signal === 'SIGKILL' && lines.length > 0) resolve(Number(lines.at(-1)));
      else reject(new Error(`the writer ended by itself after ${lines.length} appends`));
    });
  });
}

test('[REC-5] after kill -9 under load everything that was acknowledged is there, time after time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'crash-'));
  try {
    for (let round = 0; round < KILLS; round++) {
      const acknowledged = await writeAndKill(folder, round * 3, 40 + round * 60);
      const world = createHostWorld({ label: 'reader', logLevel: 'error', onLog: (line) => assert.fail(line.message) });
      const options = { folder, nodeId: 1, clusterId: 'ABCDEFGHIJKLMNOPQRSTUV', configOf: () => DEFAULT_LOG_CONFIG };
      const logs = LogFolder.open(world, options);
      const log = logs.logs.get('crash-0');
      assert.ok(log);
      assert.ok(log.endOffset > acknowledged, `end ${log.endOffset}, acknowledged ${acknowledged}`);
      let expected = log.startOffset;
      for (const bytes of log.batches(log.startOffset)) {
        const header = readBatchHeader(bytes, 0);
        for (const record of decodeRecords(bytes, 0, header, world.compression, 1 << 20)) {
          assert.equal(record.offset, expected);
          assert.equal(record.value?.[0], expected & 255);
          expected++;
        }
      }
      assert.equal(expected, log.endOffset);
      assert.equal([...log.producers()][0]?.lastSequence, log.endOffset - 1);
      logs.close(round % 2 === 0);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
