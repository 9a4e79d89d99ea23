// Where clients are told to dial: the live brokers as the image knows them, at an address the asking client can reach.
import type { BrokerImage, MetadataImage } from '../metadata/image.ts';
import type { Address } from '../node.ts';
import type { ClientConnection } from '../rpc/handler.ts';

export interface Endpoint {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

const WILDCARDS: ReadonlySet<string> = new Set(['', '0.0.0.0', '::', '[::]']);
const LOOPBACK = '127.0.0.1';
const IPV4_IN_IPV6 = '::ffff:';

export function listensEverywhere(host: string): boolean {
  return WILDCARDS.has(host);
}

/**
 * The broker's address for this client, on the listener that it came in on; null where the broker has none such. A broker that
 * listens everywhere is reached at the address the client dialled.
 */
export function endpointOf(broker: BrokerImage, connection: ClientConnection): Endpoint | null {
  const listener = broker.listeners.find(({ name }) => name === connection.listener);
  if (listener === undefined) return null;
  const host = listensEverywhere(listener.host) ? plainHost(connection.localHost) : listener.host;
  return { nodeId: broker.id, host, port: listener.port, rack: broker.rack };
}

/** Of those that have one for this client. */
export function endpointsOfAll(brokers: readonly BrokerImage[], connection: ClientConnection): Endpoint[] {
  return brokers.flatMap((broker) => endpointOf(broker, connection) ?? []);
}

/** Where another broker of the cluster reaches it: one that listens everywhere is on this machine, as all are. */
export function dialable(broker: BrokerImage | undefined): Address | null {
  if (broker === undefined) return null;
  return { host: listensEverywhere(broker.host) ? LOOPBACK : broker.host, port: broker.port };
}

/** Unfenced brokers, lowest id first. */
export function liveBrokers(image: MetadataImage): BrokerImage[] {
  return [...image.brokers.values()].filter((broker) => !broker.isFenced).sort((a, b) => a.id - b.id);
}

export function isLive(image: MetadataImage, brokerId: number): boolean {
  return image.brokers.get(brokerId)?.isFenced === false;
}

/** The endpoints of these brokers that are live, each once: Produce and Fetch send them with NOT_LEADER_OR_FOLLOWER (KIP-951). */
export function endpointsOf(
  image: MetadataImage,
  brokerIds: Iterable<number>,
  connection: ClientConnection,
): Endpoint[] {
  const endpoints: Endpoint[] = [];
  for (const id of new Set(brokerIds)) {
    const broker = image.brokers.get(id);
    const endpoint = broker === undefined || broker.isFenced ? null : endpointOf(broker, connection);
    if (endpoint !== null) endpoints.push(endpoint);
  }
  return endpoints;
}

function plainHost(host: string): string {
  return host.startsWith(IPV4_IN_IPV6) ? host.slice(IPV4_IN_IPV6.length) : host;
}
