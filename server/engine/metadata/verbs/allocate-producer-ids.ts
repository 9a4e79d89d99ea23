// AllocateProducerIds: blocks of producer ids that are never given twice (ProducerIdControlManager).
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { allocateProducerIds } from '../../../protocol/schema/67-allocate-producer-ids.ts';
import type { ControllerView, Decision } from '../decision.ts';
import { record } from '../record.ts';

/** ProducerIdsBlock.PRODUCER_ID_BLOCK_SIZE. */
export const PRODUCER_ID_BLOCK = 1000;

export function decideAllocateProducerIds(
  view: ControllerView,
  { brokerId, brokerEpoch }: RequestOf<typeof allocateProducerIds>,
): Decision<ResponseInput<typeof allocateProducerIds>> {
  const broker = view.state.brokers.get(brokerId);
  if (broker === undefined) return { records: [], reply: { errorCode: ErrorCode.BROKER_ID_NOT_REGISTERED } };
  if (broker.epoch !== brokerEpoch) return { records: [], reply: { errorCode: ErrorCode.STALE_BROKER_EPOCH } };
  const producerIdStart = view.state.nextProducerId;
  const nextProducerId = producerIdStart + PRODUCER_ID_BLOCK;
  return {
    records: [record('producerIds', { brokerId, brokerEpoch, nextProducerId })],
    reply: { errorCode: ErrorCode.NONE, producerIdStart, producerIdLen: PRODUCER_ID_BLOCK },
  };
}
