// The ports that brokers of the embedded cluster want: which clash, and what to say of one that cannot be had. One clear line
// each. Called by cluster.ts; nothing here listens.
import type { Address } from './node.ts';

/** Broker i wants kafkaPort + i − 1, and saslPort + i − 1 where there is such a listener; 0 is any free one. */
export interface WantedPorts {
  readonly kafkaPort: number;
  readonly saslPort?: number;
}

const LAST_PORT = 65_535;

/** Why there are not ports enough, or null. */
export function portsPastTheEnd({
  kafkaPort,
  saslPort = 0,
  brokers,
}: WantedPorts & { readonly brokers: number }): string | null {
  const flags = { '--kafka-port': kafkaPort, '--sasl-port': saslPort };
  for (const [flag, first] of Object.entries(flags)) {
    if (first === 0 || first + brokers - 1 <= LAST_PORT) continue;
    return `${brokers} brokers from port ${first} on would need ports past ${LAST_PORT}: choose a lower ${flag}`;
  }
  return null;
}

/** Why these brokers cannot have their ports side by side, or null. */
export function portClash({ kafkaPort, saslPort = 0 }: WantedPorts, ids: readonly number[]): string | null {
  if (kafkaPort === 0 || saslPort === 0) return null;
  const distance = saslPort - kafkaPort;
  const plain = ids.find((id) => ids.includes(id - distance));
  if (plain === undefined) return null;
  const both = `broker ${plain} and by the SASL listener of broker ${plain - distance}`;
  return `port ${kafkaPort + plain - 1} is wanted by ${both}: choose another --kafka-port or --sasl-port`;
}

/** Why a node could not start, where the network refused it. */
export interface Refused {
  /** errno */
  readonly code: string | null;
  readonly message: string;
  readonly port: number | null;
}

export function brokerProblem(id: number, listen: Address, { code, message, port }: Refused): string {
  const isSasl = port !== null && port !== 0 && port !== listen.port;
  const place = `port ${isSasl ? port : listen.port} on ${listen.host}`;
  const flag = isSasl ? '--sasl-port' : '--kafka-port';
  const whose = isSasl ? `by the SASL listener of broker ${id}` : `by broker ${id}`;
  switch (code) {
    case 'EADDRINUSE':
      return `${place} is taken (wanted ${whose}): stop what uses it, or choose other ports with ${flag}`;
    case 'EACCES':
      return `${place} may not be used by this user (wanted ${whose}): choose ports from 1024 on with ${flag}`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${listen.host} is not an address of this machine: choose another with --host`;
    default:
      return `broker ${id}: ${message}`;
  }
}
