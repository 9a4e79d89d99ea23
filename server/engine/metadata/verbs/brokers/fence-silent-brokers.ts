// Time passing is a command too: brokers that were not heard for a session's length are fenced, and lead nothing.
import type { ControllerView, Decision } from '../../decision.ts';
import type { BrokerImage } from '../../image.ts';
import { brokerSetting } from '../../settings.ts';
import { fencing } from './heartbeat.ts';

/** The reply lists the brokers fenced. A broker without a session is given one by whoever owns the sessions, not fenced. */
export function decideFenceSilentBrokers(view: ControllerView, nowMs: number): Decision<readonly number[]> {
  const sessionMs = Number(brokerSetting(view.state, view.settings, 'broker.session.timeout.ms'));
  const silent: BrokerImage[] = [];
  for (const broker of view.state.brokers.values()) {
    const session = view.sessions.get(broker.id);
    if (broker.isFenced || session === undefined || nowMs - session.lastContactMs < sessionMs) continue;
    silent.push(broker);
  }
  return { records: fencing(view, ...silent), reply: silent.map(({ id }) => id) };
}
