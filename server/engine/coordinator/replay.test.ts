// DESIGN's three free tests, over random histories: what live state holds is what the log holds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ErrorCode } from '../../protocol/errors.ts';
import type { GroupDescription } from './group/classic/describe.ts';
import { describe } from './group/classic/describe.ts';
import type { ClassicGroup } from './group/classic/group.ts';
import { toMetadata } from './group/classic/persist.ts';
import type { CoordinatorRecord } from './records.ts';
import { decodeRecord, encodeRecord } from './records.ts';
import type { ShardState } from './state.ts';
import { emptyState, groupRecord, replay } from './state.ts';
import type { JoinAnswer, Pending, SyncAnswer } from './testing/bench.ts';
import { Bench, PARTITIONS } from './testing/bench.ts';

type MemberStep =
  | { readonly kind: 'join' | 'sync' | 'heartbeat' | 'leave'; readonly who: number }
  | { readonly kind: 'commit'; readonly who: number; readonly offset: number };
type Step =
  | MemberStep
  | { readonly kind: 'static'; readonly desk: number }
  | { readonly kind: 'simple'; readonly offset: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'enter' }
  | { readonly kind: 'everyone' }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'restart' }
  | { readonly kind: 'delete' };

const who = fc.nat(5);
const offset = fc.nat(1000);
const of = <K extends string>(...kinds: K[]) => fc.constantFrom(...kinds);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: of('join', 'sync', 'heartbeat', 'leave'), who }) },
  { weight: 2, arbitrary: fc.record({ kind: of('commit'), who, offset }) },
  { weight: 1, arbitrary: fc.record({ kind: of('simple'), offset }) },
  { weight: 1, arbitrary: fc.record({ kind: of('static'), desk: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ kind: of('pass'), ms: fc.constantFrom(0, 0, 3000, 11_000, 61_000) }) },
  { weight: 3, arbitrary: fc.record({ kind: of('enter') }) },
  { weight: 5, arbitrary: fc.record({ kind: of('everyone') }) },
  { weight: 1, arbitrary: fc.record({ kind: of('refuse', 'restart', 'delete') }) },
) as fc.Arbitrary<Step>;

/** One client as it knows itself. */
interface Client {
  memberId: string;
  readonly instanceId: string | null;
  join: Pending<JoinAnswer> | null;
  sync: Pending<SyncAnswer> | null;
  generation: number;
  /** Generation and partitions of its last successful sync. */
  /** As whom and in which generation the last SyncGroup was sent: what its answer is about. */
  syncedAs: { readonly memberId: string; readonly generation: number };
  owned: { readonly memberId: string; readonly generation: number; readonly part: string } | null;
}

class History {
  readonly bench: Bench;
  readonly clients: Client[] = [];
  /** How often a stable group of several members was compared with its log. */
  stableChecks = 0;
  constructor(bench: Bench) {
    this.bench = bench;
  }

  async run(step: Step): Promise<void> {
    const { bench } = this;
    if (step.kind === 'refuse') {
      // Writes of the next step are refused; they must leave no trace.
      bench.store.refusal = ErrorCode.KAFKA_STORAGE_ERROR;
      return;
    }
    await this.#runOther(step);
    bench.store.refusal = ErrorCode.NONE;
  }

