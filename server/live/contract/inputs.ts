// The parts of what a browser may send: every string, array and number bounded. Used by the subjects' parameters and arguments. They
// check shape and size only: what a topic may be called is the cluster's to say.
import { z } from 'zod';

export const maxTopicLength = 249;
/** Kafka's STRING holds an int16 length. */
const maxGroupIdLength = 32_767;
export const maxPartitionsListed = 10_000;

export const whole = (min: number, max: number) => z.number().int().min(min).max(max);

export const topicName = z.string().min(1).max(maxTopicLength);
export const groupId = z.string().max(maxGroupIdLength);
export const transactionalId = z.string().min(1).max(32_767);
/** 64 bits: text. */
export const producerId = z.string().regex(/^\d{1,19}$/);
export const partition = whole(0, 1_000_000);
export const offset = whole(0, Number.MAX_SAFE_INTEGER);
export const timestampMs = whole(0, 8_640_000_000_000_000);
/** null: all of the topic. */
export const partitions = z.array(partition).min(1).max(maxPartitionsListed).nullable();
export const brokerId = whole(0, 2_147_483_647);
export const durationSeconds = whole(1, 3_600);
export const query = z.string().max(249);
export const principal = z.string().min(1).max(1_000);
export const nothing = z.strictObject({});

/** The window of rows wanted of a long list. */
export const RowWindow = z.strictObject({ offset: whole(0, 100_000_000), limit: whole(1, 200) });

export function atMost<T extends z.ZodType>(values: T, keys: z.ZodType<string, string>, count: number) {
  return z
    .record(keys, values)
    .refine((record) => Object.keys(record).length <= count, { message: `at most ${count} entries` });
}
