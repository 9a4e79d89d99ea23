// What a broker shows of itself among its static settings, under the names Kafka has for it: they follow from how it was started.
import type { Address, BrokerOptions } from '../node.ts';
import { listensEverywhere } from './endpoints.ts';

/** Settings that were given win, where there are any of the name. */
export function withOwnSettings(options: BrokerOptions): BrokerOptions {
  const { listen, saslListen } = options;
  const addresses = [listenerOf('PLAINTEXT', listen)];
  if (saslListen !== undefined) addresses.push(listenerOf('SASL_PLAINTEXT', saslListen));
  const listeners = addresses.join(',');
  const own: Record<string, string> = { 'log.dirs': options.folder, listeners };
  // One that listens everywhere tells each client the address it dialled: there is none to name.
  if (!listensEverywhere(listen.host)) own['advertised.listeners'] = listeners;
  if (options.rack !== null) own['broker.rack'] = options.rack;
  return { ...options, settings: { ...own, ...options.settings } };
}

function listenerOf(protocol: string, { host, port }: Address): string {
  return `${protocol}://${host}:${port}`;
}
