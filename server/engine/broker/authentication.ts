// What a broker's SASL listener asks of its clients: the mechanisms that are on, the users that the metadata log holds, the limits
// of its settings. Built by start.ts; the exchanges themselves are in rpc/sasl/.
import type { World } from '../../kernel/world.ts';
import type { MetadataImage } from '../metadata/image.ts';
import { SCRAM_MECHANISM } from '../metadata/scram-credentials.ts';
import type { SaslRules } from '../rpc/sasl/authenticator.ts';
import { Derivations } from '../rpc/sasl/derivations.ts';
import { type Exchange, isMechanism, type KeysOf, type Mechanism } from '../rpc/sasl/exchange.ts';
import { PlainExchange } from '../rpc/sasl/plain.ts';
import { ScramExchange } from '../rpc/sasl/scram.ts';

const NUMBER_OF = { 'SCRAM-SHA-256': SCRAM_MECHANISM.sha256, 'SCRAM-SHA-512': SCRAM_MECHANISM.sha512 } as const;

export interface SaslSource {
  /** Asked only after `opened` has settled. */
  image(): MetadataImage;
  setting(name: string): string;
  readonly opened: Promise<void>;
}

export function saslRules({ hashing, random }: World, o: SaslSource): SaslRules {
  const keysOf: KeysOf = (user, mechanism) => o.image().scramCredentials.of(user, NUMBER_OF[mechanism]);
  const derivations = new Derivations(hashing);
  const secret = Buffer.from(random.uuid() + random.uuid());
  const begin = (mechanism: Mechanism): Exchange => {
    if (mechanism === 'PLAIN') return new PlainExchange(keysOf, derivations);
    return new ScramExchange({ mechanism, hashing, keysOf, serverNonce: random.uuid() + random.uuid(), secret });
  };
  return {
    mechanisms: () =>
      o
        .setting('sasl.enabled.mechanisms')
        .split(',')
        .map((name) => name.trim())
        .filter(isMechanism),
    begin,
    opened: o.opened,
    failureDelayMs: Number(o.setting('connection.failed.authentication.delay.ms')),
    maxReauthMs: Number(o.setting('connections.max.reauth.ms')),
    maxTokenBytes: Number(o.setting('sasl.server.max.receive.size')),
  };
}
