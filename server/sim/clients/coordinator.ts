// Who coordinates a group or a transactional producer, as a client last heard it. Whoever is refused forgets it and asks again.
import { ErrorCode } from '../../protocol/errors.ts';
import { findCoordinator } from '../../protocol/schema/10-find-coordinator.ts';
import type { Client } from './client.ts';

export const GROUP_KEY = 0;
export const TRANSACTION_KEY = 1;
const NOBODY = -1;
const TIMEOUT_MS = 6000;

export class Coordinator {
  /** −1: not known. */
  nodeId = NOBODY;
  readonly #client: Client;
  readonly #keyType: number;
  readonly #key: string;

  constructor(client: Client, keyType: number, key: string) {
    this.#client = client;
    this.#keyType = keyType;
    this.#key = key;
  }
  forget(): void {
    this.nodeId = NOBODY;
  }
  /** Asks any broker, unless it is known. False: not found. */
  async find(): Promise<boolean> {
    if (this.nodeId !== NOBODY) return true;
    const request = { keyType: this.#keyType, coordinatorKeys: [this.#key] };
    const answer = await this.#client.ask(this.#client.anyBroker(), findCoordinator, 4, request, TIMEOUT_MS);
    const found = answer?.coordinators[0];
    if (found?.errorCode !== ErrorCode.NONE) return false;
    this.nodeId = found.nodeId;
    return true;
  }
}
