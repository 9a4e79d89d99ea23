// What a request may make of a transaction. The verbs beside it are pure: the state they find, the request and the time give the
// next state or a refusal. Semantics: Kafka's TransactionCoordinator and TransactionMetadata, KIP-98, KIP-360 (epoch bumps on
// request), KIP-890 (version 2).
import { ErrorCode } from '../../../../protocol/errors.ts';
import type { Transaction } from '../transaction.ts';

export interface ProducerIdAndEpoch {
  readonly producerId: number;
  readonly producerEpoch: number;
}
export type Decision =
  | { readonly kind: 'refused'; readonly errorCode: number }
  /** Nothing to store: it is so already. */
  | { readonly kind: 'done'; readonly reply: ProducerIdAndEpoch }
  /** To be stored, then answered with `reply`, or with `errorCode` when the client has to wait and ask again. */
  | {
      readonly kind: 'change';
      readonly to: Transaction;
      readonly reply: ProducerIdAndEpoch;
      readonly errorCode: number;
    }
  /** Decide again with a producer id that was never given before. */
  | { readonly kind: 'needsProducerId' };

export const refused = (errorCode: number): Decision => ({ kind: 'refused', errorCode });
export const change = (
  to: Transaction,
  reply: ProducerIdAndEpoch = to,
  errorCode: number = ErrorCode.NONE,
): Decision => ({
  kind: 'change',
  to,
  reply: { producerId: reply.producerId, producerEpoch: reply.producerEpoch },
  errorCode,
});
export const done = ({ producerId, producerEpoch }: ProducerIdAndEpoch): Decision => ({
  kind: 'done',
  reply: { producerId, producerEpoch },
});
