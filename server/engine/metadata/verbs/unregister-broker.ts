// Forgetting a broker for good (ClusterControlManager.unregisterBroker). What only it has in sync stays without a leader.
import { ErrorCode } from '../../../protocol/errors.ts';
import { type ControllerView, type Decision, type Refusal, refuse } from '../decision.ts';
import { record } from '../record.ts';
import { departures } from './leadership.ts';

export function decideUnregisterBroker(view: ControllerView, brokerId: number): Decision<Refusal | null> {
  const broker = view.state.brokers.get(brokerId);
  if (broker === undefined) {
    const message = `Broker ID ${brokerId} is not currently registered`;
    return { records: [], reply: refuse(ErrorCode.BROKER_ID_NOT_REGISTERED, message) };
  }
  const removal = record('unregisterBroker', { brokerId, brokerEpoch: broker.epoch });
  return { records: [...departures(view, new Set([brokerId])), removal], reply: null };
}
