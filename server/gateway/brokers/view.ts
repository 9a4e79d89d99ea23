// The brokers, all that were ever seen. No I/O.
import type { BrokersView } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import { brokerRows } from '../model/rows.ts';
import { CORE_INTERVAL_MS } from '../sampling/samplers.ts';

/** null before the first attempt to reach the cluster has ended. */
export function brokersView(context: GatewayContext): BrokersView | null {
  const { metadata } = context;
  if (metadata.sampledAtMs === null && metadata.failure === null) return null;
  return {
    freshness: { sampledAtMs: metadata.sampledAtMs, intervalMs: CORE_INTERVAL_MS },
    problems: context.problems('metadata', 'ends', 'sizes'),
    rows: brokerRows(context),
  };
}
