// What can be done to a node in which state, and what it would hit, in words. Pure.
import type { LabNodeRow, LabVerb } from '../../server/live/contract.ts';
import { plural } from '../ui/format.ts';

export interface VerbText {
  readonly label: string;
  /** What the confirmation says it does; null: done at once. */
  readonly meaning: string | null;
  readonly isDanger: boolean;
}

export const verbTexts: Readonly<Record<LabVerb, VerbText>> = {
  stop: { label: 'Stop', meaning: 'It stops in order: leaders move to other replicas in sync first.', isDanger: false },
  kill: { label: 'Kill', meaning: 'It ends at once, as in a crash; the cluster notices by itself.', isDanger: true },
  freeze: {
    label: 'Freeze',
    meaning: 'It stands still with its connections open, as a process that hangs.',
    isDanger: false,
  },
  restart: { label: 'Restart', meaning: 'It stops in order and starts again.', isDanger: false },
  wipe: { label: 'Wipe', meaning: 'It stops, loses everything it has stored, and starts empty.', isDanger: true },
  start: { label: 'Start', meaning: null, isDanger: false },
  thaw: { label: 'Thaw', meaning: null, isDanger: false },
};

export function verbsFor({ state, role }: Pick<LabNodeRow, 'state' | 'role'>): readonly LabVerb[] {
  const wipe: readonly LabVerb[] = role === 'broker' ? ['wipe'] : [];
  switch (state) {
    case 'running':
      return ['stop', 'kill', 'freeze', 'restart', ...wipe];
    case 'frozen':
      return ['thaw', 'stop', 'kill'];
    case 'stopped':
    case 'failed':
      return ['start', ...wipe];
    case 'starting':
    case 'stopping':
      return ['kill'];
  }
}

export function nameOf({ id, role }: Pick<LabNodeRow, 'id' | 'role'>): string {
  return role === 'controller' ? 'controller' : `broker ${id}`;
}

/** Sentences on what a verb would hit; empty when nothing. */
export function blastRadius(verb: LabVerb, node: LabNodeRow): readonly string[] {
  if (node.role === 'controller') {
    return ['Records go on flowing, but nobody elects a leader or takes a change until it is back.'];
  }
  const sentences: string[] = [];
  const { leaders, onlyReplicas } = node;
  if (leaders === null || onlyReplicas === null) sentences.push('What it leads is not known at the moment.');
  else {
    if (leaders > 0) sentences.push(`It leads ${plural(leaders, 'partition')}.`);
    if (onlyReplicas > 0) {
      const them = onlyReplicas === 1 ? 'it' : 'them';
      sentences.push(
        verb === 'wipe'
          ? `It holds the only replica in sync of ${plural(onlyReplicas, 'partition')}: their records are lost for good.`
          : `It holds the only replica in sync of ${plural(onlyReplicas, 'partition')}: nobody can read or write ${them} until it is back.`,
      );
    }
  }
  if (sentences.length === 0) sentences.push('It leads no partition.');
  return sentences;
}
