// Produces numbered records to every partition of its topics, one request per partition at a time, and tells the history what was
// tried and what was acknowledged. Idempotent ones repeat a batch with its sequence until it is answered for good.
import { ErrorCode } from '../../protocol/errors.ts';
import { encodeBatch } from '../../protocol/records/record.ts';
import { produce } from '../../protocol/schema/00-produce.ts';
import { initProducerId } from '../../protocol/schema/22-init-producer-id.ts';
import type { Acknowledged } from '../checkers/clients/acknowledged.ts';
import type { MarkName } from '../marks.ts';
import type { ClientOptions } from './client.ts';
import { ClientLoop } from './client-loop.ts';

export interface ProducerOptions extends ClientOptions {
  readonly topics: readonly { readonly name: string; readonly partitions: number }[];
  /** −1 or 1. */
  readonly acks: number;
  readonly isIdempotent: boolean;
  /** Mean pause between two batches to a partition. */
  readonly pauseMs: number;
  readonly timeoutMs: number;
  readonly maxRecords: number;
  readonly acknowledged: Acknowledged;
  mark(name: MarkName): void;
}

const VERSION = 11;
const MAX_TRIES = 200;
/** The producer is beyond repair: it goes on under a new id. */
const FATAL: ReadonlySet<number> = new Set([
  ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
  ErrorCode.UNKNOWN_PRODUCER_ID,
  ErrorCode.INVALID_PRODUCER_EPOCH,
  ErrorCode.INVALID_RECORD,
  ErrorCode.CORRUPT_MESSAGE,
]);

interface Identity {
  readonly producerId: number;
  readonly producerEpoch: number;
  nextSequence: number;
}

export class Producer extends ClientLoop<ProducerOptions> {
  /** Each partition on its own. */
  protected async work(): Promise<void> {
    const all = this.o.topics.flatMap(({ name, partitions }) =>
      Array.from({ length: partitions }, (_, partition) => this.#produceTo(name, partition)),
    );
    await Promise.all(all);
  }

  async #produceTo(topic: string, partition: number): Promise<void> {
    const { pauseMs, maxRecords, isIdempotent, acknowledged } = this.o;
    const { client } = this;
    const source = `${client.name}/${topic}-${partition}`;
    let identity: Identity | null = null;
    let number = 0;
    while (!client.isStopping) {
      await client.sleep(client.prng.exponential(pauseMs));
      if (client.isStopping) return;
      identity ??= isIdempotent ? await this.#newIdentity() : null;
      if (isIdempotent && identity === null) continue;
      const values = Array.from({ length: client.prng.between(1, maxRecords) }, () => `${source}#${number++}`);
      acknowledged.tried(topic, partition, values, isIdempotent);
      const outcome = await this.#deliver(topic, partition, values, identity);
      if (outcome !== 'delivered') identity = null;
      else if (identity !== null) identity.nextSequence += values.length;
    }
  }

  /** Tries until the batch is answered for good. */
  async #deliver(
    topic: string,
    partition: number,
    values: readonly string[],
    identity: Identity | null,
  ): Promise<'delivered' | 'given up'> {
    const { client } = this;
    const { isIdempotent, acks, acknowledged, mark } = this.o;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const answer = await this.#send(topic, partition, values, identity);
      if (answer?.errorCode === ErrorCode.NONE) {
        acknowledged.acknowledged({ topic, partition, values, baseOffset: answer.baseOffset, acks, isIdempotent });
        if (tries > 0 && isIdempotent) mark('duplicate-recognised');
        return 'delivered';
      }
      if (answer?.errorCode === ErrorCode.REQUEST_TIMED_OUT) mark('produce-timed-out');
      if (answer?.errorCode === ErrorCode.NOT_ENOUGH_REPLICAS) mark('not-enough-replicas');
      if (answer !== null && FATAL.has(answer.errorCode)) {
        return 'given up';
      }
      // A plain producer does not know whether its batch was written: it writes the next one instead.
      if (!isIdempotent) return 'given up';
      await client.sleep(client.prng.between(20, 200));
      await client.refresh([topic]);
    }
    return 'given up';
  }

  async #send(topic: string, partition: number, values: readonly string[], identity: Identity | null) {
    const { client } = this;
    if (client.leaderOf(topic, partition) === undefined) await client.refresh([topic]);
    const leader = client.leaderOf(topic, partition)?.leader ?? -1;
    if (leader === -1) {
      await client.refresh([topic]);
      return null;
    }
    const timestampMs = client.world.clock.nowMs();
    const records = encodeBatch({
      records: values.map((value) => ({
        timestampMs,
        key: Buffer.from(`k${value.length}`),
        value: Buffer.from(value),
      })),
      ...(identity === null
        ? {}
        : {
            producerId: identity.producerId,
            producerEpoch: identity.producerEpoch,
            baseSequence: identity.nextSequence,
          }),
    });
    const { acks, timeoutMs } = this.o;
    const topicData = [{ name: topic, partitionData: [{ index: partition, records }] }];
    const input = { acks, timeoutMs, topicData };
    const answer = await client.ask(leader, produce, VERSION, input, timeoutMs + 1500);
    const outcome = answer?.responses[0]?.partitionResponses[0] ?? null;
    if (outcome === null || outcome.errorCode !== ErrorCode.NONE) await client.refresh([topic]);
    return outcome;
  }

  async #newIdentity(): Promise<Identity | null> {
    const { client } = this;
    const request = { transactionalId: null, transactionTimeoutMs: 60_000 };
    const answer = await client.ask(client.anyBroker(), initProducerId, 4, request, 6000);
    if (answer === null || answer.errorCode !== ErrorCode.NONE) return null;
    return { producerId: answer.producerId, producerEpoch: answer.producerEpoch, nextSequence: 0 };
  }
}
