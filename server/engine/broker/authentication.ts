// What a broker's SASL listener asks of its clients: the mechanisms that are on, the users that the metadata log holds, the limits
// of its settings. Built by start.ts; the exchanges themselves are in rpc/sasl/.
import type { World } from '../../kernel/world.ts';
import type { MetadataImage } from '../metadata/image.ts';
import { SCRAM_MECHANISM } from '../metadata/scram-credentials.ts';
import { staticSetting } from '../metadata/settings.ts';
import type { BrokerOptions } from '../node.ts';
import type { SaslRules } from '../rpc/sasl/authenticator.ts';
import { Derivations } from '../rpc/sasl/derivations.ts';
import { type Exchange, isMechanism, type KeysOf, type Mechanism } from '../rpc/sasl/exchange.ts';
import { PlainExchange } from '../rpc/sasl/plain.ts';
import { ScramExchange } from '../rpc/sasl/scram.ts';

const NUMBER_OF = { 'SCRAM-SHA-256': SCRAM_MECHANISM.sha256, 'SCRAM-SHA-512': SCRAM_MECHANISM.sha512 } as const;

/** `image` is asked only after `opened` has settled. */
export function saslRules(
  world: World,
  options: BrokerOptions,
  o: { readonly image: () => MetadataImage; readonly opened: Promise<void> },
): SaslRules {
  const { hashing, random } = world;
  const setting = (name: string): string => staticSetting(options, name);
  const keysOf: KeysOf = (user, mechanism) => o.image().scramCredentials.of(user, NUMBER_OF[mechanism]);
  const derivations = new Derivations(hashing);
  const secret = Buffer.from(random.uuid() + random.uuid());
  const begin = (mechanism: Mechanism): Exchange => {
    if (mechanism === 'PLAIN') return new PlainExchange(keysOf, derivations);
    return new ScramExchange({ mechanism, hashing, keysOf, serverNonce: random.uuid() + random.uuid(), secret });
  };
  return {
    mechanisms: setting('sasl.enabled.mechanisms')
      .split(',')
      .map((name) => name.trim())
      .filter(isMechanism),
    begin,
    opened: o.opened,
    failureDelayMs: Number(setting('connection.failed.authentication.delay.ms')),
    maxReauthMs: Number(setting('connections.max.reauth.ms')),
    maxTokenBytes: Number(setting('sasl.server.max.receive.size')),
  };
}
