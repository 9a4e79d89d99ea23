// Produce with batches that are already bytes (batch-writer.ts), whose sender waits for no encoder. Version 9 is served since Kafka 2.8.
import { createAPI, type Reader, Writer } from '@platformatic/kafka';
import type { ApiFamily } from '../apis.ts';

export interface RawProduce {
  readonly topic: string;
  readonly acks: 0 | 1 | -1;
  readonly timeoutMs: number;
  readonly batches: readonly { readonly partition: number; readonly bytes: Buffer }[];
}

export interface RawProduceOutcome {
  readonly partition: number;
  readonly errorCode: number;
}

/** With acks=0 there is no answer: the result is then not an array. */
export const PRODUCE_RAW: ApiFamily<[RawProduce], readonly RawProduceOutcome[] | boolean> = {
  key: 0,
  name: 'Produce',
  versions: [
    createAPI<[RawProduce], readonly RawProduceOutcome[] | boolean>(
      0,
      9,
      encode,
      (_correlationId, _key, _version, reader) => decode(reader),
    ),
  ],
};

function encode(request: RawProduce): Writer {
  const writer = Writer.create()
    .appendString(null)
    .appendInt16(request.acks)
    .appendInt32(request.timeoutMs)
    .appendArray([request], (topics, { topic, batches }) => {
      topics.appendString(topic).appendArray([...batches], (partitions, { partition, bytes }) => {
        partitions.appendInt32(partition).appendBytes(bytes);
      });
    })
    .appendTaggedFields();
  if (request.acks === 0) writer.context.noResponse = true;
  return writer;
}

function decode(reader: Reader): readonly RawProduceOutcome[] {
  const topics = reader.readArray((topic) => {
    topic.readString();
    return topic.readArray((partition) => {
      const outcome = { partition: partition.readInt32(), errorCode: partition.readInt16() };
      partition.readInt64(); // base offset
      partition.readInt64(); // append time
      partition.readInt64(); // log start offset
      partition.readArray((recordError) => {
        recordError.readInt32();
        recordError.readNullableString();
      });
      partition.readNullableString();
      return outcome;
    });
  });
  reader.readInt32(); // throttle time
  reader.readTaggedFields();
  return topics.flat();
}
