import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryNet } from '../../../kernel/memory-net.ts';
import { VirtualTime } from '../../../kernel/virtual-time.ts';
import { NetError, type Socket } from '../../../kernel/world.ts';
import type { LinkRule } from '../../lab.ts';
import { FaultyNet } from './faulty-net.ts';

const PORT = 9;
const CUT = { kind: 'cut' } as const;
const slow = (delayMs: number) => ({ kind: 'delay', delayMs }) as const;
const cut: LinkRule = { port: PORT, out: CUT, back: CUT };

async function settle(time: VirtualTime): Promise<void> {
  for (let i = 0; i < 8; i++) {
    time.runSoon();
    await Promise.resolve();
  }
}

/** A node that opened a connection to another one. */
async function open(links: readonly LinkRule[] = []) {
  const time = new VirtualTime();
  const memory = new MemoryNet((run) => time.soon(run));
  const net = new FaultyNet({ net: memory, timers: time, clock: time });
  const there = { heard: '', isClosed: false, socket: null as Socket | null };
  await net.listen({ host: '127.0.0.1', port: PORT }, (socket) => {
    there.socket = socket;
    socket.onData((bytes) => {
      there.heard += bytes.toString();
    });
    socket.onClose(() => {
      there.isClosed = true;
    });
    socket.onDrain(() => {});
  });
  const connected = net.connect({ host: '127.0.0.1', port: PORT, timeoutMs: 1_000 });
  connected.catch(() => {});
  if (links.length > 0) net.setLinks(links);
  await settle(time);
  const socket = await connected;
  const here = { heard: '', closed: null as string | null, isClosed: false, drains: 0 };
  socket.onData((bytes) => {
    here.heard += bytes.toString();
  });
  socket.onClose((reason) => {
    here.isClosed = true;
    here.closed = reason;
  });
  socket.onDrain(() => {
    here.drains += 1;
  });
  const pass = async (ms: number) => {
    time.advance(ms);
    await settle(time);
  };
  const say = (text: string) => socket.write([Buffer.from(text)]);
  const answer = (text: string) => there.socket?.write([Buffer.from(text)]);
  return { time, net, socket, here, there, pass, say, answer };
}

test('[LNK-1] a sound link carries bytes at once and as they are', async () => {
  const { here, there, say, answer, pass } = await open();
  assert.equal(say('a'), true);
  answer('b');
  await pass(0);
  assert.deepEqual([there.heard, here.heard], ['a', 'b']);
});

test('[LNK-2] over a cut link nothing arrives and nobody is told; when it is healed all of it arrives in order', async () => {
  const { net, here, there, say, answer, pass } = await open();
  net.setLinks([cut]);
  say('one ');
  say('two ');
  answer('back');
  await pass(100_000);
  assert.deepEqual([there.heard, here.heard, here.isClosed, there.isClosed], ['', '', false, false]);
  net.setLinks([]);
  say('three');
  await pass(0);
  assert.deepEqual([there.heard, here.heard], ['one two three', 'back']);
});

test('[LNK-3] a link cut one way carries the other way on', async () => {
  const { net, here, there, say, answer, pass } = await open();
  net.setLinks([{ port: PORT, out: CUT, back: null }]);
  say('lost');
  answer('heard');
  await pass(10);
  assert.deepEqual([there.heard, here.heard], ['', 'heard']);
  net.setLinks([{ port: PORT, out: null, back: CUT }]);
  answer('held');
  await pass(10);
  assert.deepEqual([there.heard, here.heard], ['lost', 'heard']);
});

test('[LNK-4] a slow link delivers everything late, in order, and each way by itself; a change of the delay does not reorder', async () => {
  const { net, here, there, say, answer, pass } = await open();
  net.setLinks([{ port: PORT, out: slow(300), back: slow(50) }]);
  say('1');
  await pass(100);
  say('2');
  answer('b');
  await pass(60);
  assert.deepEqual([there.heard, here.heard], ['', 'b']);
  await pass(140);
  assert.equal(there.heard, '1');
  net.setLinks([{ port: PORT, out: slow(1_000), back: null }]);
  say('3');
  await pass(99);
  assert.equal(there.heard, '1', 'what is under way takes as long as the link does now');
  await pass(901);
  assert.equal(there.heard, '123');
});

test('[LNK-5] connecting over a cut link takes the time that it may take, then ETIMEDOUT; healed in time it connects', async () => {
  const { net, pass } = await open();
  net.setLinks([cut]);
  const outcome = async (timeoutMs: number) => {
    const state = { text: 'waiting' };
    net.connect({ host: '127.0.0.1', port: PORT, timeoutMs }).then(
      () => {
        state.text = 'connected';
      },
      (error: unknown) => {
        state.text = error instanceof NetError ? error.errno : String(error);
      },
    );
    return state;
  };
  const early = await outcome(500);
  const late = await outcome(5_000);
  await pass(499);
  assert.deepEqual([early.text, late.text], ['waiting', 'waiting']);
  await pass(1);
  assert.deepEqual([early.text, late.text], ['ETIMEDOUT', 'waiting']);
  net.setLinks([{ port: PORT, out: slow(1_000), back: slow(1_000) }]);
  await pass(1_499);
  assert.equal(late.text, 'waiting', 'there and back');
  await pass(1);
  assert.equal(late.text, 'connected');
  const other = await outcome(1_999);
  await pass(1_999);
  assert.equal(other.text, 'ETIMEDOUT');
});

test('[LNK-6] what is dropped over a cut link is gone here at once; the other side hears of it when the link is healed', async () => {
  const { net, socket, here, there, pass } = await open();
  net.setLinks([cut]);
  socket.destroy();
  await pass(10);
  assert.deepEqual([here.isClosed, there.isClosed], [true, false]);
  net.setLinks([]);
  await pass(0);
  assert.equal(there.isClosed, true);
});

test('[LNK-6] the other side’s end is heard after all it had said, when the link carries it', async () => {
  const { net, here, there, answer, pass } = await open();
  net.setLinks([cut]);
  answer('last words');
  there.socket?.end();
  await pass(60_000);
  assert.deepEqual([here.heard, here.isClosed], ['', false]);
  net.setLinks([]);
  await pass(0);
  assert.deepEqual([here.heard, here.isClosed, here.closed], ['last words', true, null]);
});

test('[LNK-7] as much waits as a socket would hold: then the writer is told to stop, and to go on once the link carries', async () => {
  const { net, socket, here, there, pass } = await open();
  net.setLinks([cut]);
  const piece = Buffer.alloc(300_000, 'x');
  const taken = [1, 2, 3, 4, 5].map(() => socket.write([piece]));
  assert.deepEqual(taken, [true, true, true, false, false]);
  net.setLinks([]);
  await pass(0);
  assert.deepEqual([there.heard.length, here.drains], [5 * 300_000, 1]);
  socket.end();
  await pass(0);
  assert.equal(there.isClosed, true);
});
