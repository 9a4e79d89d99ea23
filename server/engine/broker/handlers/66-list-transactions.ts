// 66 ListTransactions, versions 0–2. KIP-664: transactions coordinated here, by state and producer id; by how long they run (v1,
// KIP-994) and by a pattern of their ids (v2, KIP-1152).
import { ErrorCode } from '../../../protocol/errors.ts';
import { listTransactions } from '../../../protocol/schema/66-list-transactions.ts';
import { STATES, type Transaction } from '../../coordinator/transaction/transaction.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

/** DIVERGES: Kafka has no such bound. A pattern is matched against every id. */
const MAX_PATTERN_CHARS = 256;

export function listTransactionsHandler(broker: Broker): Handler {
  return serve(listTransactions, (request) => {
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
      (request.durationFilter < 0 || nowMs - one.startTimestampMs > request.durationFilter) &&
      (pattern === null || pattern.test(one.transactionalId));
    const transactionStates = all.filter(isWanted).map(({ transactionalId, producerId, state }) => ({
      transactionalId,
      producerId,
      transactionState: state,
    }));
    return { unknownStateFilters, transactionStates };
  });
}

/** The whole id must match; null without a pattern, undefined for one that is none. */
function compiled(pattern: string | null): RegExp | null | undefined {
  if (pattern === null || pattern === '') return null;
  if (pattern.length > MAX_PATTERN_CHARS || canRunAway(pattern)) return undefined;
  try {
    return new RegExp(`^(?:${pattern})$`, 'u');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
/** DIVERGES: Kafka matches in linear time. Here what may take longer is refused: repetition of a group, and back references. */
const canRunAway = (pattern: string): boolean =>
  /\)[*+?{]|\\[1-9k]|\(\?/.test(pattern) || (pattern.match(/[*+{]/g)?.length ?? 0) > 3;
