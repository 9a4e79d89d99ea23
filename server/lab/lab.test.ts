import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterLab, LabFaults, LabNode } from '../engine/cluster.ts';
import { FaultBoard } from '../engine/host/faults/fault-board.ts';
import { LabView } from '../live/contract/lab.ts';
import { createLab, type LabControl, LabRefusal } from './lab.ts';
import type { Placement } from './placement.ts';

/** Three brokers and a controller whose states are set at once, partitions that follow, and a clock that jumps to the next timer. */
class FakeCluster implements ClusterLab {
  readonly log: string[] = [];
  readonly #nodes = new Map<number, LabNode>();
  #listener: (node: LabNode) => void = () => undefined;
  nowMs = 1_000;
  timers: { readonly atMs: number; readonly run: () => void }[] = [];
  /** A broker that was started again is in sync after this many readings. */
  readingsUntilInSync = 3;
  startError: Error | null = null;
  #behind = new Map<number, number>();

  constructor() {
    for (const id of [1, 2, 3, 3000]) {
      this.#nodes.set(id, {
        id,
        role: id === 3000 ? 'controller' : 'broker',
        state: 'running',
        reason: null,
        address: null,
        rack: null,
      });
    }
  }
  readonly unregistered: number[] = [];
  unregister = async (id: number) => {
    this.unregistered.push(id);
  };
  nodes = () => [...this.#nodes.values()];
  onChange(listener: (node: LabNode) => void) {
    this.#listener = listener;
    return () => undefined;
  }
  become(id: number, state: LabNode['state'], reason: string | null = null): void {
    const node = { ...(this.#nodes.get(id) as LabNode), state, reason };
    this.#nodes.set(id, node);
    this.log.push(`${id} ${state}`);
    this.#listener(node);
  }
  stop = async (id: number) => {
    this.become(id, 'stopping');
    this.become(id, 'stopped', 'stopped');
  };
  kill = async (id: number) => this.become(id, 'stopped', 'killed');
  start = async (id: number) => {
    this.become(id, 'starting');
    this.nowMs += 40;
    if (this.startError !== null) throw this.startError;
    this.#behind.set(id, this.readingsUntilInSync);
    this.become(id, 'running');
  };
  freeze = async (id: number) => this.become(id, 'frozen');
  thaw = async (id: number) => this.become(id, 'running');
  wipe = async (id: number) => {
    this.log.push(`${id} wiped`);
  };
  clients = async () => [];
  addBroker = async () => {
    const id = Math.max(...this.nodes().flatMap((node) => (node.role === 'broker' ? [node.id] : []))) + 1;
    this.#nodes.set(id, { id, role: 'broker', state: 'starting', reason: null, address: null, rack: null });
    this.become(id, 'running');
    return id;
  };
  removeBroker = async (id: number) => {
    this.log.push(`${id} removed`);
    this.#nodes.delete(id);
  };
  readonly #board = new FaultBoard({ nowMs: () => this.nowMs, portOf: (id) => id, onChange: () => undefined });
  readonly faults: LabFaults = {
    links: [],
    diskOf: (id) => this.#board.diskOf(id),
    rules: () => this.#board.rules(),
    setLink: (from, to, fault) => this.#board.setLink(from, to, fault),
    setDisk: (id, disk) => this.#board.setDisk(id, disk),
    addRule: (order, durationMs) => this.#board.addRule(order, durationMs).id,
    endRule: (id) => this.#board.endRule(id),
    endAll: () => this.#board.endAll(),
    nameOfError: (code) => `ERROR_${code}`,
    apis: [],
  };
  placement = async (): Promise<Placement> => {
    this.nowMs += 1;
    const brokerIds = this.nodes().flatMap(({ id, role, state }) =>
      role === 'broker' && state === 'running' ? [id] : [],
    );
    const inSyncReplicas = brokerIds.filter((id) => {
      const left = this.#behind.get(id) ?? 0;
      this.#behind.set(id, Math.max(0, left - 1));
      return left === 0;
    });
    const leader = inSyncReplicas[0] ?? null;
    const partition = { partition: 0, leader, leaderEpoch: leader, replicas: [1, 2, 3], inSyncReplicas };
    return { sampledAtMs: this.nowMs, brokerIds, topics: [{ name: 'a', partitions: [partition] }] };
  };
  clock = {
    nowMs: () => this.nowMs,
    after: (delayMs: number, run: () => void) => {
      const timer = { atMs: this.nowMs + delayMs, run };
      this.timers.push(timer);
      return () => {
        this.timers = this.timers.filter((each) => each !== timer);
      };
    },
  };
  /** Runs the next timer and everything that follows from it. */
  async step(): Promise<void> {
    const next = this.timers.sort((left, right) => left.atMs - right.atMs).shift();
    if (next === undefined) return;
    this.nowMs = Math.max(this.nowMs, next.atMs);
    next.run();
    await new Promise((resolve) => setImmediate(resolve));
  }
  async stepUntil(isDone: () => boolean): Promise<void> {
    for (let i = 0; i < 5_000 && !isDone(); i++) await this.step();
    assert.ok(isDone(), 'never came about');
  }
}

async function open() {
  const cluster = new FakeCluster();
  const lab = createLab({
    nodes: cluster,
    placement: cluster.placement,
    unregister: cluster.unregister,
    clock: cluster.clock,
  });
  await cluster.step();
  const watch = lab.watch(() => undefined);
  const sentences = () => watch.read().events.map(({ sentence }) => sentence);
  return { cluster, lab, watch, sentences };
}

test('[LAB-3] the timeline tells what was done to a node, then what the cluster made of it and how long after, with causes', async () => {
  const { cluster, lab, watch } = await open();
  await lab.act('kill', 1);
  await cluster.step();
  const [killed, gone, moved, left] = watch.read().events;
  assert.deepEqual(
    [killed?.sentence, killed?.source, killed?.cause],
    ['Broker 1 was killed.', 'lab', 'asked for in the lab'],
  );
  assert.deepEqual([gone?.sentence, gone?.source], ['Broker 1 left the cluster.', 'cluster']);
  assert.deepEqual([moved?.sentence, moved?.partitions], ['Broker 2 leads 1 partition that broker 1 led.', ['a-0']]);
  assert.equal(left?.sentence, 'Broker 1 is out of sync for 1 partition.');
  assert.match(moved?.cause ?? '', /^broker 1 was killed just before$/);
  cluster.become(2, 'failed', 'out of memory\n at a stack');
  const failed = watch.read().events.at(-1);
  assert.deepEqual(
    [failed?.sentence, failed?.level, failed?.cause],
    ['Broker 2 failed: out of memory.', 'critical', 'by itself'],
  );
  const row = watch.read().nodes[1];
  assert.deepEqual([row?.state, row?.reason, row?.sinceMs], ['failed', 'out of memory\n at a stack', cluster.nowMs]);
  await lab.close();
});

test('[LAB-4] the view counts partitions, says what each broker leads, holds and holds alone, and when it last looked', async () => {
  const { cluster, lab, watch } = await open();
  await lab.act('stop', 1);
  await lab.act('stop', 2);
  await cluster.step();
  const view = watch.read();
  assert.deepEqual(view.partitions, { total: 1, leaderless: 0, underReplicated: 1 });
  assert.deepEqual(
    view.nodes.map(({ leaders, replicas, onlyReplicas }) => [leaders, replicas, onlyReplicas]),
    [
      [0, 1, 0],
      [0, 1, 0],
      [1, 1, 1],
      [0, 0, 0],
    ],
  );
  assert.equal(view.freshness.sampledAtMs, cluster.nowMs);
  await lab.close();
});

test('[LAB-5] restart stops what runs and starts it; wipe empties a broker in between', async () => {
  const { cluster, lab } = await open();
  await lab.act('restart', 3000);
  await lab.act('freeze', 2);
  await lab.act('wipe', 2);
  await lab.act('kill', 3);
  await lab.act('restart', 3);
  const life = (id: number) =>
    cluster.log.filter((line) => line.startsWith(`${id} `)).map((line) => line.split(' ')[1]);
  assert.deepEqual(life(3000), ['stopping', 'stopped', 'starting', 'running']);
  assert.deepEqual(life(2), ['frozen', 'stopping', 'stopped', 'wiped', 'starting', 'running']);
  assert.deepEqual(life(3), ['stopped', 'starting', 'running']);
  await assert.rejects(lab.act('stop', 9), (error) => error instanceof LabRefusal && /no node 9/.test(error.message));
  await lab.close();
});

test('[LAB-6] a rolling restart takes the brokers in turn, each only when all replicas were in sync twice in a row', async () => {
  const { cluster, lab, watch, sentences } = await open();
  assert.equal(lab.rollingRestart(), 3);
  assert.throws(() => lab.rollingRestart(), LabRefusal);
  assert.equal(watch.read().action?.total, 3);
  let waited = 0;
  await cluster.stepUntil(() => {
    const { action } = watch.read();
    if (action?.step === 'waiting' && action.done > 0) waited = Math.max(waited, action.waitsForPartitions);
    const down = cluster.nodes().filter(({ role, state }) => role === 'broker' && state !== 'running').length;
    assert.ok(down <= 1, 'never two brokers at once');
    return action === null;
  });
  assert.deepEqual(
    cluster.log.filter((line) => / (stopped|running)$/.test(line)),
    ['1 stopped', '1 running', '2 stopped', '2 running', '3 stopped', '3 running'],
  );
  assert.equal(waited, 1, 'it saw the partition out of sync');
  assert.match(sentences().at(-1) ?? '', /^The rolling restart is done: 3 of 3 brokers restarted in \d+\.\d s\.$/);
  await lab.close();
});

test('[LAB-7] a rolling restart is cancelled between brokers, never with one down; a broker that does not return ends it', async () => {
  const { cluster, lab, watch, sentences } = await open();
  cluster.readingsUntilInSync = 50;
  assert.equal(lab.cancel(), false);
  lab.rollingRestart();
  await cluster.stepUntil(() => (watch.read().action?.done ?? 0) === 1);
  assert.equal(lab.cancel(), true);
  assert.equal(watch.read().action?.isCancelling, true);
  await cluster.stepUntil(() => watch.read().action === null);
  assert.ok(cluster.nodes().every(({ state }) => state === 'running'));
  assert.match(sentences().at(-1) ?? '', /cancelled: 1 of 3 brokers restarted/);

  cluster.readingsUntilInSync = 0;
  cluster.startError = new Error('port 9092 is taken');
  lab.rollingRestart();
  await cluster.stepUntil(() => watch.read().action === null);
  assert.match(sentences().at(-1) ?? '', /ended early: port 9092 is taken; 0 of 3 brokers restarted/);
  assert.throws(() => lab.rollingRestart(), /Broker 1 is starting: start it first/);
  await lab.close();
});

test('[LAB-8] replicas that never come back in sync end a rolling restart after ten minutes', async () => {
  const { cluster, lab, watch, sentences } = await open();
  cluster.readingsUntilInSync = 1_000_000;
  const startedAtMs = cluster.nowMs;
  lab.rollingRestart();
  await cluster.stepUntil(() => watch.read().action === null);
  assert.match(sentences().at(-1) ?? '', /ended early: 1 partitions? .* 10 minutes; 1 of 3/);
  assert.ok(cluster.nowMs - startedAtMs < 700_000);
  await lab.close();
});

test('[LAB-9] when no broker answers the view says so and keeps what it knew; at most 200 events are kept', async () => {
  const cluster = new FakeCluster();
  let isDown = false;
  const placement = () => (isDown ? Promise.reject(new Error('No broker answers.')) : cluster.placement());
  const lab: LabControl = createLab({
    nodes: cluster,
    placement,
    unregister: cluster.unregister,
    clock: cluster.clock,
  });
  await cluster.step();
  let changes = 0;
  const watch = lab.watch(() => changes++);
  isDown = true;
  await cluster.step();
  assert.deepEqual(watch.read().problems, [{ brokerId: null, sentence: 'No broker answers.' }]);
  assert.equal(watch.read().partitions?.total, 1);
  isDown = false;
  await cluster.step();
  assert.deepEqual(watch.read().problems, []);
  for (let i = 0; i < 300; i++) await lab.act(i % 2 === 0 ? 'freeze' : 'thaw', 3);
  const { events } = watch.read();
  assert.deepEqual([events.length, events.at(-1)?.sentence], [200, 'Broker 3 was thawed.']);
  const seen = changes;
  watch.close();
  await lab.act('freeze', 3);
  assert.equal(changes, seen, 'a closed watch hears nothing');
  await lab.close();
  assert.equal(cluster.timers.length, 0, 'no timer is left');
});

test('[LAB-16] a broker is added; one that holds replicas is not removed and the refusal says what it holds; an empty one is stopped, unregistered and forgotten', async () => {
  const { cluster, lab, watch, sentences } = await open();
  assert.equal(await lab.addBroker('z'), 4);
  await cluster.step();
  assert.ok(watch.read().nodes.some(({ id }) => id === 4));
  assert.ok(watch.read().events.some(({ nodeId, cause }) => nodeId === 4 && cause === 'added in the lab'));
  const before = cluster.log.length;
  await assert.rejects(
    lab.removeBroker(2),
    (error) => error instanceof LabRefusal && /^Broker 2 holds replicas of a-0: drain it first/.test(error.message),
  );
  assert.deepEqual([cluster.log.length, cluster.unregistered], [before, []], 'nothing was touched');
  await lab.removeBroker(4);
  assert.deepEqual(cluster.log.slice(-3), ['4 stopping', '4 stopped', '4 removed']);
  assert.deepEqual(cluster.unregistered, [4]);
  assert.ok(sentences().includes('Broker 4 was removed from the cluster.'));
  assert.ok(!watch.read().nodes.some(({ id }) => id === 4));
  await assert.rejects(lab.removeBroker(3000), LabRefusal);
  await lab.close();
});

test('[LAB-19] brokers come and go one at a time, and no rolling restart begins meanwhile', async () => {
  const { cluster, lab } = await open();
  const add = cluster.addBroker;
  let serve: () => void = () => undefined;
  cluster.addBroker = async () => {
    await new Promise<void>((resolve) => {
      serve = resolve;
    });
    return add();
  };
  const adding = lab.addBroker(null);
  const isAdding = (error: unknown) => error instanceof LabRefusal && /A broker is being added/.test(error.message);
  await assert.rejects(lab.addBroker(null), isAdding);
  await assert.rejects(lab.removeBroker(3), isAdding);
  assert.throws(() => lab.rollingRestart(), isAdding);
  serve();
  assert.equal(await adding, 4);
  const removing = lab.removeBroker(4);
  assert.throws(() => lab.rollingRestart(), /A broker is being removed/);
  await removing;
  await lab.close();
});

test('[LAB-17] faults are told with their cause when they begin and end, by hand or by themselves, and count as cause of what follows', async () => {
  const { cluster, lab, watch, sentences } = await open();
  const order = {
    clientId: '*',
    api: 'Produce',
    topic: 'orders-*',
    action: { kind: 'delay', delayMs: 300 },
    times: null,
  } as const;
  const id = lab.addFault(order, 10_000);
  assert.equal(sentences().at(-1), 'A fault rule began: Produce of orders-* takes 300 ms longer.');
  const [row] = watch.read().faults;
  assert.deepEqual([row?.id, row?.hits, row?.left, row?.endsAtMs], [id, 0, null, (row?.setAtMs ?? 0) + 10_000]);
  lab.addFault({ ...order, clientId: 'app', action: { kind: 'error', errorCode: 6 }, times: 1 }, 60_000);
  assert.equal(watch.read().faults[1]?.sentence, 'Produce of orders-* from app is answered ERROR_6, once');
  cluster.nowMs += 10_000;
  await cluster.step();
  const ended = watch.read().events.at(-1);
  assert.deepEqual(
    [ended?.sentence, ended?.cause],
    ['A fault rule ended: Produce of orders-* takes 300 ms longer.', 'its time was over'],
  );
  assert.equal(watch.read().faults.length, 1);
  lab.slowDisk(2, { appendMs: 20, flushMs: 0 });
  assert.match(sentences().at(-1) ?? '', /^Broker 2 got a slow disk: 20 ms more/);
  assert.deepEqual(watch.read().nodes[1]?.slowDisk, { appendMs: 20, flushMs: 0 });
  lab.setLink(1, 2, { kind: 'cut', oneWay: true });
  assert.equal(sentences().at(-1), 'The link from broker 1 to broker 2 was cut.');
  await lab.act('kill', 3);
  assert.equal(lab.endAllFaults(), 3);
  assert.deepEqual([watch.read().faults, watch.read().nodes[1]?.slowDisk], [[], null]);
  await lab.close();
});

test('[CON-13] the lab’s view, with an action, faults and what followed, is what is declared', async () => {
  const { cluster, lab, watch } = await open();
  const fits = () => LabView.parse(watch.read());
  fits();
  lab.setLink(1, 2, { kind: 'delay', delayMs: 20, oneWay: true });
  lab.slowDisk(3, { appendMs: 5, flushMs: 50 });
  lab.addFault({ clientId: 'x-*', api: 'Produce', topic: null, action: { kind: 'drop' }, times: 3 }, 10_000);
  await lab.act('kill', 1);
  await cluster.step();
  fits();
  await lab.act('start', 1);
  await cluster.stepUntil(() => watch.read().partitions?.underReplicated === 0);
  lab.rollingRestart();
  await cluster.step();
  const { action, faults, events } = fits();
  assert.ok(action !== null && faults.length === 1 && events.length > 3);
  assert.throws(() => LabView.parse({ ...watch.read(), nodes: [{ id: 1 }] }));
  lab.cancel();
  await cluster.stepUntil(() => watch.read().action === null);
  await lab.close();
});