  async #runOther(step: Step): Promise<void> {
    const { bench } = this;
    if (step.kind === 'pass') return bench.pass(step.ms);
    if (step.kind === 'restart') return this.#restart();
    if (step.kind === 'delete') return void (await bench.deleteGroups('g'));
    if (step.kind === 'refuse') return;
    if (step.kind === 'simple') return void (await bench.commit(positions(step.offset)));
    if (step.kind === 'static') return this.#join(this.#clientAt(`desk${step.desk}`), '');
    if (step.kind === 'enter') return this.#enter();
    if (step.kind === 'everyone') return this.#everyone();
    const client = this.clients[step.who % Math.max(1, this.clients.length)];
    if (client === undefined) return;
    await this.#act(client, step);
  }

  async #enter(): Promise<void> {
    if (this.clients.length < 6) await this.#join(this.#newClient(null));
  }

  /** A whole round as well-behaved clients do it: all join, all sync. */
  async #everyone(): Promise<void> {
    for (const client of this.clients) await this.#join(client);
    await this.bench.pass(0);
    this.listen();
    for (const client of this.clients) await this.#act(client, { kind: 'sync', who: 0 });
  }

  async #act(client: Client, step: MemberStep): Promise<void> {
    const { bench } = this;
    const { memberId, instanceId: groupInstanceId, generation } = client;
    if (step.kind === 'join') await this.#join(client);
    else if (step.kind === 'sync') {
      const led = client.join?.answer?.members ?? [];
      const assignments = led.map((member, i) => ({
        memberId: member.memberId ?? '',
        assignment: Buffer.from(`part ${i}`),
      }));
      client.syncedAs = { memberId, generation };
      client.sync = await bench.sync({ memberId, groupInstanceId, generationId: generation, assignments });
    } else if (step.kind === 'heartbeat') bench.heartbeat(memberId, generation, groupInstanceId);
    else if (step.kind === 'leave') await bench.leave({ members: [{ memberId, groupInstanceId }] });
    else if (step.kind === 'commit') {
      const who = { memberId, groupInstanceId, generationIdOrMemberEpoch: generation };
      await bench.commit({ ...who, ...positions(step.offset) });
    }
  }

  /** Joins as real clients do: with the id it has, or with the one it is told. */
  async #join(client: Client, memberId = client.memberId): Promise<void> {
    const request = { groupInstanceId: client.instanceId, rebalanceTimeoutMs: 20_000 };
    client.join = await this.bench.join({ ...request, memberId });
    const { answer } = client.join;
    if (answer?.errorCode !== ErrorCode.MEMBER_ID_REQUIRED) return;
    client.memberId = answer.memberId ?? '';
    client.join = await this.bench.join({ ...request, memberId: client.memberId });
  }
  #clientAt(instanceId: string): Client {
    return this.clients.find((client) => client.instanceId === instanceId) ?? this.#newClient(instanceId);
  }
  #newClient(instanceId: string | null): Client {
    const client = {
      memberId: '',
      instanceId,
      join: null,
      sync: null,
      generation: -1,
      syncedAs: { memberId: '', generation: -1 },
      owned: null,
    };
    this.clients.push(client);
    return client;
  }

  /** Clients take note of the answers that came meanwhile. */
  listen(): void {
    for (const client of this.clients) {
      const joined = client.join?.answer;
      if (joined?.errorCode === ErrorCode.NONE) {
        client.memberId = joined.memberId ?? '';
        client.generation = joined.generationId ?? -1;
      }
      const isOut =
        joined?.errorCode === ErrorCode.UNKNOWN_MEMBER_ID || joined?.errorCode === ErrorCode.FENCED_INSTANCE_ID;
      if (isOut) client.memberId = '';
      const synced = client.sync?.answer;
      if (synced === null || synced === undefined) continue;
      client.sync = null;
      const part = String(synced.assignment);
      if (synced.errorCode === ErrorCode.NONE) client.owned = { ...client.syncedAs, part };
    }
  }

  async #restart(): Promise<void> {
    // Where the log refuses writes, the broker could not start either.
    this.bench.store.refusal = ErrorCode.NONE;
    await this.bench.restart();
  }
}

const positions = (committedOffset: number) => ({
  topics: [{ name: 'orders', partitions: [{ partitionIndex: committedOffset % 6, committedOffset }] }],
});

function stateFromLog(bench: Bench): ShardState {
  const state = emptyState();
  for (let partition = 0; partition < PARTITIONS; partition++) {
    for (const { key, value } of bench.store.log(partition)) {
      const record = decodeRecord(key, value);
      if (record !== null) replay(state, record);
    }
  }
  return state;
}

function offsetsOf(state: ShardState) {
  const found = [];
  for (const groupId of state.offsets.groupIds()) {
    for (const [topic, partitions] of state.offsets.topics(groupId))
      found.push([groupId, topic, [...partitions].sort()]);
  }
  return found.sort();
}

function* snapshot(state: ShardState): Generator<CoordinatorRecord> {
  for (const groupId of state.offsets.groupIds()) {
    for (const [topic, partitions] of state.offsets.topics(groupId)) {
      for (const [partition, committed] of partitions) yield { kind: 'offset', groupId, topic, partition, committed };
    }
  }
  for (const group of state.groups.values()) if (group.generation > 0) yield groupRecord(group);
}

