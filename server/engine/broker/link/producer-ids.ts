// Producer ids for this broker's clients, in blocks from the controller (RPCProducerIdManager). An id left over when the broker
// stops is lost; none is given twice.
import { ErrorCode, errorName } from '../../../protocol/errors.ts';
import { allocateProducerIds } from '../../../protocol/schema/67-allocate-producer-ids.ts';
import type { Line } from './line.ts';

const TIMEOUT_MS = 5000;

export class ProducerIds {
  readonly #line: Line;
  readonly #brokerId: number;
  readonly #epoch: () => number;
  #next = 0;
  #end = 0;
  #asking: Promise<string | null> | null = null;

  constructor(line: Line, brokerId: number, epoch: () => number) {
    this.#line = line;
    this.#brokerId = brokerId;
    this.#epoch = epoch;
  }

  /** An id, or the sentence that says why there is none. Rejects with ConnectionError. */
  async take(): Promise<number | string> {
    // Many may wait for one block; whoever finds it used up asks for the next.
    while (this.#next >= this.#end) {
      this.#asking ??= this.#ask().finally(() => {
        this.#asking = null;
      });
      const problem = await this.#asking;
      if (problem !== null) return problem;
    }
    return this.#next++;
  }

  async #ask(): Promise<string | null> {
    const request = { brokerId: this.#brokerId, brokerEpoch: this.#epoch() };
    const answer = await this.#line.send(allocateProducerIds, request, TIMEOUT_MS);
    if (answer.errorCode !== ErrorCode.NONE) return `no producer ids: ${errorName(answer.errorCode)}`;
    this.#next = answer.producerIdStart;
    this.#end = answer.producerIdStart + answer.producerIdLen;
    return null;
  }
}
