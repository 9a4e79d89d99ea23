// Begins, watches, throttles and cancels reassignments of one cluster. Made by feature.ts. What is under way is always the cluster's to
// say (ListPartitionReassignments): after a restart of the dashboard, or when another tool began it, it is found there. At most one
// reassignment begun here runs at a time.
import type { BrokerGate } from '../../client/asking/per-broker.ts';
import { ClusterError, reasonOf, toClusterError } from '../../client/errors.ts';
import type { OngoingReassignment } from '../../client/reassignment-apis.ts';
import type { CallArgs, CallResult, Problem, ReassignParams, ReassignPlan, ReassignView } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import { Job } from '../sampling/job.ts';
import { Watchers } from '../sampling/watchers.ts';
import { cut } from '../windowed.ts';
import { Plans } from './planning/plans.ts';
import { progressRow, Run } from './running/run.ts';
import { electLeaders, listOngoing, revert, submit } from './running/run-requests.ts';
import { measureCopies } from './running/sizes.ts';
import { LeftThrottles } from './throttles/left-throttles.ts';
import { RunThrottle } from './throttles/run-throttle.ts';

const RUNNING_INTERVAL_MS = 1_000;
/** While partitions wait for a place: those without a byte to copy are done in an instant. */
const WAITING_INTERVAL_MS = 300;
const WATCHED_INTERVAL_MS = 3_000;

