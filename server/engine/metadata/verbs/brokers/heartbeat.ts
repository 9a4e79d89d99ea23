// BrokerHeartbeat: unfencing, fencing on request and controlled shutdown (BrokerHeartbeatManager.calculateNextBrokerState).
import type { RequestOf, ResponseInput } from '../../../../protocol/codec.ts';
import { ErrorCode } from '../../../../protocol/errors.ts';
import type { brokerHeartbeat } from '../../../../protocol/schema/63-broker-heartbeat.ts';
import { type ControllerView, type Decision, usableBrokers } from '../../decision.ts';
import type { BrokerImage } from '../../image.ts';
import { type MetadataRecord, record } from '../../record.ts';
import { departures, handovers, returns } from '../partitions/leadership.ts';

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

/**
 * First whatever others can lead is taken from it; once it has read that, and those who lead now have too, it is fenced and told
 * to stop.
 */
function shutDown(
  view: ControllerView,
  broker: BrokerImage,
  { isCaughtUp, offset }: { isCaughtUp: boolean; offset: number },
): Decision<Reply> {
  if (broker.isFenced) return answer([], { isCaughtUp, isFenced: true, shouldShutDown: true });
  const given = [...handovers(view, broker.id)];
  if (!broker.isShuttingDown) {
    const mark = record('brokerRegistrationChange', {
      brokerId: broker.id,
      brokerEpoch: broker.epoch,
      inControlledShutdown: 1,
    });
    return answer([...given, mark], { isCaughtUp, isFenced: false });
  }
  const from = view.sessions.get(broker.id)?.shutdownOffset ?? -1;
  const isDone = given.length === 0 && offset >= from && haveOthersRead(view, broker.id, from);
  if (!isDone) return answer(given, { isCaughtUp, isFenced: false });
  return answer(fencing(view, broker), { isCaughtUp, isFenced: true, shouldShutDown: true });
}

/** Brokers that are not heard hold nobody up. */
function haveOthersRead(view: ControllerView, brokerId: number, offset: number): boolean {
  return usableBrokers(view.state).every((id) => {
    const session = view.sessions.get(id);
    return id === brokerId || session?.isConnected !== true || session.appliedOffset >= offset;
  });
}

/** Also what happens to brokers that were not heard for too long. */
export function fencing(view: ControllerView, ...brokers: readonly BrokerImage[]): MetadataRecord[] {
  if (brokers.length === 0) return [];
  const fenced = brokers.map(({ id, epoch }) =>
    record('brokerRegistrationChange', { brokerId: id, brokerEpoch: epoch, fenced: 1 }),
  );
  return [...fenced, ...departures(view, new Set(brokers.map(({ id }) => id)))];
}
function unfencing(view: ControllerView, broker: BrokerImage): MetadataRecord[] {
  const change = { brokerId: broker.id, brokerEpoch: broker.epoch, fenced: -1 };
  return [record('brokerRegistrationChange', change), ...returns(view, broker.id)];
}
