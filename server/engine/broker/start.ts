// Starts one data node: log folder, line to the controller, replicas, group coordinator, listener. The only place where a broker's
// parts meet. Called by host/worker.ts; must not read the outside but through World.
import { present } from '../../kernel/assert.ts';
import type { CancelTimer, World } from '../../kernel/world.ts';
import { ZERO_UUID } from '../../protocol/grammar.ts';
import { GroupCoordinator } from '../coordinator/group-coordinator.ts';
import type { TransactionCoordinator } from '../coordinator/transaction/transaction-coordinator.ts';
import type { NodeLab } from '../lab.ts';
import type { MetadataDelta, MetadataImage } from '../metadata/image.ts';
import { NO_QUOTAS, QuotaLimits } from '../metadata/quota-limits.ts';
import { brokerSetting, groupSetting, settingsOf, staticSetting, topicSetting } from '../metadata/settings.ts';
import { OFFSETS_TOPIC, TRANSACTIONS_TOPIC } from '../metadata/topic-name.ts';
import type { BoundAddress, BrokerOptions, RunningNode } from '../node.ts';
import { RACK_AWARE_SELECTOR } from '../replication/closest-replica.ts';
import { type ConnectionLimits, overridesFrom } from '../rpc/connection-count.ts';
import type { Handler } from '../rpc/handler.ts';
import type { ListenerLimits } from '../rpc/listener.ts';
import { startListener } from '../rpc/listener.ts';
import { cleanerSettingsFrom } from '../storage/compaction/cleaner-settings.ts';
import type { LogConfig } from '../storage/log-config.ts';
import { DEFAULT_LOG_CONFIG, logConfigFrom } from '../storage/log-config.ts';
import { LogFolder } from '../storage/log-folder.ts';
import { saslRules } from './authentication.ts';
import type { Broker } from './broker.ts';
import { allHandlers } from './handlers/all.ts';
import type { RunningLink } from './link/connect.ts';
import { connectToController } from './link/connect.ts';
import { coordinatorStore } from './offsets-store.ts';
import { withOwnSettings } from './own-settings.ts';
import { ClientThrottle } from './quotas/client-throttle.ts';
import { Replicas } from './replicas.ts';
import type { MarkerQueue } from './transactions/marker-queue.ts';
import { startTransactions } from './transactions/start.ts';
import type { TransactionPartitions } from './transactions/transaction-partitions.ts';

const TICK_MS = 1000;
/** Kafka's log.retention.check.interval.ms. */
const RETENTION_CHECK_MS = 300_000;
/** Broker settings that logs honour though no topic setting stands before them. */
const BROKER_ONLY: ReadonlySet<string> = new Set(['producer.id.expiration.ms']);

/**
 * Resolves when the broker is registered, has applied the metadata log and is unfenced. Rejects with LogFolderError, NetError or
 * DiskError, each one clear line. `connect` makes the line to the controller; tests bring their own.
 */
export async function startBroker(
  world: World,
  options: BrokerOptions,
  connect: typeof connectToController = connectToController,
): Promise<RunningNode> {
  const node = new DataNode(world, options, connect);
  try {
    await node.start();
  } catch (error) {
    await node.stop(0);
    throw error;
  }
  return node;
}

class DataNode implements Broker, RunningNode {
  readonly world: World;
  readonly options: BrokerOptions;
  readonly replicas: Replicas;
  readonly throttle: ClientThrottle;
  readonly groups: GroupCoordinator;
  readonly transactions: TransactionCoordinator;
  readonly transactionPartitions: TransactionPartitions;
  readonly #markers: MarkerQueue;
  readonly #quotas: QuotaLimits;
  readonly #connect: typeof connectToController;
  readonly #folder: LogFolder;
  /** Settings in force, as they were asked for since the last change. */
  readonly #settings = new Map<string, string>();
  /** The same, by topic; those without settings of their own have one under ''. */
  readonly #logConfigs = new Map<string, LogConfig>();
  #link: RunningLink | null = null;
  #listener: Awaited<ReturnType<typeof startListener>> | null = null;
  #cancelTick: CancelTimer | null = null;
  #isOpen = false;
  #isStopped = false;