export class Reassignments {
  readonly #context: GatewayContext;
  readonly #job: Job;
  readonly #gate: BrokerGate;
  readonly #plans: Plans;
  readonly #left: LeftThrottles;
  #throttle: RunThrottle;
  #run: Run | null = null;
  readonly #watchers = new Watchers();
  #sampledAtMs: number | null = null;
  #problems: readonly Problem[] = [];
  /** Calls that change the run wait for the tick under way, so that none sees half of the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(context: GatewayContext) {
    this.#context = context;
    this.#gate = context.client.gate();
    this.#plans = new Plans(context);
    this.#left = new LeftThrottles(context);
    this.#throttle = new RunThrottle(context);
    this.#job = new Job({
      intervalMs: () => this.#intervalMs(),
      run: () => this.#inTurn(() => this.#tick()),
      isTroubled: () => this.#problems.length > 0 || this.#run?.isActive === true,
      onError: (error) => context.log(`gateway: reassignments: ${reasonOf(error)}`),
    });
  }

  /** Somebody looks: what is under way is read until the returned function is called. */
  watchBegan(): () => void {
    const end = this.#watchers.began();
    this.#job.wake();
    return end;
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
      rows: cut(matching, params).map(progressRow),
      leftThrottles: this.#isActive ? null : this.#left.found,
    };
  }

  plan(args: CallArgs<'reassign.plan'>): Promise<ReassignPlan> {
    return this.#plans.make(args);
  }

  async planMoves(args: CallArgs<'reassign.planMoves'>): Promise<CallResult<'reassign.planMoves'>> {
    return this.#plans.moves(args);
  }

  start(args: CallArgs<'reassign.start'>): Promise<CallResult<'reassign.start'>> {
    return this.#inTurn(async () => {
      const plan = this.#plans.effective(args.planId);
      if ((await listOngoing(this.#context)).length > 0 || this.#isActive) {
        throw underWay('Another reassignment is under way: wait for its end or cancel it, and plan again.');
      }
      await this.#context.metadata.refresh();
      this.#plans.checkCurrent(plan);
      const run = new Run(plan, args.throttleBytesPerSecond, Date.now());
      const throttle = new RunThrottle(this.#context);
      if (args.throttleBytesPerSecond !== null) await throttle.setRates(run, args.throttleBytesPerSecond);
      this.#run = run;
      this.#throttle = throttle;
      this.#plans.forget(args.planId);
      this.#job.wake();
      this.#context.tell('reassign');
      return { partitions: plan.moves.length };
    });
  }

  setThrottle({ bytesPerSecond }: CallArgs<'reassign.setThrottle'>): Promise<CallResult<'reassign.setThrottle'>> {
    return this.#inTurn(async () => {
      const run = this.#activeRun();
      if (bytesPerSecond === null) {
        await this.#throttle.remove();
        await this.#left.remove();
        run.throttleBytesPerSecond = null;
      } else {
        await this.#throttle.setRates(run, bytesPerSecond);
        await this.#throttle.follow(run);
      }
      this.#context.tell('reassign');
      return { bytesPerSecond };
    });
  }

  cancel(): Promise<CallResult<'reassign.cancel'>> {
    return this.#inTurn(async () => {
      const run = this.#activeRun();
      run.state = 'cancelling';
      const waiting = run.moves.filter(({ state }) => state === 'waiting');
      for (const move of waiting) move.state = 'cancelled';
      const reverted = await revert(this.#context, run);
      this.#job.wake();
      this.#context.tell('reassign');
      return { cancelled: waiting.length + reverted };
    });
  }

  async putAway(): Promise<CallResult<'reassign.putAway'>> {
    const wasThere = this.#run !== null && !this.#run.isActive;
    if (wasThere) this.#run = null;
    this.#context.tell('reassign');
    return { wasThere };
  }

  removeThrottles(): Promise<CallResult<'reassign.removeThrottles'>> {
    return this.#inTurn(async () => {
      if (this.#isActive) throw underWay('A reassignment is under way and needs its throttle; lift it there.');
      const removed = await this.#left.remove();
      this.#context.tell('reassign');
      return removed;
    });
  }

  /** Stops watching. What is under way goes on in the cluster; what waits is not begun, and the log says so. */
  close(): Promise<void> {
    const undone = this.#run?.leftUndone() ?? null;
    if (undone !== null) this.#context.log(`gateway: ${undone}`);
    return this.#job.close();
  }

  #intervalMs(): number | null {
    if (this.#run?.isActive) return this.#run.hasWaiting() ? WAITING_INTERVAL_MS : RUNNING_INTERVAL_MS;
    return this.#watchers.areThere ? WATCHED_INTERVAL_MS : null;
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
      const ongoing = await listOngoing(this.#context);
      this.#problems = [];
      this.#observe(ongoing);
      if (this.#run?.isActive) await this.#advance(this.#run);
      else await this.#left.look();
      this.#sampledAtMs = Date.now();
    } catch (error) {
      this.#problems = [
        { brokerId: null, sentence: toClusterError(error, 'Reading what is under way failed').message },
      ];
    }
    this.#context.tell('reassign');
  }

  #observe(ongoing: readonly OngoingReassignment[]): void {
    const now = Date.now();
    if (ongoing.length > 0 && !this.#isActive) {
      this.#run = new Run(null, null, now);
      this.#throttle = new RunThrottle(this.#context);
      this.#left.outdate();
    }
    if (!this.#run?.isActive) return;
    const { metadata } = this.#context;
    this.#run.observe(
      ongoing,
      (topic, partition) => metadata.topics.get(topic)?.partitions[partition]?.replicas ?? null,
      now,
    );
  }

  async #advance(run: Run): Promise<void> {
    if (run.request === null && run.throttleBytesPerSecond === null) {
      // Found in the cluster: what it was begun with.
      await this.#left.look();
      run.throttleBytesPerSecond = this.#left.bytesPerSecond;
    }
    if (run.state === 'cancelling') await revert(this.#context, run);
    const batch = run.nextBatch();
    await this.#throttle.follow(run, batch);
    if (batch.length > 0) await submit(this.#context, run, batch);
    this.#problems = await measureCopies(this.#context, this.#gate, run);
    run.noteRate(Date.now());
    if (run.hasSettled()) await this.#finish(run);
  }

  async #finish(run: Run): Promise<void> {
    const wasCancelled = run.state === 'cancelling';
    await this.#throttle
      .remove()
      .catch((error: unknown) =>
        run.warn(`${toClusterError(error, 'Removing the throttle failed').message} It is still set.`),
      );
    if (!wasCancelled) {
      run.state = 'electing';
      this.#context.tell('reassign');
      await electLeaders(this.#context, run);
    }
    run.state = wasCancelled ? 'cancelled' : 'done';
    run.endedAtMs = Date.now();
    this.#left.outdate();
    this.#context.samplers.refreshNow();
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
    throw new ClusterError('NO_REASSIGNMENT', 'No reassignment is under way; it may have ended a moment ago.');
  }
}

function underWay(sentence: string): ClusterError {
  return new ClusterError('REASSIGNMENT_UNDER_WAY', sentence);
}
