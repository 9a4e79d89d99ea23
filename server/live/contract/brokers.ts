// The brokers of the cluster, and what a setting of a broker, topic or group is.
import { z } from 'zod';
import { DescribeConfigs } from './apis.ts';
import { call, channel, type Shape, subject } from './declare.ts';
import { brokerId, nothing } from './inputs.ts';
import { flag, int, real, Sampled, text } from './parts.ts';

export const BrokerRow = z.strictObject({
  id: int,
  host: text,
  port: int,
  rack: text.nullable(),
  isUp: flag,
  leaders: int,
  replicas: int,
  /** Sum of the log sizes on this broker; null when it did not answer. */
  sizeBytes: int.nullable(),
  inRecordsPerSecond: real.nullable(),
  inBytesPerSecond: real.nullable(),
});
export type BrokerRow = Shape<typeof BrokerRow>;

export const BrokersView = z.strictObject({ ...Sampled.shape, rows: z.array(BrokerRow) });
export type BrokersView = Shape<typeof BrokersView>;

export const ConfigRow = z.strictObject({
  name: text,
  /** null when sensitive or unset. */
  value: text.nullable(),
  source: z.enum(['TOPIC', 'DYNAMIC_BROKER', 'DYNAMIC_DEFAULT', 'STATIC_BROKER', 'DEFAULT', 'GROUP', 'UNKNOWN']),
  isReadOnly: flag,
  isSensitive: flag,
  type: text,
  documentation: text.nullable(),
  /** The value that applies when this one is removed; null when unknown. */
  defaultValue: text.nullable(),
});
export type ConfigRow = Shape<typeof ConfigRow>;

export const brokers = subject({
  channels: {
    brokers: channel({
      params: nothing,
      data: BrokersView,
      says: 'Shows the brokers: address, rack, partitions they lead and hold, size and rate.',
    }),
  },
  streams: {},
  calls: {
    'broker.configs': call({
      args: z.strictObject({ brokerId }),
      result: z.array(ConfigRow),
      says: 'Reads the settings of one broker, each with where its value comes from.',
      right: 'viewer',
      on: (args) => ['broker', String(args.brokerId)],
      needs: [DescribeConfigs],
      changes: false,
      http: 'GET /brokers/{brokerId}/configs',
    }),
  },
});
