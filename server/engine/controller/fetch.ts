// Fetch of the metadata log, which is how brokers follow it. Long-poll; a fetch from offset n says that n − 1 is applied.
import type { RequestOf, ResponseInput } from '../../protocol/codec.ts';
import { ErrorCode } from '../../protocol/errors.ts';
import { fetch } from '../../protocol/schema/01-fetch.ts';
import { METADATA_TOPIC, METADATA_TOPIC_ID } from '../metadata/topic-name.ts';
import { type Handler, type RequestContext, serve } from '../rpc/handler.ts';
import type { Controller } from './controller.ts';

type Request = RequestOf<typeof fetch>;
type Reply = ResponseInput<typeof fetch>;
type Topic = Request['topics'][number];
type Partition = Topic['partitions'][number];

const FIRST_VERSION_BY_ID = 13;
const MAX_WAIT_MS = 30_000;
const MAX_BYTES = 8_388_608;

export function fetchHandler(controller: Controller): Handler {
  return serve(fetch, (request, context) => answer(controller, request, context));
}

function answer(controller: Controller, request: Request, context: RequestContext): Reply | Promise<Reply> {
  const wanted = wantedPartition(request, context.apiVersion);
  if (wanted === null) return { responses: request.topics.map((topic) => unknown(topic, context.apiVersion)) };
  noteProgress(controller, request, wanted);
  if (wanted.fetchOffset < controller.log.durableEndOffset) return read(controller, wanted);
  if (wanted.fetchOffset > controller.log.endOffset) return read(controller, wanted);
  const waitMs = Math.min(request.maxWaitMs, MAX_WAIT_MS);
  if (waitMs <= 0) return read(controller, wanted);
  return waitForMore(controller, wanted, { waitMs, context });
}

async function waitForMore(
  controller: Controller,
  wanted: Partition,
  { waitMs, context }: { waitMs: number; context: RequestContext },
): Promise<Reply> {
  let forget = (): void => {};
  const hasMore = () => controller.isClosing || controller.log.durableEndOffset > wanted.fetchOffset;
  await controller.until(hasMore, waitMs, (cancel) => {
    forget = context.connection.onClose(cancel);
  });
  forget();
  return read(controller, wanted);
}

function wantedPartition({ topics }: Request, version: number): Partition | null {
  const topic = topics[0];
  if (topic === undefined || topics.length > 1) return null;
  const isIt = version >= FIRST_VERSION_BY_ID ? topic.topicId === METADATA_TOPIC_ID : topic.topic === METADATA_TOPIC;
  const partition = topic.partitions[0];
  if (!isIt || partition?.partition !== 0 || topic.partitions.length > 1) return null;
  return partition;
}

function noteProgress(controller: Controller, request: Request, { fetchOffset }: Partition): void {
  const brokerId = request.replicaState.replicaId >= 0 ? request.replicaState.replicaId : request.replicaId;
  if (brokerId < 0) return;
  const nowMs = controller.world.clock.nowMs();
  const isCaughtUp = fetchOffset >= controller.log.durableEndOffset;
  controller.sessions.applied(brokerId, fetchOffset - 1, { nowMs, isCaughtUp });
  controller.progressed();
}

function read({ log }: Controller, { fetchOffset, partitionMaxBytes }: Partition): Reply {
  const records = log.isOpen ? log.read(fetchOffset, Math.min(partitionMaxBytes, MAX_BYTES)) : Buffer.alloc(0);
  const partition = {
    partitionIndex: 0,
    errorCode: records === null ? ErrorCode.OFFSET_OUT_OF_RANGE : ErrorCode.NONE,
    highWatermark: log.durableEndOffset,
    lastStableOffset: log.durableEndOffset,
    logStartOffset: log.startOffset,
    abortedTransactions: null,
    records: records ?? Buffer.alloc(0),
  };
  return { responses: [{ topic: METADATA_TOPIC, topicId: METADATA_TOPIC_ID, partitions: [partition] }] };
}

function unknown({ topic, topicId, partitions }: Topic, version: number) {
  const errorCode = version >= FIRST_VERSION_BY_ID ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  return {
    topic,
    topicId,
    partitions: partitions.map(({ partition }) => ({
      partitionIndex: partition,
      errorCode,
      highWatermark: -1,
      records: Buffer.alloc(0),
    })),
  };
}
