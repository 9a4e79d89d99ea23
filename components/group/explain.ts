// A group's state in a sentence or two, by its kind: what happens now, and what readers notice of it. Pure.
import type { GroupView } from '../../server/live/contract.ts';
import { plural } from '../ui/format.ts';

type Explained = Pick<GroupView, 'group' | 'members' | 'protocol' | 'epoch' | 'assignmentEpoch'>;

export function explainGroup(view: Explained): readonly string[] {
  const kind = kindOf(view);
  const now = view.group.type === 'consumer' ? consumerState(view) : classicState(view);
  return [kind, now].filter((sentence) => sentence !== null);
}

function kindOf({ group, protocol }: Explained): string | null {
  if (group.type === 'consumer') {
    return `A group of the consumer protocol (KIP-848): the coordinator decides who reads what${protocol === null ? '' : `, with its ${protocol} assignor`}.`;
  }
  if (group.type !== 'classic') return null;
  if (group.protocolType !== '' && group.protocolType !== 'consumer')
    return `A classic group of the kind “${group.protocolType}”: its members share something else than partitions.`;
  return `A classic group: one of its members decides who reads what${protocol === null ? '' : `, with the ${protocol} assignor that they agreed on`}.`;
}

const plain = (state: string): string => state.toLowerCase().replaceAll(/[^a-z]/g, '');

function classicState({ group, members }: Explained): string | null {
  switch (plain(group.state)) {
    case 'stable':
      return `${members.length === 1 ? 'Its member has' : 'All members have'} joined and reads go on.`;
    case 'preparingrebalance':
      return 'Members are joining anew. Nobody reads until all have, or the rebalance time-out has passed.';
    case 'completingrebalance':
      return 'All members have joined and wait to be told what to read. Nobody reads until then.';
    case 'empty':
      return 'It has no members; what it committed is kept.';
    case 'dead':
      return 'It is being forgotten.';
    default:
      return null;
  }
}

function consumerState({ group, members, epoch, assignmentEpoch }: Explained): string | null {
  const moving = members.filter(({ target }) => target !== null).length;
  switch (plain(group.state)) {
    case 'stable':
      return `Every member has the assignment of epoch ${assignmentEpoch ?? epoch ?? '—'} and reads go on.`;
    case 'assigning':
      return `Something has changed (group epoch ${epoch ?? '—'}, assignment of epoch ${assignmentEpoch ?? '—'}): the coordinator is working out who reads what. Reads go on meanwhile.`;
    case 'reconciling':
      return `Members are moving to the assignment of epoch ${assignmentEpoch ?? '—'}${moving === 0 ? '' : `; ${plural(moving, 'member')} ${moving === 1 ? 'is' : 'are'} not there yet`}. Only partitions that change hands pause.`;
    case 'empty':
      return 'It has no members; what it committed is kept.';
    case 'dead':
      return 'It is being forgotten.';
    default:
      return null;
  }
}
