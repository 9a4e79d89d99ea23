// The faults that people set in the lab: links, disks, rules for requests. Sets them through LabFaults, tells each on the timeline, and
// notices when a rule ends by itself. Made by lab.ts.
import type { FaultOrder, LabFaults, LinkFault, SlowDisk } from '../engine/cluster.ts';
import type { LabFaultRow, LabLink } from '../live/contract.ts';
import { capital, type Timeline } from './timeline.ts';

const BY_PERSON = 'asked for in the lab';

export interface FaultDeskOptions {
  readonly faults: LabFaults;
  readonly timeline: Timeline;
  nowMs(): number;
  /** "broker 2", "the controller" */
  nameOf(nodeId: number): string;
  onChange(): void;
}
interface KnownRule {
  readonly row: LabFaultRow;
  readonly setAtMs: number;
}

export class FaultDesk {
  readonly #options: FaultDeskOptions;
  readonly #rules = new Map<number, KnownRule>();
  readonly #linkSinceMs = new Map<string, number>();

  constructor(options: FaultDeskOptions) {
    this.#options = options;
  }

  /** Throws NodeStateError. */
  setLink(from: number, to: number, fault: LinkFault | null): void {
    const { faults, timeline, nameOf, nowMs } = this.#options;
    const before = this.#linkOf(from, to);
    faults.setLink(from, to, fault);
    this.#linkSinceMs.set(pairOf(from, to), nowMs());
    const [one, other] = [nameOf(from), nameOf(to)];
    if (fault === null) {
      if (before !== undefined) {
        this.#begin(from, to, (name) => `was linked to ${name} again`);
        timeline.note(`The link between ${one} and ${other} was healed.`, 'ok', nowMs(), BY_PERSON);
      }
    } else {
      const way = fault.oneWay ? `from ${one} to ${other}` : `between ${one} and ${other}`;
      const what = fault.kind === 'cut' ? 'was cut' : `takes ${fault.delayMs} ms longer`;
      this.#begin(from, to, (name) =>
        fault.kind === 'cut' ? `was cut off from ${name}` : `had a slow link to ${name}`,
      );
      timeline.note(`The link ${way} ${what}.`, 'warn', nowMs(), BY_PERSON);
    }
    this.#options.onChange();
  }

  /** Throws NodeStateError. */
  slowDisk(nodeId: number, disk: SlowDisk | null): void {
    const { faults, timeline, nowMs } = this.#options;
    faults.setDisk(nodeId, disk);
    const now = faults.diskOf(nodeId);
    const what =
      now === null
        ? 'has its disk at full speed again'
        : `got a slow disk: ${now.appendMs} ms more for each append, ${now.flushMs} ms for each flush`;
    timeline.deed({ nodeId, level: now === null ? 'ok' : 'warn', what, cause: BY_PERSON }, nowMs());
    this.#options.onChange();
  }

  /** Throws NodeStateError. Gives the rule's id. */
  addRule(order: FaultOrder, durationMs: number): number {
    const { faults, timeline, nowMs } = this.#options;
    const id = faults.addRule(order, durationMs);
    this.#rows();
    timeline.note(`A fault rule began: ${this.#sentence(order)}.`, 'warn', nowMs(), BY_PERSON);
    this.#options.onChange();
    return id;
  }
  endRule(id: number): boolean {
    const known = this.#rules.get(id);
    this.#rules.delete(id);
    const wasInForce = this.#options.faults.endRule(id);
    if (wasInForce && known !== undefined) this.#tellEnd(known, BY_PERSON);
    this.#options.onChange();
    return wasInForce;
  }

  endAll(): number {
    const { faults, timeline, nowMs } = this.#options;
    for (const { from, to } of faults.links) this.#begin(from, to, (name) => `was linked to ${name} again`);
    const ended = faults.endAll();
    this.#rules.clear();
    if (ended > 0) timeline.note(`All faults were ended: ${ended}.`, 'ok', nowMs(), BY_PERSON);
    this.#options.onChange();
    return ended;
  }

  /** True when anything is in force that changes by itself: hits, or the end of a rule. */
  get isLive(): boolean {
    return this.#rules.size > 0;
  }

  get links(): readonly LabLink[] {
    return this.#options.faults.links.map((link) => ({
      ...link,
      sinceMs: this.#linkSinceMs.get(pairOf(link.from, link.to)) ?? 0,
    }));
  }

  /** Those in force; tells of those that ended since the last time. */
  rules(): readonly LabFaultRow[] {
    const rows = this.#rows();
    const inForce = new Set(rows.map(({ id }) => id));
    for (const [id, known] of this.#rules) {
      if (inForce.has(id)) continue;
      this.#rules.delete(id);
      const { endsAtMs } = known.row;
      this.#tellEnd(known, this.#options.nowMs() >= endsAtMs ? 'its time was over' : 'it had hit all it was to hit');
    }
    return rows;
  }

  #rows(): readonly LabFaultRow[] {
    return this.#options.faults.rules().map(({ rule, hits, left }) => {
      const { id, clientId, api, topic, action, times, expiresAtMs } = rule;
      const setAtMs = this.#rules.get(id)?.setAtMs ?? this.#options.nowMs();
      const order = { clientId, api, topic, action, times };
      const row = { ...order, id, sentence: this.#sentence(order), setAtMs, endsAtMs: expiresAtMs, hits, left };
      this.#rules.set(id, { row, setAtMs });
      return row;
    });
  }

  #tellEnd({ row }: KnownRule, cause: string): void {
    this.#options.timeline.note(`A fault rule ended: ${row.sentence}.`, 'ok', this.#options.nowMs(), cause);
  }

  #sentence({ api, clientId, topic, action, times }: FaultOrder): string {
    const what = `${api ?? 'every request'}${topic === null ? '' : ` of ${topic}`}`;
    const who = clientId === '*' ? '' : ` from ${clientId}`;
    const often = times === null ? '' : times === 1 ? ', once' : `, ${times} times`;
    return capital(`${what}${who} ${this.#actionText(action)}${often}`);
  }
  #actionText(action: FaultOrder['action']): string {
    switch (action.kind) {
      case 'delay':
        return `takes ${action.delayMs} ms longer`;
      case 'error':
        return `is answered ${this.#options.faults.nameOfError(action.errorCode)}`;
      case 'drop':
        return 'costs the connection';
    }
  }

  #linkOf(from: number, to: number): unknown {
    return this.#options.faults.links.find((link) => pairOf(link.from, link.to) === pairOf(from, to));
  }
  /** What happens to either node soon is put down to this. */
  #begin(from: number, to: number, what: (other: string) => string): void {
    const { timeline, nameOf, nowMs } = this.#options;
    timeline.begin(from, what(nameOf(to)), nowMs());
    timeline.begin(to, what(nameOf(from)), nowMs());
  }
}

const pairOf = (a: number, b: number): string => `${Math.min(a, b)}-${Math.max(a, b)}`;
