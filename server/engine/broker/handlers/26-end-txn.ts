// 26 EndTxn, versions 0–5. KIP-98: commits or aborts. From v5 on (KIP-890) the answer holds the epoch of the next transaction.
// Answered once the decision is committed; the markers follow.
import { EPOCH_PER_TRANSACTION } from '../../../protocol/records/marker.ts';
import { endTxn } from '../../../protocol/schema/26-end-txn.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { fencingCode } from '../transactions/fencing.ts';

const FENCED_SINCE_VERSION = 2;
const EPOCH_SINCE_VERSION = 5;

export function endTxnHandler(broker: Broker): Handler {
  return serve(endTxn, async (request, { apiVersion }) => {
    const { transactionalId, producerId, producerEpoch, committed: isCommit } = request;
    const clientVersion = apiVersion >= EPOCH_SINCE_VERSION ? EPOCH_PER_TRANSACTION : 0;
    const ending = { producerId, producerEpoch, isCommit, clientVersion };
    const answer = await broker.transactions.endTransaction(transactionalId, ending);
    return { ...answer, errorCode: fencingCode(answer.errorCode, apiVersion >= FENCED_SINCE_VERSION) };
  });
}
