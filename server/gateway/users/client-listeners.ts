// Where clients may connect and how they are asked who they are, by the settings that brokers tell (DescribeConfigs): listeners with
// their protocols, and the mechanisms that are on. Read now and then while somebody looks at users.
import { ConfigResourceTypes, DESCRIBE_CONFIGS } from '../../client/apis.ts';
import { BrokerGate } from '../../client/asking/per-broker.ts';
import { addressOf } from '../../client/connections.ts';
import type { BrokerNode } from '../../client/metadata.ts';
import type { ClientListener, ClientListeners } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';

const MAX_AGE_MS = 15_000;
const MAX_ADDRESSES = 20;
const NAMES = [
  'listeners',
  'advertised.listeners',
  'listener.security.protocol.map',
  'controller.listener.names',
  'inter.broker.listener.name',
  'sasl.enabled.mechanisms',
] as const;
type Settings = Readonly<Partial<Record<(typeof NAMES)[number], string>>>;
interface Told extends Settings {
  readonly host: string;
}

export class ClientListenersReader {
  readonly #context: GatewayContext;
  readonly #gate: BrokerGate;
  readonly #told = new Map<number, Told>();
  #readAtMs = Number.NEGATIVE_INFINITY;
  #found: ClientListeners | null = null;

  constructor(context: GatewayContext) {
    this.#context = context;
    this.#gate = new BrokerGate(context.suspects);
  }

  /** null: no broker has told. A broker that does not answer is told of as it was. */
  async read(): Promise<ClientListeners | null> {
    if (Date.now() - this.#readAtMs < MAX_AGE_MS) return this.#found;
    const brokers = [...this.#context.metadata.brokers.values()].slice(0, MAX_ADDRESSES);
    const ids = brokers.map(({ id }) => id);
    await this.#gate.askAll(ids, 'the settings', async (id) => {
      const broker = this.#context.metadata.endpointOf(id);
      if (broker !== null) this.#told.set(id, await this.#ask(broker));
    });
    for (const id of this.#told.keys()) if (!ids.includes(id)) this.#told.delete(id);
    this.#found = listenersOf([...this.#told.values()]);
    // Until somebody has answered it is asked at each reading.
    if (this.#found !== null) this.#readAtMs = Date.now();
    return this.#found;
  }

  async #ask(broker: BrokerNode): Promise<Told> {
    const resource = {
      resourceType: ConfigResourceTypes.BROKER,
      resourceName: String(broker.id),
      configurationKeys: [...NAMES],
    };
    const answer = await this.#context.connections.request(
      broker,
      'control',
      DESCRIBE_CONFIGS,
      [resource],
      false,
      false,
    );
    const configs = answer.results[0]?.configs ?? [];
    const told: Partial<Record<(typeof NAMES)[number], string>> = {};
    for (const name of NAMES) {
      const value = configs.find((config) => config.name === name)?.value;
      if (value) told[name] = value;
    }
    return { ...told, host: broker.host };
  }
}

const PROTOCOLS: readonly string[] = [
  'PLAINTEXT',
  'SSL',
  'SASL_PLAINTEXT',
  'SASL_SSL',
] satisfies ClientListener['protocol'][];
const isProtocol = (text: string): text is ClientListener['protocol'] => PROTOCOLS.includes(text);

/** Listeners of the same name are one, with the address of each broker. Those of controllers are not for clients. */
export function listenersOf(told: readonly Told[]): ClientListeners | null {
  const byName = new Map<string, { protocol: ClientListener['protocol']; addresses: string[] }>();
  const mechanisms = new Set<string>();
  let isTold = false;
  for (const settings of told) {
    const listeners = entriesOf(settings['advertised.listeners'] ?? settings.listeners ?? '');
    if (listeners.length > 0) isTold = true;
    const protocols = new Map(
      (settings['listener.security.protocol.map'] ?? '').split(',').map((pair) => {
        const [name = '', protocol = ''] = pair.trim().split(':');
        return [name.toUpperCase(), protocol] as const;
      }),
    );
    const ofControllers = (settings['controller.listener.names'] ?? '').toUpperCase().split(',');
    for (const { name, host, port } of listeners) {
      const protocol = protocols.get(name.toUpperCase()) ?? name;
      if (!isProtocol(protocol) || ofControllers.includes(name.toUpperCase())) continue;
      const listener = byName.get(name) ?? { protocol, addresses: [] };
      byName.set(name, listener);
      listener.addresses.push(addressOf({ host: isAnyHost(host) ? settings.host : host, port }));
    }
    for (const mechanism of (settings['sasl.enabled.mechanisms'] ?? '').split(',')) {
      if (mechanism.trim() !== '') mechanisms.add(mechanism.trim());
    }
  }
  if (!isTold) return null;
  return {
    listeners: [...byName].map(([name, listener]) => ({ name, ...listener })),
    mechanisms: [...mechanisms].sort(),
  };
}

/** "SASL_SSL://host:9094,PLAINTEXT://:9092". */
function entriesOf(text: string): readonly { name: string; host: string; port: number }[] {
  return text.split(',').flatMap((entry) => {
    const match = /^(\w[\w.-]*):\/\/(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(entry.trim());
    if (match === null) return [];
    return { name: match[1] ?? '', host: match[2] ?? match[3] ?? '', port: Number(match[4]) };
  });
}

/** Every address of the machine: clients are told the one the broker is known by. */
const isAnyHost = (host: string): boolean => host === '' || host === '0.0.0.0' || host === '::';
