// Does the harm a run's options call for, within the fair-fault budget: what loses records that were written (power loss, a wiped
// disk) hits one broker at a time, only while every partition it is in sync for has another in-sync replica that the controller
// hears, and nothing else happens until it has registered again. More than that no cluster promises to survive.

import type { Canon } from './checkers/metadata.ts';
import type { SimCluster, SimNode } from './cluster.ts';
import type { FaultPlan, SimOptions } from './options.ts';
import type { SimNet } from './world/net.ts';
import type { Prng } from './world/prng.ts';
import type { Owner, Scheduler } from './world/scheduler.ts';

export interface NemesisOptions {
  readonly scheduler: Scheduler;
  readonly cluster: SimCluster;
  readonly net: SimNet;
  readonly canon: Canon;
  readonly prng: Prng;
  readonly options: SimOptions;
  trace(node: string, what: string, text: string): void;
}

/** A broker that lost written records must have registered again before anything else may happen, and had this long to catch up. */
const EXCLUSIVE_POLL_MS = 200;
/** The controller says that a session is over so much later at the latest. */
const HEARD_MS = 500;

export class Nemesis {
  /** Faults done, by kind. */
  readonly done = new Map<string, number>();
  readonly #o: NemesisOptions;
  readonly #owner: Owner = { name: 'nemesis', isDead: false, isFrozen: false };
  #isOver = false;
  /** The broker whose disk lost something, until it has registered again. */
  #victim: { node: SimNode; epoch: number } | null = null;
  /** Faults that are not healed yet. */
  #open = 0;
  /** When the last one was that may have kept the controller from hearing a broker: one that is not heard since is fenced in time. */
  #deafUntilMs = 0;

  constructor(options: NemesisOptions) {
    this.#o = options;
  }

  /** May lack records that it had acknowledged to its leader. */
  isVictim(brokerId: number): boolean {
    return this.#victim?.node.id === brokerId;
  }

