// Plans, begins, watches, throttles and cancels reassignments of one cluster. Made by create.ts. What is under way is always the
// cluster's to say (ListPartitionReassignments): after a restart of the dashboard, or when another tool began it, it is found
// there. At most one reassignment begun here runs at a time.
import { randomUUID } from 'node:crypto';
import type {
  CallArgs,
  CallResult,
  Problem,
  ReassignMove,
  ReassignParams,
  ReassignPlan,
  ReassignView,
} from '../../live/contract.ts';
import { atController } from '../admin/controller.ts';
import type { GatewayContext } from '../context.ts';
import { invalidArgument, kafkaError, kafkaErrorName, reasonOf, throwIfError, toGatewayError } from '../errors.ts';
import { GatewayError } from '../gateway.ts';
import { orNull } from '../numbers.ts';
import { Job } from '../sampling/job.ts';
import { BrokerGate } from '../sampling/per-broker.ts';
import { ALTER_REASSIGNMENTS, ELECT_LEADERS, LIST_REASSIGNMENTS, type OngoingReassignment, PREFERRED } from './apis.ts';
import type { Placement } from './layout.ts';
import { makePlan, type Plan, PlanRefusal } from './plan.ts';
import { isSame, keyOf, progressRow, Run, type RunMove } from './run.ts';
import { measureCopies } from './sizes.ts';
import { type FoundThrottles, findThrottles, setRates, setTopicLists, throttledReplicas } from './throttles.ts';

const RUNNING_INTERVAL_MS = 1_000;
/** While partitions wait for a place: those without a byte to copy are done in an instant. */
const WAITING_INTERVAL_MS = 300;
const WATCHED_INTERVAL_MS = 3_000;
const THROTTLES_AGE_MS = 15_000;
const TIMEOUT_MS = 30_000;
const MAX_PLANS = 20;
const MAX_WINDOW_ROWS = 200;
const ELECTIONS_AT_ONCE = 1_000;
/** What passes by itself: a controller that moves, a broker that is slow. */
const RETRIED_CODES: ReadonlySet<string> = new Set(['NOT_CONTROLLER', 'REQUEST_TIMED_OUT', 'BROKER_NOT_AVAILABLE']);

export class Reassignments {
  readonly #context: GatewayContext;
  readonly #onChange: () => void;
  readonly #refreshNow: () => void;
  readonly #job: Job;
  readonly #gate: BrokerGate;
  readonly #plans = new Map<string, Plan>();
  /** Topic lists of the throttle as they were set last. */
  #lists: ReadonlyMap<string, readonly [string, string]> = new Map();
  #throttledBrokers = new Set<number>();
  #run: Run | null = null;
  #watchers = 0;
  #sampledAtMs: number | null = null;
  #problems: readonly Problem[] = [];
  #found: FoundThrottles | null = null;
  #foundAtMs = 0;
  /** Calls that change the run wait for the tick under way, so that none sees half of the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(context: GatewayContext, onChange: () => void, refreshNow: () => void) {
    this.#context = context;
    this.#onChange = onChange;
    this.#refreshNow = refreshNow;
    this.#gate = new BrokerGate(context.suspects);
    this.#job = new Job({
      intervalMs: () => this.#intervalMs(),
      run: () => this.#inTurn(() => this.#tick()),
      isTroubled: () => this.#problems.length > 0 || this.#run?.isActive === true,
      onError: (error) => context.options.log(`gateway: reassignments: ${reasonOf(error)}`),
    });
  }

  /** Somebody looks: what is under way is read until the returned function is called. */
  watchBegan(): () => void {
    this.#watchers += 1;
    this.#job.wake();
    let isOver = false;
    return () => {
      if (!isOver) this.#watchers -= 1;
      isOver = true;
    };
  }

