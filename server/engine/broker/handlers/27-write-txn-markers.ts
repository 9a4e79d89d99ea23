// 27 WriteTxnMarkers, versions 1–2. KIP-98: a transaction coordinator ends transactions in partitions led here; an administrator
// ends one that hangs (KIP-664). One for no partition is not answered, as by Kafka. v2 says whether every transaction has an epoch of its own.
import type { Int64 } from '../../../kernel/int64.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { writeTxnMarkers } from '../../../protocol/schema/27-write-txn-markers.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import type { PartitionMarker } from '../transactions/marker-queue.ts';
import { writeMarker } from '../transactions/write-marker.ts';

export function writeTxnMarkersHandler(broker: Broker): Handler {
  return serve(writeTxnMarkers, async (request) => {
    const filled = request.markers.filter(({ topics }) =>
      topics.some(({ partitionIndexes }) => partitionIndexes.length > 0),
    );
    const markers = filled.map(async ({ topics, transactionResult: isCommit, ...marker }) => ({
      producerId: marker.producerId,
      topics: await Promise.all(
        topics.map(async ({ name: topic, partitionIndexes }) => ({
          name: topic,
          partitions: await Promise.all(
            partitionIndexes.map(async (partition) => ({
              partitionIndex: partition,
              errorCode: await write(broker, { ...marker, isCommit, topic, partition }),
            })),
          ),
        })),
      ),
    }));
    return { markers: await Promise.all(markers) };
  });
}

/** DIVERGES: ids beyond 2^53, which nobody is given, write nothing; Kafka takes them. */
function write(broker: Broker, marker: Omit<PartitionMarker, 'producerId'> & { readonly producerId: Int64 }) {
  const { producerId } = marker;
  if (typeof producerId === 'bigint') return Promise.resolve(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  return writeMarker(broker, { ...marker, producerId });
}
