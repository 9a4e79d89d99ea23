// Counts the connections of one listener, in all and per address they come from, and says whether one more may be had (Kafka's
// ConnectionQuotas). Used by listener.ts; the limits are read anew for each connection, so that they may change meanwhile.

export interface ConnectionLimits {
  /** max.connections */
  readonly most: number;
  /** max.connections.per.ip */
  readonly mostPerAddress: number;
  /** max.connections.per.ip.overrides: address to number. */
  readonly overrides: ReadonlyMap<string, number>;
}
/** Without settings: Kafka has no bound, a process has one on its open files. */
export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  most: 10_000,
  mostPerAddress: Number.POSITIVE_INFINITY,
  overrides: new Map(),
};

export class ConnectionCount {
  readonly #limits: () => ConnectionLimits;
  readonly #byAddress = new Map<string, number>();
  #count = 0;

  constructor(limits: () => ConnectionLimits = () => DEFAULT_CONNECTION_LIMITS) {
    this.#limits = limits;
  }

  /** Counts one more; a sentence, and nothing counted, where there is no room. */
  enter(address: string): string | null {
    const { most, mostPerAddress, overrides } = this.#limits();
    if (this.#count >= most) return `${this.#count} connections are open; new ones are refused`;
    const fromAddress = this.#byAddress.get(address) ?? 0;
    if (fromAddress >= (overrides.get(address) ?? mostPerAddress)) {
      return `${fromAddress} connections from ${address} are open; new ones are refused`;
    }
    this.#count++;
    this.#byAddress.set(address, fromAddress + 1);
    return null;
  }
  /** One that entered is gone. */
  leave(address: string): void {
    this.#count--;
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#byAddress.set(address, left);
    else this.#byAddress.delete(address);
  }
}

/** "127.0.0.1:100, ::1:5", as validated: the number stands behind the last colon. */
export function overridesFrom(text: string): Map<string, number> {
  const overrides = new Map<string, number>();
  for (const part of text.split(',')) {
    const colon = part.lastIndexOf(':');
    if (colon > 0) overrides.set(part.slice(0, colon).trim().toLowerCase(), Number(part.slice(colon + 1)));
  }
  return overrides;
}
