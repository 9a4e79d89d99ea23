// 22 InitProducerId, versions 0–5. KIP-98: a producer id never given before, epoch 0; with a transactional id the coordinator's id
// and the next epoch, which fences whoever wrote under it before (KIP-360 from v3, KIP-588 PRODUCER_FENCED from v4).
import { ErrorCode } from '../../../protocol/errors.ts';
import { initProducerId } from '../../../protocol/schema/22-init-producer-id.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { LinkError } from '../link/controller-link.ts';
import { fencingCode } from '../transactions/fencing.ts';

const FENCED_SINCE_VERSION = 4;

export function initProducerIdHandler(broker: Broker): Handler {
  return serve(initProducerId, async (request, context) => {
    const { transactionalId, transactionTimeoutMs: timeoutMs, producerId, producerEpoch } = request;
    if ((producerId === -1) !== (producerEpoch === -1)) return failed(ErrorCode.INVALID_REQUEST);
    if (transactionalId === null) {
      const freshId = await nextProducerId(broker);
      // Kafka's answer while the block of ids is being fetched: clients wait and ask again.
      return freshId === null
        ? failed(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
        : { producerId: freshId, producerEpoch: 0 };
    }
    const expected = producerId === -1 ? null : { producerId, producerEpoch };
    const answer = await broker.transactions.initProducerId({ transactionalId, timeoutMs, expected });
    return { ...answer, errorCode: fencingCode(answer.errorCode, context.apiVersion >= FENCED_SINCE_VERSION) };
  });
}

/** null when the controller does not give one now. */
export async function nextProducerId(broker: Pick<Broker, 'controller'>): Promise<number | null> {
  try {
    return await broker.controller.nextProducerId();
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    return null;
  }
}

function failed(errorCode: ErrorCode) {
  return { errorCode, producerId: -1, producerEpoch: -1 };
}
