// Random histories of consumer groups: whatever happens, no partition is read by two, the log holds what live state holds, and
// once things calm down every partition has a reader.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ErrorCode } from '../../../../protocol/errors.ts';
import { decodeRecord } from '../../records.ts';
import type { ShardState } from '../../state.ts';
import { emptyState, replay } from '../../state.ts';
import { Bench, PARTITIONS } from '../../testing/bench.ts';
import { ConsumerClient, settle } from '../../testing/consumer-client.ts';

type Step =
  | { readonly kind: 'beat' | 'lose' | 'leave' | 'die'; readonly who: number }
  | { readonly kind: 'enter'; readonly assignor: string; readonly topics: readonly string[] }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'grow' | 'restart' | 'refuse' };

const who = fc.nat(5);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('beat' as const), who }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('lose' as const, 'leave' as const, 'die' as const), who }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('enter' as const),
      assignor: fc.constantFrom('uniform', 'range'),
      topics: fc.constantFrom(['orders'], ['trades'], ['orders', 'trades']),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(4000, 20_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('grow' as const, 'restart' as const, 'refuse' as const) }),
  },
);

class History {
  readonly bench: Bench;
  clients: ConsumerClient[] = [];
  #made = 0;
  readonly #lastBeatMs = new Map<ConsumerClient, number>();
  constructor(bench: Bench) {
    this.bench = bench;
  }

  async run(one: Step): Promise<void> {
    const { bench } = this;
    switch (one.kind) {
      case 'enter':
        if (this.clients.length < 5) {
          const { assignor, topics } = one;
          const options = { assignor, topics, rebalanceTimeoutMs: 30_000 };
          this.clients.push(new ConsumerClient(bench, `m${this.#made++}`, options));
        }
        return;
      case 'pass':
        await bench.pass(one.ms);
        this.#giveUp();
        return;
      case 'grow':
        bench.setTopic('orders', Math.min(12, (bench.topics.get('orders')?.partitions ?? 0) + 1));
        return;
      case 'restart':
        return bench.restart();
      case 'refuse':
        bench.store.refusal = ErrorCode.KAFKA_STORAGE_ERROR;
        await this.clients[0]?.beat();
        bench.store.refusal = ErrorCode.NONE;
        return;
      default:
        return this.#act(one.kind, this.clients[one.who % Math.max(1, this.clients.length)]);
    }
  }

  async #act(kind: 'beat' | 'lose' | 'leave' | 'die', client: ConsumerClient | undefined): Promise<void> {
    if (client === undefined) return;
    if (kind === 'beat') {
      await client.beat();
      this.#lastBeatMs.set(client, this.bench.time.nowMs());
    } else if (kind === 'lose') {
      // The request arrives, the answer does not.
      const { epoch, memberId } = client;
      if (epoch > 0) await this.bench.beat({ memberId, memberEpoch: epoch, topicPartitions: client.ownedTopics() });
    } else {
      if (kind === 'leave') await client.leave();
      this.clients = this.clients.filter((one) => one !== client);
    }
  }

  /** A client that heard nothing for the session time-out, or could not give back in time, must take itself for fenced. */
  #giveUp(): void {
    for (const client of this.clients) {
      const silentMs = this.bench.time.nowMs() - (this.#lastBeatMs.get(client) ?? 0);
      if (silentMs < 30_000) continue;
      client.owned.clear();
      client.epoch = 0;
    }
  }

  checkOwners(): void {
    const owners = new Map<string, string>();
    for (const client of this.clients) {
      for (const key of client.owned) {
        assert.equal(owners.get(key), undefined, `${key} is read by ${owners.get(key)} and ${client.memberId}`);
        owners.set(key, client.memberId);
      }
    }
  }
}

function replayed(bench: Bench): ShardState {
  const state = emptyState();
  for (let partition = 0; partition < PARTITIONS; partition++) {
    for (const { key, value } of bench.store.log(partition)) {
      const record = decodeRecord(key, value);
      if (record !== null) replay(state, record);
    }
  }
  return state;
}

test('[CGP-40] whatever members do, no partition is read by two; when it calms down each has one reader, and the log holds it all', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const bench = await Bench.ready();
      const history = new History(bench);
      for (const one of steps) {
        await history.run(one);
        history.checkOwners();
      }
      // The dead are noticed, the living go on.
      for (let i = 0; i < 12; i++) {
        await bench.pass(5000);
        for (const client of history.clients) await client.beat();
        history.checkOwners();
      }
      await settle(...history.clients);
      const read = new Set(history.clients.flatMap(({ owned }) => [...owned]));
      const wanted = new Set(history.clients.flatMap(({ options }) => options.topics ?? []));
      let expected = 0;
      for (const name of wanted) expected += bench.topics.get(name)?.partitions ?? 0;
      assert.equal(read.size, expected);
      if (history.clients.length > 0) assert.equal(bench.describeConsumer().groupState, 'Stable');
      const group = replayed(bench).consumers.get('g');
      const members = bench.describeConsumer().members ?? [];
      assert.equal(group?.members.size ?? 0, members.length);
      for (const member of members) assert.equal(group?.members.get(member.memberId ?? '')?.epoch, member.memberEpoch);
    }),
    { numRuns: 60 },
  );
});
