// SCRAM users: their mechanisms, never their secrets, and where clients log in as them.
import type { RowWindow, Sampled } from './parts.ts';

export const SCRAM_MECHANISMS = ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
export type ScramMechanism = (typeof SCRAM_MECHANISMS)[number];
/** What Kafka takes. */
export const SCRAM_ITERATIONS = { least: 4_096, most: 16_384 } as const;

export interface ScramCredential {
  readonly mechanism: ScramMechanism;
  readonly iterations: number;
}
export interface UserRow {
  readonly name: string;
  readonly credentials: readonly ScramCredential[];
}
export interface ClientListener {
  readonly name: string;
  readonly protocol: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';
  /** host:port of each broker that has it; at most 20. */
  readonly addresses: readonly string[];
}
/** How clients connect, by the settings of the brokers. */
export interface ClientListeners {
  readonly listeners: readonly ClientListener[];
  /** sasl.enabled.mechanisms; empty: not told. */
  readonly mechanisms: readonly string[];
}

export interface UsersParams extends RowWindow {
  /** Part of a name, by which they are sorted. */
  readonly query: string;
  readonly descending: boolean;
  /** The user that is looked at; null: none. */
  readonly name: string | null;
}
export interface UsersView extends Sampled {
  readonly total: number;
  readonly matching: number;
  readonly offset: number;
  readonly rows: readonly UserRow[];
  /** null: none is looked at, or it is gone. */
  readonly chosen: UserRow | null;
  /** null: no broker has told its settings. */
  readonly clients: ClientListeners | null;
}
