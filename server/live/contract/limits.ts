// The constants of the contract: what browser and server both count with. No schema here and no package: pages import this file.

/** What the live map draws at most; what is left out is counted in the view. */
export const MAP_LIMITS = {
  topics: 8,
  partitions: 60,
  brokers: 24,
  groups: 6,
  members: 6,
  producers: 8,
  events: 50,
} as const;

/** What Kafka limits. Bytes a second, per cent of a request handler's time, partition changes and connections a second. */
export const QUOTA_KEYS = [
  'producer_byte_rate',
  'consumer_byte_rate',
  'request_percentage',
  'controller_mutation_rate',
  'connection_creation_rate',
] as const;

/**
 * Partitions under way at once: enough to keep every broker busy, few enough to be cancelled at a glance. The others wait in the
 * dashboard, and are not begun when it ends before.
 */
export const REASSIGN_AT_ONCE = 50;

export const SCRAM_MECHANISMS = ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
/** What Kafka takes. */
export const SCRAM_ITERATIONS = { least: 4_096, most: 16_384 } as const;
