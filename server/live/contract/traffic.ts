// Test traffic: producers and consumers that run in this server.
import { z } from 'zod';
import { call, channel, type Shape, subject } from './declare.ts';
import { durationSeconds, groupId, nothing, topicName, whole } from './inputs.ts';
import { int, real, Sampled, text } from './parts.ts';

const acks = z.union([z.literal(0), z.literal(1), z.literal(-1)]);

export const TrafficProducer = z.strictObject({
  id: text,
  topic: text,
  recordsPerSecond: real,
  recordBytes: int,
  keys: int,
  acks,
  startedAtMs: int,
  stopsAtMs: int,
  sent: int,
  failed: int,
  lastError: text.nullable(),
});
export type TrafficProducer = Shape<typeof TrafficProducer>;

export const TrafficConsumer = z.strictObject({
  id: text,
  topic: text,
  groupId: text,
  members: int,
  /** Over all members. 0 reads as fast as it can. */
  recordsPerSecond: real,
  startedAtMs: int,
  stopsAtMs: int,
  read: int,
  lastError: text.nullable(),
});
export type TrafficConsumer = Shape<typeof TrafficConsumer>;

export const TrafficView = z.strictObject({
  ...Sampled.shape,
  producers: z.array(TrafficProducer),
  consumers: z.array(TrafficConsumer),
});
export type TrafficView = Shape<typeof TrafficView>;

export const traffic = subject({
  channels: {
    traffic: channel({
      params: nothing,
      data: TrafficView,
      says: 'Shows the test producers and consumers that run in this server.',
    }),
  },
  streams: {},
  calls: {
    'traffic.startProducer': call({
      args: z.strictObject({
        topic: topicName,
        recordsPerSecond: whole(1, 100_000),
        recordBytes: whole(1, 1_000_000),
        /** 0: records without a key. */
        keys: whole(0, 1_000_000),
        acks,
        durationSeconds,
      }),
      result: z.strictObject({ id: text }),
      says: 'Starts a test producer that writes to a topic at a rate for a while.',
      right: 'editor',
      on: ({ topic }) => ['topic', topic],
      changes: true,
      http: 'POST /traffic/producers',
    }),
    'traffic.startConsumer': call({
      args: z.strictObject({
        topic: topicName,
        groupId: groupId.min(1),
        members: whole(1, 16),
        /** Over all members. 0 reads as fast as it can. */
        recordsPerSecond: whole(0, 1_000_000),
        durationSeconds,
      }),
      result: z.strictObject({ id: text }),
      says: 'Starts test consumers that read a topic as members of one group for a while.',
      right: 'editor',
      on: (args) => ['group', args.groupId],
      changes: true,
      http: 'POST /traffic/consumers',
    }),
    'traffic.stop': call({
      /** "all" stops everything. */
      args: z.strictObject({ id: z.string().min(1).max(100) }),
      result: z.strictObject({ stopped: int }),
      says: 'Stops one test producer or consumer, or all of them.',
      right: 'editor',
      on: () => null,
      changes: true,
      http: 'DELETE /traffic/{id}',
    }),
  },
});
