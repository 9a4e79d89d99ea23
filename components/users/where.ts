// Where clients log in as a user of this cluster, and what it means when they cannot. Pure.
import {
  type ClientListener,
  type ClientListeners,
  SCRAM_MECHANISMS,
  type ScramMechanism,
} from '../../server/live/contract.ts';

export const asksWho = ({ protocol }: ClientListener): boolean => protocol.startsWith('SASL_');

export type Where =
  | { readonly is: 'unknown' }
  /** Nobody is asked. */
  | { readonly is: 'open'; readonly sentence: string }
  | {
      readonly is: 'asked';
      readonly listener: ClientListener;
      readonly mechanisms: readonly ScramMechanism[];
      /** Listeners that let everyone in all the same. */
      readonly open: readonly ClientListener[];
    };

export function whereToLogIn(clients: ClientListeners | null, isEmbedded: boolean): Where {
  if (clients === null) return { is: 'unknown' };
  const listener = clients.listeners.find(asksWho);
  const remedy = isEmbedded
    ? 'Start the program with --sasl-port 9192 to have a second port that asks.'
    : 'A broker needs a listener of SASL_SSL or SASL_PLAINTEXT in its listeners.';
  if (listener === undefined) {
    return {
      is: 'open',
      sentence: `No broker has a listener that asks clients who they are, so nobody can log in as a user yet: every client is ANONYMOUS, and quotas of other users hold nobody. Users created here are kept. ${remedy}`,
    };
  }
  const mechanisms = SCRAM_MECHANISMS.filter((mechanism) => clients.mechanisms.includes(mechanism));
  if (clients.mechanisms.length > 0 && mechanisms.length === 0) {
    return {
      is: 'open',
      sentence: `The brokers ask clients who they are by ${clients.mechanisms.join(', ')}, and not by SCRAM: users created here are kept, and nobody can log in as one. Add SCRAM-SHA-512 to sasl.enabled.mechanisms.`,
    };
  }
  return {
    is: 'asked',
    listener,
    mechanisms: mechanisms.length === 0 ? SCRAM_MECHANISMS : mechanisms,
    open: clients.listeners.filter((each) => !asksWho(each)),
  };
}
