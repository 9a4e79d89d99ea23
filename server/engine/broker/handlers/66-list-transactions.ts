// 66 ListTransactions, versions 0–2. KIP-664: transactions coordinated here, by state and producer id; by how long they run (v1,
// KIP-994) and by a pattern of their ids (v2, KIP-1152).
import { ErrorCode } from '../../../protocol/errors.ts';
import { listTransactions } from '../../../protocol/schema/66-list-transactions.ts';
import { compileRegex } from '../../coordinator/group/consumer/regex/parse.ts';
import type { Program } from '../../coordinator/group/consumer/regex/program.ts';
import { STATES, type Transaction } from '../../coordinator/transaction/transaction.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

/** DIVERGES: Kafka has no such bound; there a thread of its own matches. Each id may take so many steps a character. */
const MAX_PATTERN_STEPS = 2000;
/** Time that matching takes before other work gets its turn. */
const STEP_MS = 5;

export function listTransactionsHandler(broker: Broker): Handler {
  return serve(listTransactions, async (request) => {
    const pattern = compiled(request.transactionalIdPattern);
    if (pattern === undefined) return { errorCode: ErrorCode.INVALID_REGULAR_EXPRESSION };
    const all = broker.transactions.list();
    if (typeof all === 'number') return { errorCode: all };
    const nowMs = broker.world.clock.nowMs();
    const states = new Set(request.stateFilters);
    const unknownStateFilters = [...states].filter((state) => !STATES.some((known) => known === state));
    const producerIds = new Set(request.producerIdFilters);
    const isWanted = (one: Transaction): boolean =>
      (states.size === 0 || states.has(one.state)) &&
      (producerIds.size === 0 || producerIds.has(one.producerId)) &&
      (request.durationFilter < 0 || nowMs - one.startTimestampMs > request.durationFilter);
    const wanted = all.filter(isWanted);
    const found = pattern === null ? wanted : await matching(broker, wanted, pattern);
    const transactionStates = found.map(({ transactionalId, producerId, state }) => ({
      transactionalId,
      producerId,
      transactionState: state,
    }));
    return { unknownStateFilters, transactionStates };
  });
}

/** The whole id must match; null without a pattern, undefined for one that is none. */
function compiled(pattern: string | null): Program | null | undefined {
  if (pattern === null || pattern === '') return null;
  const program = compileRegex(pattern);
  return typeof program === 'string' || program.size > MAX_PATTERN_STEPS ? undefined : program;
}

async function matching(
  { world }: Broker,
  transactions: readonly Transaction[],
  pattern: Program,
): Promise<Transaction[]> {
  const found: Transaction[] = [];
  let stepEndMs = world.clock.monotonicMs() + STEP_MS;
  for (const one of transactions) {
    if (pattern.matches(one.transactionalId)) found.push(one);
    if (world.clock.monotonicMs() < stepEndMs) continue;
    await new Promise<void>((resolve) => world.timers.soon(resolve));
    stepEndMs = world.clock.monotonicMs() + STEP_MS;
  }
  return found;
}
