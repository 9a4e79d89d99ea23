// BrokerHeartbeat: unfencing, fencing on request and controlled shutdown (BrokerHeartbeatManager.calculateNextBrokerState).
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { brokerHeartbeat } from '../../../protocol/schema/63-broker-heartbeat.ts';
import type { ControllerView, Decision } from '../decision.ts';
import type { BrokerImage } from '../image.ts';
import { type MetadataRecord, record } from '../record.ts';
import { elections, resignations } from './leadership.ts';

type Request = RequestOf<typeof brokerHeartbeat>;
type Reply = ResponseInput<typeof brokerHeartbeat>;

/** BROKER_ID_NOT_REGISTERED or STALE_BROKER_EPOCH send the broker back to registering. */
export function decideHeartbeat(view: ControllerView, request: Request): Decision<Reply> {
  const broker = view.state.brokers.get(request.brokerId);
  if (broker === undefined) return refusal(ErrorCode.BROKER_ID_NOT_REGISTERED);
  if (broker.epoch !== request.brokerEpoch) return refusal(ErrorCode.STALE_BROKER_EPOCH);
  const isCaughtUp = request.currentMetadataOffset >= broker.epoch;
  if (request.wantShutDown) return shutDown(view, broker, { isCaughtUp, offset: request.currentMetadataOffset });
  if (request.wantFence) return answer(broker.isFenced ? [] : fencing(view, broker), { isCaughtUp, isFenced: true });
  if (!broker.isFenced) return answer([], { isCaughtUp, isFenced: false });
  if (!isCaughtUp) return answer([], { isCaughtUp, isFenced: true });
  return answer(unfencing(view, broker), { isCaughtUp, isFenced: false });
}

function refusal(errorCode: number): Decision<Reply> {
  return { records: [], reply: { errorCode, isFenced: true } };
}
function answer(
  records: readonly MetadataRecord[],
  reply: { isCaughtUp: boolean; isFenced: boolean; shouldShutDown?: boolean },
): Decision<Reply> {
  return { records, reply: { errorCode: ErrorCode.NONE, shouldShutDown: false, ...reply } };
}

/** First its partitions are taken away; once it has read that, it is fenced and told to stop. */
function shutDown(
  view: ControllerView,
  broker: BrokerImage,
  { isCaughtUp, offset }: { isCaughtUp: boolean; offset: number },
): Decision<Reply> {
  if (broker.isFenced) return answer([], { isCaughtUp, isFenced: true, shouldShutDown: true });
  const given = [...resignations(view.state, broker.id)];
  if (!broker.isShuttingDown) {
    const mark = record('brokerRegistrationChange', {
      brokerId: broker.id,
      brokerEpoch: broker.epoch,
      inControlledShutdown: 1,
    });
    return answer([...given, mark], { isCaughtUp, isFenced: false });
  }
  const from = view.sessions.get(broker.id)?.shutdownOffset ?? -1;
  if (given.length > 0 || offset < from) return answer(given, { isCaughtUp, isFenced: false });
  return answer(fencing(view, broker), { isCaughtUp, isFenced: true, shouldShutDown: true });
}

/** Also what happens to a broker that was not heard for too long. */
export function fencing(view: ControllerView, broker: BrokerImage): MetadataRecord[] {
  const change = { brokerId: broker.id, brokerEpoch: broker.epoch, fenced: 1 };
  return [record('brokerRegistrationChange', change), ...resignations(view.state, broker.id)];
}
function unfencing(view: ControllerView, broker: BrokerImage): MetadataRecord[] {
  const change = { brokerId: broker.id, brokerEpoch: broker.epoch, fenced: -1 };
  return [record('brokerRegistrationChange', change), ...elections(view.state, broker.id)];
}