async function checkAgainstLog(history: History): Promise<void> {
  const { bench } = history;
  const logged = stateFromLog(bench);
  const live: GroupDescription & { errorCode?: number } = (await bench.describe()) as never;
  const group = logged.groups.get('g');
  const isAtRest = live.groupState === 'Stable' || live.groupState === 'Empty';
  if (live.groupState === 'Stable' && live.members.length > 1) history.stableChecks++;
  assert.ok(live.groupState !== 'Stable' || group !== undefined, 'a stable group has a record');
  if (isAtRest && group !== undefined) {
    assert.deepEqual({ ...live, errorCode: undefined, groupId: undefined }, described(group));
  }
  const answer = await bench.fetch({ groups: [{ groupId: 'g', topics: null }] });
  const fetched = (answer.groups?.[0]?.topics ?? []).flatMap(({ partitions }) =>
    (partitions ?? []).map(({ partitionIndex, committedOffset }) => [partitionIndex, committedOffset]),
  );
  const kept = [...(logged.offsets.topics('g').get('orders') ?? [])].map(([index, { offset }]) => [index, offset]);
  assert.deepEqual(fetched.sort(), kept.sort());
  const rebuilt = emptyState();
  for (const record of snapshot(logged)) {
    const { key, value } = encodeRecord(record, 0);
    const decoded = decodeRecord(key, value);
    if (decoded !== null) replay(rebuilt, decoded);
  }
  assert.deepEqual(offsetsOf(rebuilt), offsetsOf(logged));
  const restGroups = (state: ShardState) =>
    [...state.groups.values()].filter(({ generation }) => generation > 0).map(toMetadata);
  assert.deepEqual(restGroups(rebuilt), restGroups(logged));
}

const described = (group: ClassicGroup) => ({ ...describe(group), errorCode: undefined, groupId: undefined });

/** Members that hold an assignment of the same generation hold different parts of it. Generations of a group made anew begin anew. */
async function checkOwners(history: History): Promise<void> {
  const { members = [] } = (await history.bench.describe()) as { members?: readonly { memberId?: string }[] };
  const present = new Set(members.map((member) => member.memberId));
  const owners = new Set<string>();
  const byMember = new Map<string, string>();
  for (const { instanceId, owned } of history.clients) {
    if (owned === null || owned.part === '' || instanceId !== null || !present.has(owned.memberId)) continue;
    byMember.set(owned.memberId, `${owned.generation} ${owned.part}`);
  }
  for (const owner of byMember.values()) {
    assert.ok(!owners.has(owner), `two members own ${owner}`);
    owners.add(owner);
  }
}

test('[GRP-32] after any history, live groups and offsets equal the log replayed, a snapshot rebuilds them, and each part has one owner', async () => {
  let stableChecks = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
      const history = new History(await Bench.ready());
      for (const next of steps) {
        await history.run(next);
        await history.bench.settle();
        history.listen();
        await checkAgainstLog(history);
        await checkOwners(history);
      }
      stableChecks += history.stableChecks;
      // Nothing may stay parked for ever: sessions and rebalances end.
      history.bench.store.refusal = ErrorCode.NONE;
      await history.bench.pass(1_000_000);
      for (const { join, sync } of history.clients) {
        assert.ok(join === null || !join.isParked, 'a join is still parked');
        assert.ok(sync === null || !sync.isParked, 'a sync is still parked');
      }
    }),
    { numRuns: 120 },
  );
  assert.ok(stableChecks > 300, `only ${stableChecks} checks of a stable group of several: the histories say nothing`);
});

test('[GRP-32] the comparison is alive: a lost record is noticed', async () => {
  const history = new History(await Bench.ready());
  await history.run({ kind: 'simple', offset: 7 });
  await checkAgainstLog(history);
  for (const log of history.bench.store.logs.values()) log.pop();
  await assert.rejects(checkAgainstLog(history), assert.AssertionError);

  const members = new History(await Bench.ready());
  await members.bench.stable(2);
  await checkAgainstLog(members);
  for (const log of members.bench.store.logs.values()) log.pop();
  await assert.rejects(checkAgainstLog(members), assert.AssertionError);
});
