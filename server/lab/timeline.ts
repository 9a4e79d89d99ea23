// The last events of the lab, in words, each with its cause where one is known: what was done to a node, and what the cluster then
// said of itself. Written by lab.ts. Bounded; holds no timers.
import type { LabEvent } from '../live/contract.ts';
import type { PlacementChange } from './placement.ts';

const MAX_EVENTS = 200;
const NAMED_PARTITIONS = 5;
/** What happens to a broker within this time of something done to it is put down to that. */
const CAUSE_MS = 60_000;

export interface Deed {
  readonly nodeId: number;
  readonly level: LabEvent['level'];
  /** "was killed": what was done to the node, or what it did. */
  readonly what: string;
  /** Said after it in the event, but not where it is named as a cause: "in 140 ms". */
  readonly detail?: string;
  readonly cause: string | null;
}

export class Timeline {
  #events: readonly LabEvent[] = [];
  #lastId = 0;
  readonly #lastDeeds = new Map<number, { readonly text: string; readonly atMs: number }>();
  readonly #nameOf: (nodeId: number) => string;

  constructor(nameOf: (nodeId: number) => string) {
    this.#nameOf = nameOf;
  }

  /** Newest last. A new array after each change. */
  get events(): readonly LabEvent[] {
    return this.#events;
  }

  deed({ nodeId, level, what, detail, cause }: Deed, atMs: number): void {
    const name = this.#nameOf(nodeId);
    this.begin(nodeId, what, atMs);
    this.#add({
      atMs,
      source: 'lab',
      level,
      nodeId,
      sentence: `${capital(name)} ${what}${detail === undefined ? '' : ` ${detail}`}.`,
      cause,
      partitions: [],
    });
  }

  /** Makes it a cause without an event of its own: "began to stop". */
  begin(nodeId: number, what: string, atMs: number): void {
    this.#lastDeeds.set(nodeId, { text: `${this.#nameOf(nodeId)} ${what}`, atMs });
  }

  /** Something about the whole cluster, such as the end of a rolling restart. */
  note(sentence: string, level: LabEvent['level'], atMs: number, cause: string | null = null): void {
    this.#add({ atMs, source: 'lab', level, nodeId: null, sentence, cause, partitions: [] });
  }

  change(change: PlacementChange, atMs: number): void {
    const { sentence, level, nodeId } = tell(change);
    const partitions = 'partitions' in change ? change.partitions.slice(0, NAMED_PARTITIONS) : [];
    this.#add({ atMs, source: 'cluster', level, nodeId, sentence, cause: this.#causeOf(change, atMs), partitions });
  }

  #causeOf(change: PlacementChange, atMs: number): string | null {
    const concerned = change.kind === 'leader' ? [change.from, change.to] : [change.brokerId];
    const deeds = concerned.flatMap((id) => (id === null ? [] : (this.#lastDeeds.get(id) ?? [])));
    const [latest] = deeds.sort((left, right) => right.atMs - left.atMs);
    if (latest === undefined || atMs - latest.atMs > CAUSE_MS) return null;
    const seconds = (atMs - latest.atMs) / 1_000;
    return `${latest.text} ${seconds < 0.1 ? 'just' : `${seconds.toFixed(1)} s`} before`;
  }

  #add(event: Omit<LabEvent, 'id'>): void {
    this.#lastId += 1;
    this.#events = [...this.#events, { id: this.#lastId, ...event }].slice(-MAX_EVENTS);
  }
}

function tell(change: PlacementChange): Pick<LabEvent, 'sentence' | 'level' | 'nodeId'> {
  switch (change.kind) {
    case 'brokerGone':
      return { sentence: `Broker ${change.brokerId} left the cluster.`, level: 'warn', nodeId: change.brokerId };
    case 'brokerBack':
      return { sentence: `Broker ${change.brokerId} joined the cluster.`, level: 'ok', nodeId: change.brokerId };
    case 'leader':
      return tellLeader(change);
    case 'electedAgain': {
      const sentence = `Broker ${change.brokerId} was elected again for ${count(change.partitions)}.`;
      return { sentence, level: 'notice', nodeId: change.brokerId };
    }
    case 'leftInSync': {
      const sentence = `Broker ${change.brokerId} is out of sync for ${count(change.partitions)}.`;
      return { sentence, level: 'warn', nodeId: change.brokerId };
    }
    case 'joinedInSync': {
      const sentence = `Broker ${change.brokerId} is in sync again for ${count(change.partitions)}.`;
      return { sentence, level: 'ok', nodeId: change.brokerId };
    }
  }
}

function tellLeader({ from, to, partitions }: Extract<PlacementChange, { kind: 'leader' }>) {
  const many = count(partitions);
  if (to === null) {
    const verb = partitions.length === 1 ? 'has' : 'have';
    return {
      sentence: `${capital(many)} that broker ${from} led ${verb} no leader.`,
      level: 'critical',
      nodeId: from,
    } as const;
  }
  if (from === null) {
    return { sentence: `Broker ${to} leads ${many} that had no leader.`, level: 'ok', nodeId: to } as const;
  }
  return { sentence: `Broker ${to} leads ${many} that broker ${from} led.`, level: 'notice', nodeId: to } as const;
}

function count(partitions: readonly string[]): string {
  return partitions.length === 1 ? '1 partition' : `${partitions.length} partitions`;
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
