// The channels of transactions, from what transactions.ts read last: the list, and one transactional id. No I/O.
import { ClusterError } from '../../client/errors.ts';
import type {
  HangingTransaction,
  TransactionPartition,
  TransactionRow,
  TransactionsParams,
  TransactionsView,
  TransactionView,
} from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import { compareText } from '../model/order.ts';
import { byNumber, byText, inTurn, type Order, windowed } from '../windowed.ts';
import { isActive, type OpenTransaction, partitionKey } from './judge.ts';
import { type Described, type Listed, TRANSACTIONS_INTERVAL_MS, type Transactions } from './transactions.ts';

const MAX_HANGING = 100;
const MAX_PARTITIONS = 1_000;

interface Found {
  readonly ofProducer: ReadonlyMap<string, readonly OpenTransaction[]>;
  readonly doubts: ReadonlyMap<OpenTransaction, string>;
}

/** @throws ClusterError CLUSTER_UNREACHABLE while the cluster was never read */
export function transactionsView(
  context: GatewayContext,
  transactions: Transactions,
  params: TransactionsParams,
  owner: object,
): TransactionsView | null {
  if (!isReadable(context, transactions)) return null;
  const found = judged(transactions);
  const query = params.query.trim();
  const all = [...transactions.listed.values()].map((listed) => rowOf(transactions, listed, found));
  const list = windowed(
    {
      all,
      keeps: (row) => matches(row, query.toLowerCase()) && isIn(row, params.state),
      order: orderOf(params),
      row: (row) => row,
    },
    params,
  );
  transactions.want(owner, { query, ids: list.rows.map(({ transactionalId }) => transactionalId) });
  const byState: Record<string, number> = {};
  for (const { state } of all) byState[state] = (byState[state] ?? 0) + 1;
  return {
    ...frameOf(context, transactions),
    ...list,
    byState,
    isCut: transactions.isCut,
    hanging: hangingOf(transactions, found),
    held: heldOf(transactions),
  };
}

/** @throws ClusterError TRANSACTIONAL_ID_NOT_FOUND when all coordinators answered and none has it */
export function transactionView(
  context: GatewayContext,
  transactions: Transactions,
  transactionalId: string,
  owner: object,
): TransactionView | null {
  if (!isReadable(context, transactions)) return null;
  transactions.want(owner, { query: transactionalId, ids: [transactionalId] });
  const listed = transactions.listed.get(transactionalId);
  if (listed === undefined) {
    if (!transactions.isListComplete) return null;
    throw new ClusterError(
      'TRANSACTIONAL_ID_NOT_FOUND',
      `No coordinator knows the transactional id "${transactionalId}". It may have expired, or it is spelled differently.`,
      { code: 105 },
    );
  }
  const found = judged(transactions);
  const described = transactions.described(transactionalId);
  return {
    ...frameOf(context, transactions),
    transaction: rowOf(transactions, listed, found),
    partitions: partitionsOf(context, transactions, listed, described, found),
  };
}

function isReadable(context: GatewayContext, transactions: Transactions): boolean {
  context.refuseIfNeverRead();
  return context.metadata.sampledAtMs !== null && transactions.sampledAtMs !== null;
}

function frameOf(context: GatewayContext, transactions: Transactions) {
  const problems = new Map(
    [...context.problems('metadata'), ...transactions.problems].map((problem) => [problem.sentence, problem]),
  );
  return {
    freshness: { sampledAtMs: transactions.sampledAtMs, intervalMs: TRANSACTIONS_INTERVAL_MS },
    problems: [...problems.values()].slice(0, 20),
    lacks: transactions.lacks,
  };
}

function judged(transactions: Transactions): Found {
  const open = transactions.held?.open ?? [];
  const doubts = new Map<OpenTransaction, string>();
  for (const each of open) {
    const doubt = transactions.doubt(each);
    if (doubt !== null) doubts.set(each, doubt);
  }
  return { ofProducer: Map.groupBy(open, ({ producerId }) => producerId), doubts };
}

function rowOf(transactions: Transactions, listed: Listed, { ofProducer, doubts }: Found): TransactionRow {
  const described = transactions.described(listed.transactionalId);
  const open = ofProducer.get(listed.producerId) ?? [];
  const doubtful = open.find((each) => doubts.has(each));
  const held = transactions.held === null ? null : open.reduce((sum, each) => sum + waitingFrom(transactions, each), 0);
  const state = listed.state;
  return {
    transactionalId: listed.transactionalId,
    state,
    producerId: listed.producerId,
    producerEpoch: described?.producerEpoch ?? null,
    timeoutMs: described?.timeoutMs ?? null,
    startedAtMs: isActive(state) ? (described?.startedAtMs ?? null) : null,
    partitions: isActive(state) ? (described?.partitions?.size ?? null) : 0,
    coordinatorId: listed.coordinatorId,
    heldBack: held,
    doubt: (doubtful && doubts.get(doubtful)) ?? transactions.overdue(listed.transactionalId),
  };
}

