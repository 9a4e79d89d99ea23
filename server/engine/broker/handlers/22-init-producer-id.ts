// 22 InitProducerId, versions 0–5. KIP-98: a producer id never given before, epoch 0. Each call gives a new one, whatever id the
// client had: its sequence numbers start anew with it.
// DIVERGES: with a transactional id it is refused (UNSUPPORTED_VERSION, fatal to clients) until there is a transaction coordinator.
import { ErrorCode } from '../../../protocol/errors.ts';
import { initProducerId } from '../../../protocol/schema/22-init-producer-id.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { LinkError } from '../controller-link.ts';

export function initProducerIdHandler(broker: Broker): Handler {
  return serve(initProducerId, async (request) => {
    if (request.transactionalId !== null) {
      const isEmpty = request.transactionalId === '';
      return failed(isEmpty ? ErrorCode.INVALID_REQUEST : ErrorCode.UNSUPPORTED_VERSION);
    }
    try {
      return { producerId: await broker.controller.nextProducerId(), producerEpoch: 0 };
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      // Kafka's answer while the block of ids is being fetched: clients wait and ask again.
      return failed(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
    }
  });
}

function failed(errorCode: ErrorCode) {
  return { errorCode, producerId: -1, producerEpoch: -1 };
}
