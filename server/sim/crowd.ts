// The clients of a run: who there is, by its options; how they are started and told to come to an end.
import { Admin } from './clients/admin.ts';
import { AssignedMember } from './clients/assigned-member.ts';
import { CommittedReader } from './clients/committed-reader.ts';
import { Copier } from './clients/copier.ts';
import { KeyedWriter } from './clients/keyed-writer.ts';
import { Member } from './clients/member.ts';
import { Producer } from './clients/producer.ts';
import { Transactor } from './clients/transactor.ts';
import type { MarkName } from './marks.ts';
import { allTopics, EXPIRING_TOPIC } from './options.ts';
import type { Place } from './place.ts';
import type { RunParts } from './run-parts.ts';
import type { Prng } from './world/prng.ts';

const STALL_SHARES = [0, 0.02, 0.1];
/** The group whose coordinator assigns. */
const ASSIGNED_GROUP = 'ag';
/** Of the copiers: its offsets are committed in transactions only. */
export const COPY_GROUP = 'cg';

export class Crowd {
  readonly producers: Producer[] = [];
  readonly transactors: Transactor[] = [];
  readonly members: (Member | AssignedMember)[] = [];
  readonly readers: CommittedReader[] = [];
  readonly copiers: Copier[] = [];
  readonly keyedWriters: KeyedWriter[] = [];
  readonly admin: Admin;
  readonly #run: RunParts;
  readonly #mark = (name: MarkName): void => this.#run.marks.hit(name);

  constructor(run: RunParts) {
    this.#run = run;
    const { adminPauseMs: pauseMs, brokers } = run.options;
    const mark = this.#mark;
    // It changes how long records are kept.
    const topics = allTopics(run.options).filter(({ name }) => name !== EXPIRING_TOPIC);
    this.admin = new Admin({ ...run.clientOptions('adm'), pauseMs, topics, brokers, mark });
  }

  /** Names of the groups that have members. */
  get groups(): ReadonlySet<string> {
    return new Set(this.members.map(({ group }) => group));
  }

  start(prng: Prng): void {
    this.#makeProducers(prng);
    this.#makeGroups(prng.fork('groups'));
    this.#makeTransactors(prng.fork('transactions'));
    this.#makeAssigned(prng.fork('assigned'));
    this.#makeCopiers(prng.fork('copies'));
    this.#makeKeyed(prng.fork('keyed'));
    this.#makeExpiring();
    const { producers, members, transactors, copiers, keyedWriters, readers, admin } = this;
    const all = [...producers, ...members, ...transactors, ...copiers, ...keyedWriters, ...readers, admin];
    for (const one of all) one.run();
  }
  /** Nobody thinks for longer than its session lasts any more. */
  endStalls(): void {
    for (const member of this.members) member.stallShare = 0;
  }

  #makeProducers(prng: Prng): void {
    const { options, acknowledged } = this.#run;
    const { topics, pauseMs, maxRecords } = options;
    for (let i = 0; i < options.producers; i++) {
      const acks = prng.chance(0.8) ? -1 : 1;
      const isIdempotent = prng.chance(0.6);
      const timeoutMs = prng.pick([500, 3000, 10_000]);
      const common = { topics, pauseMs, maxRecords, acknowledged, mark: this.#mark };
      const own = this.#run.clientOptions(`p${i + 1}`);
      this.producers.push(new Producer({ ...own, ...common, acks, isIdempotent, timeoutMs }));
    }
  }
  /** What members of every group are given alike. */
  #membership(group: string, prng: Prng) {
    const { canon, options, groups } = this.#run;
    const { topics, sessionTimeoutMs: sessionMs } = options;
    const isLeader = (
      { topic, partition }: Place,
      { leader, leaderEpoch }: { leader: number; leaderEpoch: number },
    ) => {
      const known = canon.partition(topic, partition);
      return known?.leader === leader && known.leaderEpoch === leaderEpoch;
    };
    return { group, topics, sessionMs, stallShare: prng.pick(STALL_SHARES), groups, isLeader, mark: this.#mark };
  }
  #makeGroups(prng: Prng): void {
    const { groups, membersPerGroup } = this.#run.options;
    for (let i = 0; i < groups; i++) {
      const group = `g${i + 1}`;
      for (let j = 0; j < membersPerGroup; j++) {
        const own = this.#run.clientOptions(`${group}m${j + 1}`);
        this.members.push(new Member({ ...own, ...this.#membership(group, prng) }));
      }
    }
  }
  #makeAssigned(prng: Prng): void {
    const { options, owners } = this.#run;
    for (let i = 0; i < options.assignedMembers; i++) {
      const own = this.#run.clientOptions(`agm${i + 1}`);
      this.members.push(new AssignedMember({ ...own, ...this.#membership(ASSIGNED_GROUP, prng), owners }));
    }
  }
  #makeCopiers(prng: Prng): void {
    const { options, acknowledged, groups } = this.#run;
    const { copiers, copyTopics, transactionVersion: version, transactionTimeoutMs } = options;
    const [input, output] = copyTopics;
    for (let i = 0; i < copiers; i++) {
      const pauseMs = prng.pick([50, 200, 800]);
      const who = { group: COPY_GROUP, transactionalId: 'copier', isRival: i > 0 };
      const how = { input, output, version, pauseMs, transactionTimeoutMs, groups, mark: this.#mark };
      this.copiers.push(new Copier({ ...this.#run.clientOptions(`c${i + 1}`), ...who, ...how }));
    }
    if (copiers === 0) return;
    const common = { topics: [input], pauseMs: 300, maxRecords: 4, acknowledged, mark: this.#mark };
    const own = this.#run.clientOptions('pci');
    this.producers.push(new Producer({ ...own, ...common, acks: -1, isIdempotent: true, timeoutMs: 3000 }));
  }
  #makeKeyed(prng: Prng): void {
    const { options, newest } = this.#run;
    const { keyedWriters, compactedTopic: topic } = options;
    for (let i = 0; i < keyedWriters; i++) {
      const pauseMs = prng.pick([50, 200]);
      const own = this.#run.clientOptions(`kw${i + 1}`);
      this.keyedWriters.push(new KeyedWriter({ ...own, topic, pauseMs, newest, mark: this.#mark }));
    }
  }
  #makeExpiring(): void {
    const { options, acknowledged } = this.#run;
    const { expiringProducers, expiringTopic: topic } = options;
    for (let i = 0; i < expiringProducers; i++) {
      const common = { topics: [topic], pauseMs: 150, maxRecords: 4, acknowledged, mark: this.#mark };
      const own = this.#run.clientOptions(`pr${i + 1}`);
      this.producers.push(new Producer({ ...own, ...common, acks: -1, isIdempotent: true, timeoutMs: 3000 }));
    }
  }
  #makeTransactors(prng: Prng): void {
    const { options, transactions } = this.#run;
    const { transactors, transactionTopic: topic, transactionVersion: version, transactionTimeoutMs } = options;
    for (let i = 0; i < transactors; i++) {
      const pauseMs = prng.pick([50, 200, 800]);
      const common = { topic, version, pauseMs, transactionTimeoutMs, transactions, mark: this.#mark };
      this.transactors.push(new Transactor({ ...this.#run.clientOptions(`x${i + 1}`), ...common }));
    }
    if (transactors === 0) return;
    this.readers.push(new CommittedReader({ ...this.#run.clientOptions('rc'), topic, transactions }));
  }
}
