// Which brokers the controller has heard, and how far each has read the metadata log. Soft: gone with the process, built anew from
// what brokers send. Deciding reads it; only the node's handlers write it.

import type { BrokerSession } from '../metadata/decision.ts';
import type { ClientConnection } from '../rpc/handler.ts';

interface Session extends BrokerSession {
  lastContactMs: number;
  isConnected: boolean;
  shutdownOffset: number;
  connectionId: number;
  appliedOffset: number;
  /** Wall clock of the last fetch, and of the last that asked for what is not there yet; −1: none. */
  fetchedAtMs: number;
  caughtUpAtMs: number;
}

/** `nowMs` is monotonic throughout. */
export class Sessions {
  readonly #sessions = new Map<number, Session>();

  get all(): ReadonlyMap<number, BrokerSession> {
    return this.#sessions;
  }

  /** A broker that the log knows but this process has not heard: it has a whole session's time to speak. */
  expect(brokerId: number, nowMs: number): void {
    this.#sessions.set(brokerId, {
      lastContactMs: nowMs,
      isConnected: false,
      shutdownOffset: -1,
      connectionId: -1,
      appliedOffset: -1,
      fetchedAtMs: -1,
      caughtUpAtMs: -1,
    });
  }

  /** The broker registered: whatever was known of an earlier process is void. */
  begin(brokerId: number, connection: ClientConnection, nowMs: number): void {
    this.expect(brokerId, nowMs);
    this.touch(brokerId, connection, nowMs);
  }

  touch(brokerId: number, connection: ClientConnection, nowMs: number): void {
    if (!this.#sessions.has(brokerId)) this.expect(brokerId, nowMs);
    const session = this.#sessions.get(brokerId);
    if (session === undefined) return;
    session.lastContactMs = nowMs;
    if (session.isConnected && session.connectionId === connection.id) return;
    session.isConnected = true;
    session.connectionId = connection.id;
    connection.onClose(() => {
      if (session.connectionId === connection.id) session.isConnected = false;
    });
  }

  stopping(brokerId: number, offset: number): void {
    const session = this.#sessions.get(brokerId);
    if (session !== undefined) session.shutdownOffset = offset;
  }

  /** `at` is wall clock; `isCaughtUp`: there was nothing behind `offset`. */
  applied(brokerId: number, offset: number, at: { nowMs: number; isCaughtUp: boolean }): void {
    const session = this.#sessions.get(brokerId);
    if (session === undefined) return;
    session.appliedOffset = offset;
    session.fetchedAtMs = at.nowMs;
    if (at.isCaughtUp) session.caughtUpAtMs = at.nowMs;
  }
  progressOf(brokerId: number): Pick<Session, 'appliedOffset' | 'fetchedAtMs' | 'caughtUpAtMs'> | null {
    return this.#sessions.get(brokerId) ?? null;
  }
}
