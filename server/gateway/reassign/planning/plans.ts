// The plans of one cluster that people look at: made from sizes read anew, kept for a while, and given out only while the placement is
// still what they began from. Held by reassignments.ts. Bounded.
import { randomUUID } from 'node:crypto';
import { BrokerGate } from '../../../client/asking/per-broker.ts';
import { ClusterError, invalidArgument } from '../../../client/errors.ts';
import type { CallArgs, CallResult, ReassignMove, ReassignPlan } from '../../../live/contract.ts';
import type { GatewayContext } from '../../context.ts';
import { orNull } from '../../model/numbers.ts';
import { isSame, type Placement } from './layout.ts';
import { makePlan, type Plan, PlanRefusal } from './plan.ts';

const MAX_PLANS = 20;
const MAX_WINDOW_ROWS = 200;

export class Plans {
  readonly #context: GatewayContext;
  readonly #plans = new Map<string, Plan>();

  constructor(context: GatewayContext) {
    this.#context = context;
  }

  /** @throws ClusterError PLAN_REFUSED when the request asks for what no plan can give */
  async make({ request }: CallArgs<'reassign.plan'>): Promise<ReassignPlan> {
    const { metadata, figures, logDirs } = this.#context;
    await metadata.refresh();
    figures.follow(metadata);
    // A gate of its own, and a second try: a plan without sizes is a worse one.
    const silent = await logDirs.sampleAll(new BrokerGate());
    if (silent.length > 0) await logDirs.sampleAll(new BrokerGate());
    const plan = planOrRefuse(placementOf(this.#context), request);
    const planId = randomUUID();
    this.#plans.set(planId, plan);
    for (const oldest of this.#plans.keys()) {
      if (this.#plans.size <= MAX_PLANS) break;
      this.#plans.delete(oldest);
    }
    const { moves, elections, ...rest } = plan;
    return { planId, ...rest, partitions: moves.length, elections: elections.length };
  }

  /** @throws ClusterError PLAN_UNKNOWN */
  moves(args: CallArgs<'reassign.planMoves'>): CallResult<'reassign.planMoves'> {
    const query = args.query.trim().toLowerCase();
    const matching = this.#of(args.planId).moves.filter(({ topic }) => topic.toLowerCase().includes(query));
    const rows: ReassignMove[] = matching.slice(args.offset, args.offset + Math.min(args.limit, MAX_WINDOW_ROWS));
    return { matching: matching.length, offset: args.offset, rows };
  }

  /** One that changes something. @throws ClusterError PLAN_UNKNOWN, INVALID_ARGUMENT */
  effective(planId: string): Plan {
    const plan = this.#of(planId);
    if (plan.moves.length > 0 || plan.elections.length > 0) return plan;
    throw invalidArgument('This plan changes nothing, so there is nothing to start.');
  }

  /** Against the metadata read last. @throws ClusterError PLAN_OUTDATED */
  checkCurrent({ moves }: Plan): void {
    for (const { topic, partition, from } of moves) {
      const now = this.#context.metadata.topics.get(topic)?.partitions[partition]?.replicas;
      if (now !== undefined && isSame(now, from)) continue;
      throw new ClusterError(
        'PLAN_OUTDATED',
        `Since this plan was made, partition ${partition} of ${topic} has moved or gone: look at the plan anew, then start it.`,
      );
    }
  }

  forget(planId: string): void {
    this.#plans.delete(planId);
  }

  #of(planId: string): Plan {
    const plan = this.#plans.get(planId);
    if (plan !== undefined) return plan;
    throw new ClusterError('PLAN_UNKNOWN', 'This plan is no longer known: look at it anew, then start it.');
  }
}

function planOrRefuse(placement: Placement, request: Plan['request']): Plan {
  try {
    return makePlan(placement, request);
  } catch (error) {
    if (error instanceof PlanRefusal) throw new ClusterError('PLAN_REFUSED', error.message);
    throw error;
  }
}

function placementOf({ metadata, figures }: GatewayContext): Placement {
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
