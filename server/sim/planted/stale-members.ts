// A coordinator that takes commits of any generation: while it looks at a commit, every group seems to be of the generation and to
// have the member that the request names.
import type { GroupCoordinator } from '../../engine/coordinator/group-coordinator.ts';
import type { Shard } from '../../engine/coordinator/runtime.ts';
import type { ShardState } from '../../engine/coordinator/state.ts';

interface Claim {
  readonly memberId: string;
  readonly generation: number;
}

export function acceptStaleMembers(coordinator: GroupCoordinator, shard: Shard): () => void {
  let claim: Claim | null = null;
  const { commitOffsets } = coordinator;
  const state = Object.getOwnPropertyDescriptor(shard, 'state');
  const getState = state?.get;
  if (state === undefined || getState === undefined) throw new Error('Shard.state is a getter');
  coordinator.commitOffsets = function (this: GroupCoordinator, request, context) {
    claim = { memberId: request.memberId, generation: request.generationIdOrMemberEpoch };
    try {
      return commitOffsets.call(this, request, context);
    } finally {
      claim = null;
    }
  };
  Object.defineProperty(shard, 'state', {
    ...state,
    get(this: Shard) {
      const real = getState.call(this) as ShardState;
      return claim === null ? real : believing(real, claim);
    },
  });
  return () => {
    coordinator.commitOffsets = commitOffsets;
    Object.defineProperty(shard, 'state', state);
  };
}

function believing(real: ShardState, { memberId, generation }: Claim): ShardState {
  const groups = new Map(real.groups);
  for (const [groupId, group] of groups) {
    const members = new Map(group.members);
    const any = members.values().next().value;
    if (any !== undefined && !members.has(memberId)) members.set(memberId, { ...any, memberId });
    groups.set(groupId, { ...group, generation, members, state: 'Stable' });
  }
  return { ...real, groups };
}
