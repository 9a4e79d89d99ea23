// Proves the command that people copy from the reset dialog.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shellWord } from '../ui/shell-word.ts';
import { resetCommand } from './reset-command.ts';

const base = { bootstrapServers: ['a:1', 'b:2'], groupId: 'g', topic: 't', partitions: null };

test('[WEB-60] each strategy has its own flag of kafka-consumer-groups.sh', () => {
  assert.match(
    resetCommand({ ...base, strategy: { to: 'earliest' } }),
    /--bootstrap-server a:1,b:2[\s\S]*--group g --topic t[\s\S]*--reset-offsets --to-earliest --execute/,
  );
  assert.match(resetCommand({ ...base, strategy: { to: 'latest' } }), /--to-latest/);
  assert.match(resetCommand({ ...base, strategy: { to: 'shift', by: -5 } }), /--shift-by -5/);
  assert.match(
    resetCommand({ ...base, strategy: { to: 'timestamp', timestampMs: 0 } }),
    /--to-datetime 1970-01-01T00:00:00.000Z/,
  );
  assert.match(
    resetCommand({ ...base, partitions: [0, 2], strategy: { to: 'offset', offset: 7 } }),
    /--topic t:0,2[\s\S]*--to-offset 7/,
  );
});

test('[WEB-60] a group name never becomes shell', () => {
  assert.equal(shellWord('billing-1'), 'billing-1');
  assert.equal(shellWord(`a'; rm -rf $HOME`), `'a'\\''; rm -rf $HOME'`);
});