  constructor(world: World, options: BrokerOptions, connect: typeof connectToController) {
    this.world = world;
    this.#connect = connect;
    this.options = withOwnSettings(options);
    this.#quotas = new QuotaLimits(() => this.#link?.image.clientQuotas ?? NO_QUOTAS);
    this.throttle = new ClientThrottle(world.clock, this.#quotas);
    const { folder, nodeId, clusterId } = options;
    const retentionCheckMs = Number(options.settings['log.retention.check.interval.ms'] ?? RETENTION_CHECK_MS);
    const configOf = (topic: string) => this.#logConfigOf(topic);
    const cleanerSettings = () => cleanerSettingsFrom((name) => this.setting(name));
    this.#folder = LogFolder.open(world, { folder, nodeId, clusterId, configOf, retentionCheckMs, cleanerSettings });
    this.replicas = new Replicas({
      world,
      nodeId,
      folder: this.#folder,
      controller: () => this.controller,
      logConfigOf: (topic) => this.#logConfigOf(topic),
      lagMaxMs: () => Number(this.setting('replica.lag.time.max.ms')),
      throttledRate: (side) => rateOf(this.setting(`${side}.replication.throttled.rate`)),
      throttledReplicas: (topic, side) =>
        topicSetting(this.controller.image, this.options, topic, `${side}.replication.throttled.replicas`),
      readsFromFollowers: () => this.setting('replica.selector.class') === RACK_AWARE_SELECTOR,
    });
    this.groups = new GroupCoordinator({
      world,
      store: coordinatorStore(world, this.replicas, OFFSETS_TOPIC),
      settings: (name) => this.setting(name),
      groupSettings: (groupId, name) => groupSetting(this.controller.image, this.options, groupId, name),
      topics: {
        partitionsOf: (name) => this.controller.image.topics.get(name)?.partitions.length ?? 0,
        idOf: (name) => this.controller.image.topics.get(name)?.topicId ?? ZERO_UUID,
        nameOf: (topicId) => this.controller.image.topicsById.get(topicId)?.name ?? null,
        names: () => this.controller.image.topics.keys(),
      },
      partitionCount: () => this.controller.image.topics.get(OFFSETS_TOPIC)?.partitions.length ?? 0,
    });
    const parts = startTransactions(this);
    this.transactions = parts.coordinator;
    this.transactionPartitions = parts.partitions;
    this.#markers = parts.markers;
    const coordinators = new Map<string, Pick<GroupCoordinator, 'onLeader' | 'onResign'>>([
      [OFFSETS_TOPIC, this.groups],
      [TRANSACTIONS_TOPIC, this.transactions],
    ]);
    this.replicas.onLeadership((topic, partition, leaderEpoch) => {
      const coordinator = coordinators.get(topic);
      if (leaderEpoch === -1) coordinator?.onResign(partition);
      else coordinator?.onLeader(partition, leaderEpoch);
    });
  }

  get controller(): RunningLink {
    return present(this.#link, 'requests are served only once the line to the controller is there');
  }
  get address(): BoundAddress {
    const { address, saslAddress } = present(this.#listener, 'a node has an address from its start on');
    return saslAddress === null ? address : { ...address, sasl: saslAddress };
  }

  readonly lab: NodeLab = {
    clients: () => this.#listener?.clients(this.options.nodeId) ?? [],
    setRules: (rules) => this.#listener?.setRules(rules),
  };
  /** From a name or an id; null when there is no such topic. */
  #topicNameOf(text: string): string | null {
    const image: MetadataImage | undefined = this.#link?.image;
    return image?.topics.get(text)?.name ?? image?.topicsById.get(text)?.name ?? null;
  }

  setting(name: string): string {
    let value = this.#settings.get(name);
    if (value === undefined) {
      value = brokerSetting(this.controller.image, this.options, name);
      this.#settings.set(name, value);
    }
    return value;
  }

  async start(): Promise<void> {
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { listen, saslListen } = this.options;
    const source = {
      opened,
      image: () => this.controller.image,
      // Clients may come before the cluster's settings are known.
      setting: (name: string) => (this.#isOpen ? this.setting(name) : staticSetting(this.options, name)),
    };
    this.#listener = await startListener(this.world, {
      address: listen,
      ...(saslListen && { sasl: { address: saslListen, rules: saslRules(this.world, source) } }),
      handlers: allHandlers(this).map((handler) => this.#heldUntil(opened, handler)),
      limits: limitsFrom(this.options.settings),
      connectionLimits: () => this.#connectionLimits(),
      connectionRateOf: (address) => this.#quotas.ofAddress(address),
      quotas: this.throttle,
      brokerLabel: `broker ${this.options.nodeId}`,
      identity: this.options,
      topicNameOf: (text) => this.#topicNameOf(text),
    });
    const link = await this.#connect(this.world, this.options, {
      advertised: this.address,
      folder: this.#folder,
    });
    this.#link = link;
    await link.ready();
    if (this.#isStopped) return;
    // From here to the first request nothing waits: the replicas are what the image says, and stay so by its changes.
    this.#logConfigs.clear();
    this.replicas.follow();
    link.onChange((delta) => this.#follow(delta));
    this.#isOpen = true;
    open();
    this.#tickLater();
  }

  /**
   * Asks the controller to go and serves on until it may: by then others lead. Then answers what is in flight, flushes, and
   * leaves the marker of a clean shutdown.
   */
  async stop(timeoutMs: number): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#cancelTick?.();
    const link = this.#link;
    await this.#within(timeoutMs, async () => {
      await link?.stop();
      this.groups.close();
      this.transactions.close();
      this.#markers.close();
      this.transactionPartitions.close();
      this.replicas.close();
      this.replicas.parked.completeAll();
      await this.#listener?.close();
    });
    this.replicas.close();
    this.#folder.close(true, link?.brokerEpoch ?? -1);
  }

  /** Requests that come before the node knows the cluster wait for it. */
  #heldUntil(opened: Promise<void>, handler: Handler): Handler {
    return {
      ...handler,
      handle: (request, context) =>
        this.#isOpen ? handler.handle(request, context) : opened.then(() => handler.handle(request, context)),
    };
  }

  #follow(delta: MetadataDelta): void {
    if (delta.changedConfigs.length > 0) {
      this.#settings.clear();
      this.#logConfigs.clear();
    }
    if (delta.deletedTopics.length > 0) this.groups.onTopicsDeleted(delta.deletedTopics.map((topic) => topic.name));
    this.replicas.apply(delta);
    // Other partitions change for reasons of their own; looking again costs a group one comparison.
    if (changesTopics(delta)) this.groups.onTopicsChanged();
  }

  #connectionLimits(): ConnectionLimits {
    // Before the metadata is known there are only the settings given at start.
    const { settings } = this.options;
    const setting = (name: string) =>
      this.#link === null ? (settings[name] ?? settingsOf('broker').get(name)?.fallback ?? '') : this.setting(name);
    return {
      most: Number(setting('max.connections')),
      mostPerAddress: Number(setting('max.connections.per.ip')),
      overrides: overridesFrom(setting('max.connections.per.ip.overrides')),
    };
  }

  #logConfigOf(topic: string): LogConfig {
    const image: MetadataImage | undefined = this.#link?.image;
    // Before the metadata is known; replaced when it is.
    if (image === undefined) return DEFAULT_LOG_CONFIG;
    const key = image.configs('topic', topic).size === 0 ? '' : topic;
    let config = this.#logConfigs.get(key);
    if (config === undefined) {
      config = logConfigFrom((name) =>
        BROKER_ONLY.has(name) ? this.setting(name) : topicSetting(image, this.options, topic, name),
      );
      this.#logConfigs.set(key, config);
    }
    return config;
  }

  #tickLater(): void {
    this.#cancelTick = this.world.timers.after(TICK_MS, () => {
      this.replicas.tick();
      this.#tickLater();
    });
  }

  /** Ends when the work does, or when its time is over. */
  async #within(timeoutMs: number, work: () => Promise<void>): Promise<void> {
    let cancel: CancelTimer = () => {};
    const over = new Promise<void>((resolve) => {
      cancel = this.world.timers.after(timeoutMs, resolve);
    });
    await Promise.race([work(), over]);
    cancel();
  }
}

/** Topics made or deleted, or partitions added. */
function changesTopics({ createdTopics, deletedTopics, changedPartitions }: MetadataDelta): boolean {
  if (createdTopics.length > 0 || deletedTopics.length > 0) return true;
  return changedPartitions.some(({ partition }) => partition.leaderEpoch === 0);
}

/** Kafka writes "any" as Long.MAX_VALUE, which no number below 2^53 can mean. */
function rateOf(text: string): number {
  const bytesPerSecond = Number(text);
  return bytesPerSecond > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : bytesPerSecond;
}

function limitsFrom(settings: BrokerOptions['settings']): Partial<ListenerLimits> {
  const limits: { -readonly [K in keyof ListenerLimits]?: number } = {};
  const { 'socket.request.max.bytes': maxRequest, 'connections.max.idle.ms': idle } = settings;
  if (maxRequest !== undefined) limits.maxRequestBytes = Number(maxRequest);
  if (idle !== undefined) limits.idleMs = Number(idle);
  return limits;
}
