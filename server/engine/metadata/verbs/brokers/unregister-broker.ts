// UnregisterBroker: forgetting a broker for good (ClusterControlManager.unregisterBroker). One that still runs registers again.
import type { RequestOf, ResponseInput } from '../../../../protocol/codec.ts';
import { ErrorCode } from '../../../../protocol/errors.ts';
import type { unregisterBroker } from '../../../../protocol/schema/64-unregister-broker.ts';
import { type ControllerView, type Decision, refuse } from '../../decision.ts';
import { record } from '../../record.ts';
import { departures } from '../partitions/leadership.ts';

/** BROKER_ID_NOT_REGISTERED. What only this broker has stays without a leader. */
export function decideUnregisterBroker(
  view: ControllerView,
  { brokerId }: RequestOf<typeof unregisterBroker>,
): Decision<ResponseInput<typeof unregisterBroker>> {
  const broker = view.state.brokers.get(brokerId);
  if (broker === undefined) {
    const message = `Broker ID ${brokerId} is not currently registered`;
    return { records: [], reply: refuse(ErrorCode.BROKER_ID_NOT_REGISTERED, message) };
  }
  const removal = record('unregisterBroker', { brokerId, brokerEpoch: broker.epoch });
  return {
    records: [...departures(view, new Set([brokerId]), { unproven: true }), removal],
    reply: { errorCode: ErrorCode.NONE },
  };
}