function waitingFrom(transactions: Transactions, { topic, partition, startOffset }: OpenTransaction): number {
  const at = transactions.held?.partitions.get(partitionKey(topic, partition));
  return at === undefined ? 0 : Math.max(0, at.highWatermark - startOffset);
}

function matches(row: TransactionRow, query: string): boolean {
  return query === '' || row.transactionalId.toLowerCase().includes(query) || row.producerId === query;
}

function isIn(row: TransactionRow, state: string | null): boolean {
  if (state === null) return true;
  if (state === 'active') return isActive(row.state);
  if (state === 'hanging') return row.doubt !== null;
  return row.state === state;
}

function orderOf({ sort, descending }: TransactionsParams): Order<TransactionRow> {
  const byId = (isDescending: boolean) =>
    byText<TransactionRow>(({ transactionalId }) => transactionalId, isDescending);
  switch (sort) {
    case 'id':
      return byId(descending);
    case 'state':
      return inTurn(
        byText(({ state }) => state, descending),
        byId(false),
      );
    case 'producer':
      return (left, right) => (descending ? -1 : 1) * compareDigits(left.producerId, right.producerId);
    case 'age':
      // The oldest has the smallest start.
      return inTurn(
        byNumber(({ startedAtMs }) => startedAtMs, !descending),
        byId(false),
      );
    case 'held':
      return inTurn(
        byNumber(({ heldBack }) => heldBack, descending),
        byId(false),
      );
  }
}

const compareDigits = (left: string, right: string): number => left.length - right.length || compareText(left, right);

function hangingOf(transactions: Transactions, { doubts }: Found): readonly HangingTransaction[] {
  return [...doubts]
    .sort(([left], [right]) => left.lastWriteAtMs - right.lastWriteAtMs)
    .slice(0, MAX_HANGING)
    .map(([open, doubt]) => ({
      topic: open.topic,
      partition: open.partition,
      producerId: open.producerId,
      producerEpoch: open.producerEpoch,
      transactionalId: transactions.ofProducer(open.producerId)?.transactionalId ?? null,
      startOffset: open.startOffset,
      lastWriteAtMs: open.lastWriteAtMs,
      heldBack: waitingFrom(transactions, open),
      doubt,
    }));
}

function heldOf({ held }: Transactions): TransactionsView['held'] {
  if (held === null) return null;
  let records = 0;
  for (const { highWatermark, lastStableOffset } of held.partitions.values())
    records += highWatermark - lastStableOffset;
  return { partitions: held.partitions.size, records };
}

/** Those that the coordinator names, and those where a leader holds it open all the same. */
function partitionsOf(
  context: GatewayContext,
  transactions: Transactions,
  listed: Listed,
  described: Described | null,
  { ofProducer, doubts }: Found,
): readonly TransactionPartition[] {
  const open = new Map(
    (ofProducer.get(listed.producerId) ?? []).map((each) => [partitionKey(each.topic, each.partition), each]),
  );
  const places = new Map<string, { topic: string; partition: number }>();
  for (const { topic, partitions } of isActive(listed.state) ? (described?.topics ?? []) : []) {
    for (const partition of partitions) places.set(partitionKey(topic, partition), { topic, partition });
  }
  for (const [key, { topic, partition }] of open) places.set(key, { topic, partition });
  const others = Map.groupBy(transactions.held?.open ?? [], ({ topic, partition }) => partitionKey(topic, partition));
  return [...places]
    .sort(([, left], [, right]) => compareText(left.topic, right.topic) || left.partition - right.partition)
    .slice(0, MAX_PARTITIONS)
    .map(([key, { topic, partition }]) => {
      const own = open.get(key) ?? null;
      const at = transactions.held?.partitions.get(key) ?? null;
      const earlier = (others.get(key) ?? [])
        .filter((each) => each !== own && own !== null && each.startOffset < own.startOffset)
        .sort((left, right) => left.startOffset - right.startOffset)[0];
      return {
        topic,
        partition,
        leader: context.metadata.topics.get(topic)?.partitions[partition]?.leader ?? null,
        firstOffset: own?.startOffset ?? null,
        lastStableOffset: at?.lastStableOffset ?? null,
        endOffset: at?.highWatermark ?? null,
        heldBack: own === null ? (transactions.held === null ? null : 0) : waitingFrom(transactions, own),
        behindProducerId: earlier?.producerId ?? null,
        lastWriteAtMs: own?.lastWriteAtMs ?? null,
        doubt: own === null ? null : (doubts.get(own) ?? null),
      };
    });
}
