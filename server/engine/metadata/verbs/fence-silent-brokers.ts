// Time passing is a command too: brokers that were not heard for a session's length are fenced, and lead nothing.
import type { ControllerView, Decision } from '../decision.ts';
import type { MetadataRecord } from '../record.ts';
import { brokerSetting } from '../settings.ts';
import { fencing } from './heartbeat.ts';

/** The reply lists the brokers fenced. A broker without a session is given one by whoever owns the sessions, not fenced. */
export function decideFenceSilentBrokers(view: ControllerView, nowMs: number): Decision<readonly number[]> {
  const sessionMs = Number(brokerSetting(view.state, view.settings, 'broker.session.timeout.ms'));
  const records: MetadataRecord[] = [];
  const fenced: number[] = [];
  for (const broker of view.state.brokers.values()) {
    const session = view.sessions.get(broker.id);
    if (broker.isFenced || session === undefined || nowMs - session.lastContactMs < sessionMs) continue;
    records.push(...fencing(view, broker));
    fenced.push(broker.id);
  }
  return { records, reply: fenced };
}