  view(params: ReassignParams): ReassignView | null {
    if (this.#sampledAtMs === null && this.#problems.length === 0) return null;
    const run = this.#run;
    const query = params.query.trim().toLowerCase();
    const matching = (run?.moves ?? []).filter(
      ({ topic, state }) => (params.state === null || state === params.state) && topic.toLowerCase().includes(query),
    );
    return {
      freshness: {
        sampledAtMs: this.#sampledAtMs,
        intervalMs: this.#isActive ? RUNNING_INTERVAL_MS : WATCHED_INTERVAL_MS,
      },
      problems: this.#problems,
      run: run?.summary(this.#replicasLeft(run)) ?? null,
      matching: matching.length,
      offset: params.offset,
      rows: matching.slice(params.offset, params.offset + Math.min(params.limit, MAX_WINDOW_ROWS)).map(progressRow),
      leftThrottles: this.#leftThrottles(),
    };
  }

  /** @throws GatewayError PLAN_REFUSED when the request asks for what no plan can give */
  async plan({ request }: CallArgs<'reassign.plan'>): Promise<ReassignPlan> {
    const { metadata, figures, logDirs } = this.#context;
    await metadata.refresh();
    figures.follow(metadata);
    // A gate of its own, and a second try: a plan without sizes is a worse one.
    const silent = await logDirs.sampleAll(new BrokerGate());
    if (silent.length > 0) await logDirs.sampleAll(new BrokerGate());
    let plan: Plan;
    try {
      plan = makePlan(this.#placement(), request);
    } catch (error) {
      if (error instanceof PlanRefusal) throw new GatewayError('PLAN_REFUSED', error.message);
      throw error;
    }
    const planId = randomUUID();
    this.#plans.set(planId, plan);
    for (const oldest of this.#plans.keys()) {
      if (this.#plans.size <= MAX_PLANS) break;
      this.#plans.delete(oldest);
    }
    const { moves, elections, ...rest } = plan;
    return { planId, ...rest, partitions: moves.length, elections: elections.length };
  }

  async planMoves(args: CallArgs<'reassign.planMoves'>): Promise<CallResult<'reassign.planMoves'>> {
    const query = args.query.trim().toLowerCase();
    const matching = this.#planOf(args.planId).moves.filter(({ topic }) => topic.toLowerCase().includes(query));
    const rows: ReassignMove[] = matching.slice(args.offset, args.offset + Math.min(args.limit, MAX_WINDOW_ROWS));
    return { matching: matching.length, offset: args.offset, rows };
  }

  start(args: CallArgs<'reassign.start'>): Promise<CallResult<'reassign.start'>> {
    return this.#inTurn(async () => {
      const plan = this.#planOf(args.planId);
      if (plan.moves.length === 0 && plan.elections.length === 0) {
        throw invalidArgument('This plan changes nothing, so there is nothing to start.');
      }
      if ((await this.#ongoing()).length > 0 || this.#run?.isActive) {
        throw new GatewayError(
          'REASSIGNMENT_UNDER_WAY',
          'Another reassignment is under way: wait for its end or cancel it, and plan again.',
        );
      }
      await this.#context.metadata.refresh();
      this.#checkCurrent(plan);
      const run = new Run(plan, args.throttleBytesPerSecond, Date.now());
      if (args.throttleBytesPerSecond !== null) await this.#setRates(run, args.throttleBytesPerSecond);
      this.#run = run;
      this.#plans.delete(args.planId);
      this.#job.wake();
      this.#onChange();
      return { partitions: plan.moves.length };
    });
  }

  setThrottle({ bytesPerSecond }: CallArgs<'reassign.setThrottle'>): Promise<CallResult<'reassign.setThrottle'>> {
    return this.#inTurn(async () => {
      const run = this.#activeRun();
      if (bytesPerSecond === null) {
        await this.#removeOwnThrottle();
        await this.#removeFoundThrottle();
      } else {
        await this.#setRates(run, bytesPerSecond);
        run.throttleBytesPerSecond = bytesPerSecond;
        await this.#followTopicLists(run);
      }
      run.throttleBytesPerSecond = bytesPerSecond;
      this.#onChange();
      return { bytesPerSecond };
    });
  }

  cancel(): Promise<CallResult<'reassign.cancel'>> {
    return this.#inTurn(async () => {
      const run = this.#activeRun();
      run.state = 'cancelling';
      const waiting = run.moves.filter(({ state }) => state === 'waiting');
      for (const move of waiting) move.state = 'cancelled';
      const reverted = await this.#revert(run);
      this.#job.wake();
      this.#onChange();
      return { cancelled: waiting.length + reverted };
    });
  }

  async putAway(): Promise<CallResult<'reassign.putAway'>> {
    const wasThere = this.#run !== null && !this.#run.isActive;
    if (wasThere) this.#run = null;
    this.#onChange();
    return { wasThere };
  }

  removeThrottles(): Promise<CallResult<'reassign.removeThrottles'>> {
    return this.#inTurn(async () => {
      if (this.#isActive) {
        throw new GatewayError(
          'REASSIGNMENT_UNDER_WAY',
          'A reassignment is under way and needs its throttle; lift it there.',
        );
      }
      const removed = await this.#removeFoundThrottle();
      this.#onChange();
      return removed;
    });
  }

  /** Stops watching. What is under way goes on in the cluster. */
  close(): Promise<void> {
    return this.#job.close();
  }

  #intervalMs(): number | null {
    if (this.#run?.isActive) return this.#run.hasWaiting() ? WAITING_INTERVAL_MS : RUNNING_INTERVAL_MS;
    return this.#watchers > 0 ? WATCHED_INTERVAL_MS : null;
  }

  get #isActive(): boolean {
    return this.#run?.isActive ?? false;
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(act);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #tick(): Promise<void> {
    try {
      await this.#context.metadata.fresh(this.#isActive ? WAITING_INTERVAL_MS / 2 : WATCHED_INTERVAL_MS);
      const ongoing = await this.#ongoing();
      this.#problems = [];
      this.#observe(ongoing);
      if (this.#run?.isActive) await this.#advance(this.#run);
      else await this.#lookForThrottles();
      this.#sampledAtMs = Date.now();
    } catch (error) {
      this.#problems = [
        { brokerId: null, sentence: toGatewayError(error, 'Reading what is under way failed').message },
      ];
    }
    this.#onChange();
  }

  #observe(ongoing: readonly OngoingReassignment[]): void {
    const now = Date.now();
    if (ongoing.length > 0 && !this.#isActive) this.#run = new Run(null, null, now);
    if (!this.#run?.isActive) return;
    const { metadata } = this.#context;
    this.#run.observe(
      ongoing,
      (topic, partition) => metadata.topics.get(topic)?.partitions[partition]?.replicas ?? null,
      now,
    );
  }

  async #advance(run: Run): Promise<void> {
    if (run.request === null && run.throttleBytesPerSecond === null) await this.#readThrottleOf(run);
    if (run.state === 'cancelling') await this.#revert(run);
    const batch = run.nextBatch();
    await this.#followTopicLists(run, batch);
    if (batch.length > 0) await this.#submit(run, batch);
    this.#problems = await measureCopies(this.#context, this.#gate, run);
    run.noteRate(Date.now());
    if (run.hasSettled()) await this.#finish(run);
  }

  async #submit(run: Run, batch: readonly RunMove[]): Promise<void> {
    const targets = batch.map(({ topic, partition, to }) => ({ topic, partition, replicas: to }));
    const answer = await atController(this.#context, ALTER_REASSIGNMENTS, targets, TIMEOUT_MS);
    throwIfError(answer.errorCode, 'Handing over the next partitions failed', answer.errorMessage);
    const outcomes = new Map(answer.partitions.map((each) => [keyOf(each.topic, each.partition), each]));
    for (const move of batch) {
      const outcome = outcomes.get(keyOf(move.topic, move.partition));
      const code = outcome?.errorCode ?? 0;
      if (code === 0) move.state = 'moving';
      else if (!RETRIED_CODES.has(kafkaErrorName(code))) {
        const what = `Moving partition ${move.partition} of ${move.topic} failed`;
        run.fail(move, kafkaError(code, what, outcome?.errorMessage ?? null).message);
      }
    }
    this.#context.offsets.isMetadataStale = true;
  }

  /** Asks for everything under way to be put back. @returns how many partitions were */
  async #revert(run: Run): Promise<number> {
    const moving = run.moving();
    if (moving.length === 0) return 0;
    const targets = moving.map(({ topic, partition }) => ({ topic, partition, replicas: null }));
    const answer = await atController(this.#context, ALTER_REASSIGNMENTS, targets, TIMEOUT_MS);
    throwIfError(answer.errorCode, 'Cancelling failed', answer.errorMessage);
    const outcomes = new Map(answer.partitions.map((each) => [keyOf(each.topic, each.partition), each]));
    let reverted = 0;
    for (const move of moving) {
      const code = outcomes.get(keyOf(move.topic, move.partition))?.errorCode ?? 0;
      if (code === 0) {
        move.state = 'cancelled';
        move.copiedBytes = null;
        reverted += 1;
      } else if (kafkaErrorName(code) === 'NO_REASSIGNMENT_IN_PROGRESS') {
        move.state = 'done';
        move.copiedBytes = move.bytes;
      } else if (!RETRIED_CODES.has(kafkaErrorName(code))) {
        run.fail(move, kafkaError(code, `Putting back partition ${move.partition} of ${move.topic} failed`).message);
      }
    }
    return reverted;
  }

  async #finish(run: Run): Promise<void> {
    const wasCancelled = run.state === 'cancelling';
    await this.#removeOwnThrottle().catch((error: unknown) =>
      run.warn(`${toGatewayError(error, 'Removing the throttle failed').message} It is still set.`),
    );
    if (!wasCancelled) {
      run.state = 'electing';
      this.#onChange();
      await this.#electLeaders(run);
    }
    run.state = wasCancelled ? 'cancelled' : 'done';
    run.endedAtMs = Date.now();
    this.#foundAtMs = 0;
    this.#refreshNow();
  }

  async #electLeaders(run: Run): Promise<void> {
    const unmoved = new Set(
      run.moves.filter(({ state }) => state !== 'done').map(({ topic, partition }) => keyOf(topic, partition)),
    );
    const wanted = run.elections.filter(({ topic, partition }) => !unmoved.has(keyOf(topic, partition)));
    for (let start = 0; start < wanted.length; start += ELECTIONS_AT_ONCE) {
      try {
        const slice = wanted.slice(start, start + ELECTIONS_AT_ONCE);
        const answer = await atController(this.#context, ELECT_LEADERS, PREFERRED, slice, TIMEOUT_MS);
        throwIfError(answer.errorCode, 'Electing leaders failed');
        for (const { topic, partition, errorCode, errorMessage } of answer.partitions) {
          if (errorCode === 0 || kafkaErrorName(errorCode) === 'ELECTION_NOT_NEEDED') continue;
          run.warn(kafkaError(errorCode, `Partition ${partition} of ${topic} kept its leader`, errorMessage).message);
        }
      } catch (error) {
        run.warn(toGatewayError(error, 'Electing leaders failed').message);
        return;
      }
    }
  }

  async #ongoing(): Promise<readonly OngoingReassignment[]> {
    const answer = await atController(this.#context, LIST_REASSIGNMENTS, TIMEOUT_MS);
    throwIfError(answer.errorCode, 'Reading what is under way failed', answer.errorMessage);
    return answer.partitions;
  }

  /** Rates on every broker that sends or gets a copy. A broker that refuses: nothing stays throttled. */
  async #setRates(run: Run, bytesPerSecond: number): Promise<void> {
    const concerned = new Set(
      run.moves.filter(({ adding }) => adding.length > 0).flatMap(({ from, to }) => [...from, ...to]),
    );
    const up = [...concerned].filter((id) => this.#context.metadata.brokers.has(id));
    for (const id of up) this.#throttledBrokers.add(id);
    try {
      await setRates(this.#context, up, bytesPerSecond);
    } catch (error) {
      await this.#removeOwnThrottle().catch(() => run.warn('A throttle could not be removed again.'));
      run.throttleBytesPerSecond = null;
      throw error;
    }
  }

  /** Keeps the throttled replicas of topics to what moves now: a replica that arrived is held back no longer. */
  async #followTopicLists(run: Run, next: readonly RunMove[] = []): Promise<void> {
    if (this.#throttledBrokers.size === 0) return;
    const wanted = throttledReplicas([...run.moving(), ...next]);
    const changes = new Map<string, readonly [string, string] | null>();
    for (const [topic, list] of wanted) {
      const set = this.#lists.get(topic);
      if (set === undefined || set[0] !== list[0] || set[1] !== list[1]) changes.set(topic, list);
    }
    for (const topic of this.#lists.keys()) if (!wanted.has(topic)) changes.set(topic, null);
    if (changes.size === 0) return;
    await setTopicLists(this.#context, changes);
    this.#lists = wanted;
  }

  async #removeOwnThrottle(): Promise<void> {
    const topics = new Map([...this.#lists.keys()].map((topic) => [topic, null] as const));
    const brokers = [...this.#throttledBrokers].filter((id) => this.#context.metadata.brokers.has(id));
    await setTopicLists(this.#context, topics);
    this.#lists = new Map();
    await setRates(this.#context, brokers, null);
    this.#throttledBrokers = new Set();
    this.#foundAtMs = 0;
  }

  async #removeFoundThrottle(): Promise<{ brokers: number; topics: number }> {
    const { brokers, topics } = await findThrottles(this.#context);
    await setTopicLists(this.#context, new Map(topics.map((topic) => [topic, null])));
    await setRates(
      this.#context,
      brokers.map(({ id }) => id),
      null,
    );
    this.#found = { brokers: [], topics: [] };
    this.#foundAtMs = Date.now();
    return { brokers: brokers.length, topics: topics.length };
  }

  async #lookForThrottles(): Promise<void> {
    if (Date.now() - this.#foundAtMs < THROTTLES_AGE_MS) return;
    this.#found = await findThrottles(this.#context);
    this.#foundAtMs = Date.now();
  }

  /** Of a reassignment found in the cluster, once: the throttle it was begun with. */
  async #readThrottleOf(run: Run): Promise<void> {
    if (Date.now() - this.#foundAtMs < THROTTLES_AGE_MS) return;
    this.#found = await findThrottles(this.#context);
    this.#foundAtMs = Date.now();
    const rates = this.#found.brokers.flatMap(({ bytesPerSecond }) =>
      bytesPerSecond === null ? [] : [bytesPerSecond],
    );
    run.throttleBytesPerSecond = rates.length === 0 ? null : Math.min(...rates);
  }

  #leftThrottles(): ReassignView['leftThrottles'] {
    if (this.#isActive || this.#found === null) return null;
    const { brokers, topics } = this.#found;
    return brokers.length === 0 && topics.length === 0 ? null : { brokers, topics };
  }

  #replicasLeft({ request }: Run): number | null {
    if (request?.kind !== 'drain') return null;
    let count = 0;
    for (const { partitions } of this.#context.metadata.topics.values()) {
      for (const { replicas } of partitions) if (replicas.includes(request.brokerId)) count += 1;
    }
    return count;
  }

  #activeRun(): Run {
    if (this.#run?.isActive) return this.#run;
    throw new GatewayError('NO_REASSIGNMENT', 'No reassignment is under way; it may have ended a moment ago.');
  }

  #planOf(planId: string): Plan {
    const plan = this.#plans.get(planId);
    if (plan !== undefined) return plan;
    throw new GatewayError('PLAN_UNKNOWN', 'This plan is no longer known: look at it anew, then start it.');
  }

  /** @throws GatewayError PLAN_OUTDATED */
  #checkCurrent({ moves }: Plan): void {
    for (const { topic, partition, from } of moves) {
      const now = this.#context.metadata.topics.get(topic)?.partitions[partition]?.replicas;
      if (now !== undefined && isSame(now, from)) continue;
      throw new GatewayError(
        'PLAN_OUTDATED',
        `Since this plan was made, partition ${partition} of ${topic} has moved or gone: look at the plan anew, then start it.`,
      );
    }
  }

  #placement(): Placement {
    const { metadata, figures } = this.#context;
    return {
      brokers: [...metadata.knownBrokerIds].map((id) => ({
        id,
        rack: metadata.endpointOf(id)?.rack ?? null,
        isUp: metadata.brokers.has(id),
      })),
      partitions: [...metadata.topics.values()].flatMap(({ name, partitions }) =>
        partitions.map(({ partition, replicas, inSyncReplicas, leader }) => ({
          topic: name,
          partition,
          replicas,
          inSyncReplicas,
          leader,
          sizeBytes: orNull(figures.of(name)?.sizeBytes[partition]),
        })),
      ),
    };
  }
}
