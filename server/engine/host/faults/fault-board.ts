// All that the lab does to the nodes of one cluster: cut and slow links, slow disks, fault rules for requests. Held by cluster.ts in the
// main thread, which hands each node its part. Bounded; nothing of it outlives the program. Rules for clients end by themselves: each
// node looks at the time, this board only forgets them.
import type { FaultyLink, RuleState } from '../../cluster-lab.ts';
import type { FaultOrder, FaultRule, LinkFault, LinkRule, NodeFaults, SlowDisk, WayFault } from '../../lab.ts';
import { NodeStateError } from '../node-slot.ts';

export const MAX_RULES = 32;
export const MAX_RULE_MS = 3_600_000;
const MAX_LINK_DELAY_MS = 60_000;
const MAX_APPEND_MS = 1_000;
const MAX_FLUSH_MS = 10_000;

export interface FaultBoardOptions {
  nowMs(): number;
  /** Where a node listens; null while that is not known. */
  portOf(nodeId: number): number | null;
  /** Its part changed: for all nodes. */
  onChange(): void;
}

export class FaultBoard {
  readonly #options: FaultBoardOptions;
  readonly #links = new Map<string, FaultyLink>();
  readonly #disks = new Map<number, SlowDisk>();
  #rules: readonly FaultRule[] = [];
  #lastRuleId = 0;

  constructor(options: FaultBoardOptions) {
    this.#options = options;
  }

  get links(): readonly FaultyLink[] {
    return [...this.#links.values()];
  }
  diskOf(nodeId: number): SlowDisk | null {
    return this.#disks.get(nodeId) ?? null;
  }
  /** Those in force, oldest first. What is over or used up is forgotten here. */
  rules(): readonly RuleState[] {
    const nowMs = this.#options.nowMs();
    this.#rules = this.#rules.filter(({ expiresAtMs, left }) => nowMs < expiresAtMs && Atomics.load(left, 0) !== 0);
    return this.#rules.map(stateOf);
  }

  /** One fault for each pair of nodes, in place of an earlier one; null heals both ways. Throws NodeStateError. */
  setLink(from: number, to: number, fault: LinkFault | null): void {
    if (from === to) throw new NodeStateError('a node has no link to itself: choose two nodes');
    if (fault?.kind === 'delay') mustBeWithin('a delay of a link', fault.delayMs, 1, MAX_LINK_DELAY_MS);
    const key = pairOf(from, to);
    if (fault === null) this.#links.delete(key);
    else this.#links.set(key, { from, to, fault });
    this.#options.onChange();
  }

  /** Null: as fast as it is. Throws NodeStateError. */
  setDisk(nodeId: number, disk: SlowDisk | null): void {
    if (disk !== null) {
      mustBeWithin('the delay of an append', disk.appendMs, 0, MAX_APPEND_MS);
      mustBeWithin('the delay of a flush', disk.flushMs, 0, MAX_FLUSH_MS);
    }
    if (disk === null || disk.appendMs + disk.flushMs === 0) this.#disks.delete(nodeId);
    else this.#disks.set(nodeId, disk);
    this.#options.onChange();
  }

  /** `order` can be carried out, as the caller knows. Throws NodeStateError. */
  addRule(order: FaultOrder, durationMs: number): FaultRule {
    mustBeWithin('the time of a rule', durationMs, 1, MAX_RULE_MS);
    if (this.rules().length >= MAX_RULES)
      throw new NodeStateError(`${MAX_RULES} fault rules are in force: end one first`);
    this.#lastRuleId += 1;
    const rule = {
      ...order,
      id: this.#lastRuleId,
      expiresAtMs: this.#options.nowMs() + durationMs,
      left: cellOf(order.times ?? -1),
      hits: cellOf(0),
    };
    this.#rules = [...this.#rules, rule];
    this.#options.onChange();
    return rule;
  }
  /** False: there is none, or no more. */
  endRule(id: number): boolean {
    const before = this.#rules.length;
    this.#rules = this.#rules.filter((rule) => rule.id !== id);
    if (this.#rules.length === before) return false;
    this.#options.onChange();
    return true;
  }

  /** Heals every link, makes every disk fast, ends every rule. Gives how many there were. */
  endAll(): number {
    const count = this.#links.size + this.#disks.size + this.rules().length;
    this.#links.clear();
    this.#disks.clear();
    this.#rules = [];
    if (count > 0) this.#options.onChange();
    return count;
  }

  /** A node is gone for good. */
  forget(nodeId: number): void {
    for (const [key, { from, to }] of this.#links) if (from === nodeId || to === nodeId) this.#links.delete(key);
    this.#disks.delete(nodeId);
    this.#options.onChange();
  }

  faultsOf(nodeId: number): NodeFaults {
    const links = this.links.flatMap((link): LinkRule[] => {
      if (link.from !== nodeId && link.to !== nodeId) return [];
      const isFrom = link.from === nodeId;
      const port = this.#options.portOf(isFrom ? link.to : link.from);
      if (port === null) return [];
      const way = wayOf(link.fault);
      const other = link.fault.oneWay ? null : way;
      return [isFrom ? { port, out: way, back: other } : { port, out: other, back: way }];
    });
    return { links, disk: this.diskOf(nodeId), rules: this.#rules };
  }
}

const cellOf = (value: number): Int32Array<SharedArrayBuffer> =>
  new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)).fill(value);
const pairOf = (a: number, b: number): string => `${Math.min(a, b)}-${Math.max(a, b)}`;

function wayOf(fault: LinkFault): WayFault {
  return fault.kind === 'cut' ? { kind: 'cut' } : { kind: 'delay', delayMs: fault.delayMs };
}

function stateOf(rule: FaultRule): RuleState {
  const left = Atomics.load(rule.left, 0);
  return { rule, hits: Atomics.load(rule.hits, 0), left: left < 0 ? null : left };
}

function mustBeWithin(what: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new NodeStateError(`${what} is ${min} to ${max} ms, not ${value}`);
}
