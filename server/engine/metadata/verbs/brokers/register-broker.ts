// BrokerRegistration (ClusterControlManager.registerBroker). A new registration begins fenced; its epoch is its record's offset.
import type { RequestOf, ResponseInput } from '../../../../protocol/codec.ts';
import { ErrorCode } from '../../../../protocol/errors.ts';
import type { brokerRegistration } from '../../../../protocol/schema/62-broker-registration.ts';
import type { ControllerView, Decision } from '../../decision.ts';
import type { BrokerListener } from '../../image.ts';
import { record } from '../../record.ts';
import { departures } from '../partitions/leadership.ts';

type Request = RequestOf<typeof brokerRegistration>;
type Reply = ResponseInput<typeof brokerRegistration>;

/**
 * INCONSISTENT_CLUSTER_ID for another cluster's broker, DUPLICATE_BROKER_REGISTRATION while another process holds the id,
 * INVALID_REGISTRATION without a listener. The same incarnation asking twice keeps its epoch.
 * DIVERGES: Kafka lets a dead broker's id wait out its session; here a closed connection frees it at once.
 */
export function decideRegisterBroker(view: ControllerView, request: Request): Decision<Reply> {
  const { brokerId, incarnationId } = request;
  const refusal = (errorCode: number) => ({ records: [], reply: { errorCode, brokerEpoch: -1 } });
  if (request.clusterId !== view.state.clusterId) return refusal(ErrorCode.INCONSISTENT_CLUSTER_ID);
  const endPoint = request.listeners[0];
  if (endPoint === undefined || brokerId < 0) return refusal(ErrorCode.INVALID_REGISTRATION);
  const known = view.state.brokers.get(brokerId);
  const isSameProcess = known?.incarnationId === incarnationId;
  if (known !== undefined && !isSameProcess && view.sessions.get(brokerId)?.isConnected === true) {
    return refusal(ErrorCode.DUPLICATE_BROKER_REGISTRATION);
  }
  if (known !== undefined && isSameProcess && isSamePlace(known.listeners, request.listeners)) {
    return { records: [], reply: { errorCode: ErrorCode.NONE, brokerEpoch: known.epoch } };
  }
  // Another process that cannot show how the one before ended may have lost what that one held (KIP-966).
  const unproven = !isSameProcess && request.previousBrokerEpoch !== known?.epoch;
  const given = [...departures(view, new Set([brokerId]), { unproven })];
  const brokerEpoch = view.state.offset + 1 + given.length;
  const registration = record('registerBroker', {
    brokerId,
    incarnationId,
    brokerEpoch,
    endPoints: request.listeners,
    features: request.features,
    rack: request.rack,
    fenced: true,
    logDirs: request.logDirs,
  });
  return { records: [...given, registration], reply: { errorCode: ErrorCode.NONE, brokerEpoch } };
}

function isSamePlace(known: readonly BrokerListener[], asked: readonly BrokerListener[]): boolean {
  const text = (listeners: readonly BrokerListener[]) =>
    JSON.stringify(listeners.map(({ name, host, port }) => [name, host, port]));
  return text(known) === text(asked);
}
