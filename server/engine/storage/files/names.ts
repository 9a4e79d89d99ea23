// Kafka's names for the files and folders of a log (LogFileUtils, UnifiedLog).

export const LOG_SUFFIX = '.log';
export const INDEX_SUFFIX = '.index';
export const TIME_INDEX_SUFFIX = '.timeindex';
export const TXN_INDEX_SUFFIX = '.txnindex';
export const SNAPSHOT_SUFFIX = '.snapshot';
export const DELETED_SUFFIX = '.deleted';
/** Being written by the cleaner; worthless after a crash. */
export const CLEANED_SUFFIX = '.cleaned';
/** Whole and on disk: takes the place of the segments it was made of, if need be at the next start. */
export const SWAP_SUFFIX = '.swap';
const DELETE_FOLDER_SUFFIX = '-delete';
const NAME_LIMIT_BYTES = 255;
const STEM = /^(\d{20})(\.[a-z]+)$/;
const PARTITION_FOLDER = /^([a-zA-Z0-9._-]{1,249})-(\d{1,10})$/;

/** 20 digits: "00000000000000000042.log". */
export const offsetFileName = (offset: number, suffix: string): string =>
  `${String(offset).padStart(20, '0')}${suffix}`;

/** The offset a file is named for, or null for another suffix, a name that is no offset, or one past 2^53. */
export function offsetOfFileName(name: string, suffix: string): number | null {
  const match = STEM.exec(name);
  if (match === null || match[2] !== suffix) return null;
  const offset = Number(match[1]);
  return Number.isSafeInteger(offset) ? offset : null;
}

export const partitionKey = (topic: string, partition: number): string => `${topic}-${partition}`;

export function parsePartitionFolder(name: string): { readonly topic: string; readonly partition: number } | null {
  const match = PARTITION_FOLDER.exec(name);
  const partition = Number(match?.[2]);
  if (match?.[1] === undefined || match[2] !== String(partition) || partition > 0x7fff_ffff) return null;
  return { topic: match[1], partition };
}

/** "<topic>-<partition>.<32 hex digits>-delete"; the topic is cut where the name would be too long for a file system. */
export function deletedFolderName(topic: string, partition: number, uuid: string): string {
  const suffix = `-${partition}.${Buffer.from(uuid, 'base64url').toString('hex')}${DELETE_FOLDER_SUFFIX}`;
  return topic.slice(0, NAME_LIMIT_BYTES - suffix.length) + suffix;
}
export const isDeletedFolder = (name: string): boolean => /\.[0-9a-f]{32}-delete$/.test(name);
