import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FaultOrder } from '../../lab.ts';
import { NodeStateError } from '../node-slot.ts';
import { FaultBoard, MAX_RULES } from './fault-board.ts';

function open() {
  const state = { nowMs: 1_000, changes: 0 };
  const board = new FaultBoard({
    nowMs: () => state.nowMs,
    portOf: (id) => (id === 4 ? null : 9_000 + id),
    onChange: () => {
      state.changes += 1;
    },
  });
  return { board, state };
}
const order: FaultOrder = { clientId: '*', api: 'Produce', topic: null, action: { kind: 'drop' }, times: null };
const isRefused = (text: RegExp) => (error: unknown) => error instanceof NodeStateError && text.test(error.message);

test('[FBD-1] each end of a faulty link gets its own view of both ways; one fault a pair, healed both ways', () => {
  const { board } = open();
  const delay = { kind: 'delay', delayMs: 50 } as const;
  board.setLink(1, 2, { kind: 'cut', oneWay: true });
  board.setLink(3000, 1, { ...delay, oneWay: false });
  assert.deepEqual(board.faultsOf(1).links, [
    { port: 9_002, out: { kind: 'cut' }, back: null },
    { port: 12_000, out: delay, back: delay },
  ]);
  assert.deepEqual(board.faultsOf(2).links, [{ port: 9_001, out: null, back: { kind: 'cut' } }]);
  board.setLink(2, 1, { kind: 'cut', oneWay: false });
  assert.deepEqual(board.links.length, 2);
  assert.deepEqual(board.faultsOf(2).links, [{ port: 9_001, out: { kind: 'cut' }, back: { kind: 'cut' } }]);
  board.setLink(1, 2, null);
  assert.deepEqual(board.faultsOf(2).links, []);
  board.setLink(1, 4, { kind: 'cut', oneWay: false });
  assert.deepEqual(board.faultsOf(1).links.length, 1, 'a node without an address yet cannot be cut off');
  board.forget(3000);
  assert.deepEqual(board.faultsOf(1).links, []);
});

test('[FBD-2] values out of range are refused with the range, and a node has no link to itself', () => {
  const { board, state } = open();
  assert.throws(() => board.setLink(1, 1, null), isRefused(/no link to itself/));
  assert.throws(
    () => board.setLink(1, 2, { kind: 'delay', delayMs: 60_001, oneWay: false }),
    isRefused(/1 to 60000 ms/),
  );
  assert.throws(() => board.setDisk(1, { appendMs: 1_001, flushMs: 0 }), isRefused(/append is 0 to 1000 ms/));
  assert.throws(() => board.setDisk(1, { appendMs: 0, flushMs: -1 }), isRefused(/flush is 0 to 10000 ms/));
  assert.throws(() => board.addRule(order, 3_600_001), isRefused(/1 to 3600000 ms/));
  assert.equal(state.changes, 0);
});

test('[FBD-3] rules are bounded in number, end by time, by use, one by one and all together', () => {
  const { board, state } = open();
  for (let i = 0; i < MAX_RULES; i++) board.addRule(order, 500 + i);
  assert.throws(() => board.addRule(order, 500), isRefused(/32 fault rules are in force/));
  state.nowMs = 1_500;
  assert.equal(board.rules().length, MAX_RULES - 1);
  const [first, second] = board.rules();
  Atomics.store(first?.rule.left as Int32Array<SharedArrayBuffer>, 0, 0);
  assert.equal(board.rules().length, MAX_RULES - 2);
  assert.equal(board.endRule(second?.rule.id ?? 0), true);
  assert.equal(board.endRule(second?.rule.id ?? 0), false);
  board.setDisk(1, { appendMs: 1, flushMs: 0 });
  board.setLink(1, 2, { kind: 'cut', oneWay: false });
  assert.equal(board.endAll(), MAX_RULES - 3 + 2);
  assert.deepEqual([board.rules(), board.links, board.diskOf(1)], [[], [], null]);
  assert.equal(board.endAll(), 0);
});
