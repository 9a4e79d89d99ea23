// 25 AddOffsetsToTxn, versions 0–4. KIP-98: the partition of __consumer_offsets that keeps the group becomes part of the
// transaction. Clients of transactions v2 do not send it: TxnOffsetCommit v5 does it on its own.
import { ErrorCode } from '../../../protocol/errors.ts';
import { addOffsetsToTxn } from '../../../protocol/schema/25-add-offsets-to-txn.ts';
import { OFFSETS_TOPIC } from '../../metadata/topic-name.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { ensureOffsetsTopic } from '../internal-topics.ts';
import { fencingCode } from '../transactions/fencing.ts';

const FENCED_SINCE_VERSION = 2;

export function addOffsetsToTxnHandler(broker: Broker): Handler {
  return serve(addOffsetsToTxn, async (request, { apiVersion }) => {
    const { transactionalId, producerId, producerEpoch, groupId } = request;
    const topicError = await ensureOffsetsTopic(broker);
    if (topicError !== ErrorCode.NONE) return { errorCode: topicError };
    const partitions = new Map([[OFFSETS_TOPIC, new Set([broker.groups.partitionOf(groupId)])]]);
    const added = { producerId, producerEpoch, partitions, clientVersion: 0 };
    const errorCode = await broker.transactions.addPartitions(transactionalId, added);
    return { errorCode: fencingCode(errorCode, apiVersion >= FENCED_SINCE_VERSION) };
  });
}
