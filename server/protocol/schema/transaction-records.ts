// Records of __transaction_state, as Apache Kafka defines them.
import { message } from '../codec.ts';
import { array, int8, int16, int32, int64, string } from '../grammar.ts';

/** Version 0; no flexible one. */
export const transactionLogKey = message({
  versions: '0',
  flexible: 'none',
  fields: {
    transactionalId: string(),
  },
});

/** Versions 0-1. */
export const transactionLogValue = message({
  versions: '0-1',
  flexible: '1+',
  fields: {
    producerId: int64(),
    previousProducerId: int64({ versions: '1+', tag: 0, tagged: '1+', fallback: -1 }),
    nextProducerId: int64({ versions: '1+', tag: 1, tagged: '1+', fallback: -1 }),
    producerEpoch: int16(),
    nextProducerEpoch: int16({ versions: '1+', tag: 3, tagged: '1+', fallback: -1 }),
    transactionTimeoutMs: int32(),
    transactionStatus: int8(),
    transactionPartitions: array(
      {
        topic: string(),
        partitionIds: array(int32()),
      },
      { nullable: '0+' },
    ),
    transactionLastUpdateTimestampMs: int64(),
    transactionStartTimestampMs: int64(),
    clientTransactionVersion: int16({ versions: '1+', tag: 2, tagged: '1+' }),
  },
});
