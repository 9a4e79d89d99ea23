// The list of groups as a page asks for it. No I/O.
import type { GroupsParams, GroupsView } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import type { GroupListing } from '../model/groups.ts';
import { roundedGroup } from '../model/rows.ts';
import { CORE_INTERVAL_MS } from '../sampling/samplers.ts';
import { byNumber, byText, inTurn, type Order, searching, windowed } from '../windowed.ts';

/** null before the groups were listed. */
export function groupsView(context: GatewayContext, params: GroupsParams): GroupsView | null {
  const { groups, metadata } = context;
  if (groups.listedAtMs === null && metadata.failure === null && groups.listings.size === 0) return null;
  const matches = searching(params.query);
  return {
    freshness: { sampledAtMs: groups.listedAtMs, intervalMs: CORE_INTERVAL_MS },
    problems: context.problems('metadata', 'groups', 'group details'),
    ...windowed(
      {
        all: groups.listings.values(),
        keeps: ({ groupId }) => matches(groupId),
        order: orderOf(context, params),
        row: (listing) => roundedGroup(groups.row(listing)),
      },
      params,
    ),
  };
}

function orderOf({ groups }: GatewayContext, { sort, descending }: GroupsParams): Order<GroupListing> {
  const nameOf = ({ groupId }: GroupListing) => groupId;
  if (sort === 'name') return byText(nameOf, descending);
  if (sort === 'state')
    return inTurn(
      byText(({ state }) => state, descending),
      byText(nameOf),
    );
  const key = (listing: GroupListing): number | null => {
    const row = groups.row(listing);
    return sort === 'lag' ? row.totalLag : row.members;
  };
  return inTurn(byNumber(key, descending), byText(nameOf));
}
