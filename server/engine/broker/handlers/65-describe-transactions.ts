// 65 DescribeTransactions, version 0. KIP-664: transactions coordinated here, by their ids.
import type { ResponseInput } from '../../../protocol/codec.ts';
import { describeTransactions } from '../../../protocol/schema/65-describe-transactions.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

type State = NonNullable<ResponseInput<typeof describeTransactions>['transactionStates']>[number];

export function describeTransactionsHandler(broker: Broker): Handler {
  return serve(describeTransactions, (request) => ({
    transactionStates: request.transactionalIds.map((id) => describe(broker, id)),
  }));
}

function describe(broker: Broker, transactionalId: string): State {
  const found = broker.transactions.describe(transactionalId);
  if (typeof found === 'number') return { transactionalId, errorCode: found };
  return {
    transactionalId,
    transactionState: found.state,
    transactionTimeoutMs: found.timeoutMs,
    transactionStartTimeMs: found.startTimestampMs,
    producerId: found.producerId,
    producerEpoch: found.producerEpoch,
    topics: [...found.partitions].map(([topic, partitions]) => ({ topic, partitions: [...partitions] })),
  };
}
