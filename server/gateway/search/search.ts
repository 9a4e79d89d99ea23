// Names for the command palette, of topics and of groups. Called by feature.ts.
import { BrokerGate } from '../../client/asking/per-broker.ts';
import type { CallArgs, CallResult } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';

const MAX_FOUND = 20;

export async function search(context: GatewayContext, args: CallArgs<'search'>): Promise<CallResult<'search'>> {
  await context.metadata.fresh(5_000);
  if (context.groups.listedAtMs === null) await context.groupReader.list(new BrokerGate());
  return {
    topics: bestMatches(context.metadata.topics.keys(), args.query),
    groups: bestMatches(context.groups.listings.keys(), args.query),
  };
}

/** Names that contain the query, those that begin with it first, then the shorter ones. At most 20. */
export function bestMatches(names: Iterable<string>, query: string): string[] {
  const needle = query.trim().toLowerCase();
  const ranked: { name: string; at: number }[] = [];
  for (const name of names) {
    const at = name.toLowerCase().indexOf(needle);
    if (at >= 0) ranked.push({ name, at });
  }
  ranked.sort(
    (left, right) =>
      Number(left.at > 0) - Number(right.at > 0) ||
      left.name.length - right.name.length ||
      (left.name < right.name ? -1 : 1),
  );
  return ranked.slice(0, MAX_FOUND).map(({ name }) => name);
}