  begin(): void {
    const faults: { [K in keyof FaultPlan]: (prng: Prng) => boolean } = {
      killMs: (prng) => this.#kill(prng.pick(this.#o.cluster.brokers), prng),
      stopMs: (prng) => this.#stop(prng.pick(this.#o.cluster.brokers), prng),
      freezeMs: (prng) => this.#freeze(prng.pick(this.#o.cluster.nodes), prng),
      cutMs: (prng) => this.#cut(prng, true),
      oneWayCutMs: (prng) => this.#cut(prng, false),
      isolateMs: (prng) => this.#isolate(prng),
      resetMs: (prng) => this.#o.net.resetAny(prng),
      slowLinkMs: (prng) => this.#slowLink(prng),
      powerLossMs: (prng) => this.#loseRecords(prng, 'power'),
      wipeMs: (prng) => this.#loseRecords(prng, 'wipe'),
      controllerKillMs: (prng) => this.#kill(this.#o.cluster.controller, prng),
      controllerPowerLossMs: (prng) => this.#controllerPower(prng),
      diskErrorMs: (prng) => this.#diskError(prng),
      clockJumpMs: (prng) => this.#clockJump(prng),
    };
    for (const [kind, run] of Object.entries(faults)) {
      const meanMs = this.#o.options.faults[kind as keyof FaultPlan];
      if (meanMs !== Number.POSITIVE_INFINITY) this.#repeat(kind, meanMs, run);
    }
  }
  #repeat(kind: string, meanMs: number, run: (prng: Prng) => boolean): void {
    const prng = this.#o.prng.fork(kind);
    const next = (): void => {
      this.#o.scheduler.after(this.#owner, prng.exponential(meanMs), () => {
        if (this.#isOver) return;
        if (this.#victim === null && run(prng)) this.done.set(kind, (this.done.get(kind) ?? 0) + 1);
        next();
      });
    };
    next();
  }

  /** No more harm: everything runs, every link carries, every disk takes what it is given. */
  end(): void {
    this.#isOver = true;
    const { cluster, net, trace } = this.#o;
    trace('sim', 'heal', 'all');
    net.healAll();
    for (const node of cluster.nodes) {
      node.disk.refuse = null;
      cluster.thaw(node);
      cluster.start(node);
    }
  }

  #later(delayMs: number, run: () => void): void {
    this.#open++;
    this.#o.scheduler.after(this.#owner, delayMs, () => {
      this.#open--;
      if (!this.#isOver) run();
    });
  }
  /** The same where some of these and the controller may have lost each other meanwhile. */
  #hearLater(names: readonly string[], delayMs: number, run: () => void): void {
    const { scheduler, cluster } = this.#o;
    this.#later(delayMs, () => {
      if (names.includes(cluster.controller.name)) this.#deafUntilMs = scheduler.nowMs;
      run();
    });
  }

  #kill(node: SimNode, prng: Prng): boolean {
    if (node.process === null) return false;
    this.#o.cluster.kill(node);
    const downMs = prng.exponential(prng.pick([50, 1000, 6000]));
    this.#hearLater([node.name], downMs, () => this.#o.cluster.start(node));
    return true;
  }
  #stop(node: SimNode, prng: Prng): boolean {
    if (node.running === null || node.process?.isFrozen === true) return false;
    const downMs = prng.exponential(1000);
    this.#open++;
    this.#o.cluster.stop(node, () => {
      this.#open--;
      if (this.#isOver) this.#o.cluster.start(node);
      else this.#later(downMs, () => this.#o.cluster.start(node));
    });
    return true;
  }
  #freeze(node: SimNode, prng: Prng): boolean {
    if (node.process === null || node.process.isFrozen) return false;
    this.#o.cluster.freeze(node);
    const frozenMs = prng.pick([20, 300, 2000, 8000]) * (0.5 + prng.unit());
    const { cluster } = this.#o;
    this.#hearLater([node.name, cluster.controller.name], frozenMs, () => cluster.thaw(node));
    return true;
  }
  #cut(prng: Prng, isBothWays: boolean): boolean {
    const { cluster, net, trace } = this.#o;
    const from = prng.pick(cluster.nodes).name;
    const to = prng.pick(cluster.nodes).name;
    if (from === to || net.isCut(from, to)) return false;
    trace(from, 'cut', isBothWays ? `from and to ${to}` : `to ${to}`);
    net.cut(from, to);
    if (isBothWays) net.cut(to, from);
    this.#hearLater([from, to], prng.exponential(4000), () => {
      trace(from, 'heal', to);
      net.heal(from, to);
      if (isBothWays) net.heal(to, from);
    });
    return true;
  }
  #isolate(prng: Prng): boolean {
    const { cluster, net, trace } = this.#o;
    const one = prng.pick(cluster.nodes);
    const others = cluster.nodes.filter((node) => node !== one);
    trace(one.name, 'isolate', '');
    for (const { name } of others) {
      net.cut(one.name, name);
      net.cut(name, one.name);
    }
    this.#hearLater(
      cluster.nodes.map(({ name }) => name),
      prng.exponential(4000),
      () => {
        trace(one.name, 'heal', 'all');
        for (const { name } of others) {
          net.heal(one.name, name);
          net.heal(name, one.name);
        }
      },
    );
    return true;
  }
  #slowLink(prng: Prng): boolean {
    const { cluster, net, trace } = this.#o;
    const from = prng.pick(cluster.nodes).name;
    const to = prng.pick(cluster.nodes).name;
    const key = `${from}>${to}`;
    if (from === to || net.slow.has(key)) return false;
    const factor = prng.pick([10, 50, 200]);
    trace(from, 'slow', `to ${to} ×${factor}`);
    net.slow.set(key, factor);
    this.#hearLater([from, to], prng.exponential(4000), () => void net.slow.delete(key));
    return true;
  }
  #diskError(prng: Prng): boolean {
    const node = prng.pick(this.#o.cluster.brokers);
    if (node.disk.refuse !== null) return false;
    const errno = prng.pick(['ENOSPC', 'EIO']);
    const share = prng.pick([0.05, 0.5, 1]);
    this.#o.trace(node.name, 'disk', `${errno} ×${share}`);
    node.disk.refuse = () => (prng.chance(share) ? errno : null);
    this.#later(prng.exponential(1500), () => {
      this.#o.trace(node.name, 'disk', 'well');
      node.disk.refuse = null;
    });
    return true;
  }
  #clockJump(prng: Prng): boolean {
    const node = prng.pick(this.#o.cluster.nodes);
    node.skewMs = prng.between(-this.#o.options.maxSkewMs, this.#o.options.maxSkewMs);
    return true;
  }
  #controllerPower(prng: Prng): boolean {
    const { cluster } = this.#o;
    if (cluster.controller.process === null) return false;
    cluster.losePower(cluster.controller);
    this.#hearLater([cluster.controller.name], prng.exponential(1500), () => cluster.start(cluster.controller));
    return true;
  }

  #loseRecords(prng: Prng, how: 'power' | 'wipe'): boolean {
    const { cluster } = this.#o;
    const node = prng.pick(cluster.brokers);
    if (!this.#isFair(node)) return false;
    this.#makeVictim(node);
    if (how === 'power') cluster.losePower(node);
    else cluster.wipe(node);
    this.#later(prng.exponential(1000), () => cluster.start(node));
    this.#watchVictim();
    return true;
  }
  /** For scenarios: its power fails for a moment. */
  losePower(node: SimNode): void {
    this.#makeVictim(node);
    this.#o.cluster.losePower(node);
    this.#o.cluster.start(node);
    this.#watchVictim();
  }
  #makeVictim(node: SimNode): void {
    this.#victim = { node, epoch: this.#o.canon.state.brokers.get(node.id)?.epoch ?? -1 };
  }
  /** Nothing else is wrong, and whatever the broker has, another in-sync replica has. */
  #isFair(victim: SimNode): boolean {
    const { cluster, canon, net, scheduler, options } = this.#o;
    const sessionMs = Number(options.settings['broker.session.timeout.ms']);
    if (scheduler.nowMs < this.#deafUntilMs + sessionMs + HEARD_MS) return false;
    if (this.#open > 0 || net.hasCuts || cluster.nodes.some((node) => node.running === null)) return false;
    for (const broker of canon.state.brokers.values()) if (broker.isFenced || broker.isShuttingDown) return false;
    for (const topic of canon.state.topics.values()) {
      for (const { replicas, inSyncReplicas } of topic.partitions) {
        if (replicas.includes(victim.id) && inSyncReplicas.length < 2) return false;
      }
    }
    return true;
  }
  #watchVictim(): void {
    this.#o.scheduler.after(this.#owner, EXCLUSIVE_POLL_MS, () => {
      const victim = this.#victim;
      if (victim === null) return;
      const known = this.#o.canon.state.brokers.get(victim.node.id);
      if (known !== undefined && known.epoch > victim.epoch && !known.isFenced) this.#victim = null;
      else this.#watchVictim();
    });
  }
}
