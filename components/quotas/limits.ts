// The limits of a quota: what each means, how it reads, and how it is typed and checked as Kafka does it. Pure.
import { QUOTA_KEYS, type QuotaEntity, type QuotaKey, type QuotaLimits } from '../../server/live/contract.ts';
import { bytesPerSecond, exact } from '../ui/format.ts';

interface Limit {
  readonly label: string;
  /** Where it counts. */
  readonly scope: string;
  readonly meaning: string;
  readonly placeholder: string;
}

export const limitTexts: Readonly<Record<QuotaKey, Limit>> = {
  producer_byte_rate: {
    label: 'Produce',
    scope: 'on each broker',
    meaning: 'Bytes a second it may write to each broker.',
    placeholder: '10 MB/s',
  },
  consumer_byte_rate: {
    label: 'Consume',
    scope: 'on each broker',
    meaning: 'Bytes a second it may read from each broker.',
    placeholder: '20 MB/s',
  },
  request_percentage: {
    label: 'Request time',
    scope: 'on each broker',
    meaning: 'Share of one request thread of each broker. 200 % is two threads’ worth.',
    placeholder: '25 %',
  },
  controller_mutation_rate: {
    label: 'Partition changes',
    scope: 'in the whole cluster',
    meaning: 'Partitions a second that it may create, add or delete, in the whole cluster.',
    placeholder: '10 /s',
  },
  connection_creation_rate: {
    label: 'New connections',
    scope: 'on each broker',
    meaning: 'Connections a second that it may open to each broker.',
    placeholder: '20 /s',
  },
};

/** An address has one limit, users and client ids have the others. */
export function keysOf(entity: QuotaEntity): readonly QuotaKey[] {
  const isAddress = entity.some(({ type }) => type === 'ip');
  return QUOTA_KEYS.filter((key) => (key === 'connection_creation_rate') === isAddress);
}

const isBytes = (key: QuotaKey): boolean => key === 'producer_byte_rate' || key === 'consumer_byte_rate';
const plain = (value: number): string => (Number.isInteger(value) ? exact(value) : String(value));

/** "1.5 MB/s", "12.5 %", "5 /s". */
export function limitWords(key: QuotaKey, value: number): string {
  if (isBytes(key)) {
    const typed = typedLimit(key, value);
    // Exact where that is short, as it was typed: "5 MiB/s".
    return typed.indexOf(' ') <= MAX_DIGITS ? typed : bytesPerSecond(value);
  }
  return key === 'request_percentage' ? `${plain(value)} %` : `${plain(value)} /s`;
}

/** The number itself, with its unit. */
export function exactLimit(key: QuotaKey, value: number): string {
  if (isBytes(key)) return `${plain(value)} B/s ${limitTexts[key].scope}`;
  return `${limitWords(key, value)} ${limitTexts[key].scope}`;
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};
const WRITTEN = [
  ['GB/s', 1e9],
  ['GiB/s', 1024 ** 3],
  ['MB/s', 1e6],
  ['MiB/s', 1024 ** 2],
  ['kB/s', 1e3],
  ['KiB/s', 1024],
] as const;
const MAX_DIGITS = 4;

/** The shortest text that reads back as just this number. */
export function typedLimit(key: QuotaKey, value: number): string {
  if (!isBytes(key)) return key === 'request_percentage' ? `${value} %` : `${value} /s`;
  let shortest = `${value} B/s`;
  for (const [unit, size] of WRITTEN) {
    const text = `${value / size} ${unit}`;
    const read = readLimit(key, text);
    const isExact = value >= size && 'value' in read && read.value === value;
    if (isExact && text.length - unit.length < shortest.length - 'B/s'.length) shortest = text;
  }
  return shortest;
}

export type ReadLimit = { readonly value: number | null } | { readonly problem: string };

/** Nothing typed is no limit. Refuses what Kafka would refuse, in words. */
export function readLimit(key: QuotaKey, text: string): ReadLimit {
  const typed = text.trim().replaceAll(/[,_]/g, '');
  if (typed === '') return { value: null };
  const pattern = isBytes(key)
    ? /^(\d+(?:\.\d+)?)\s*([kmg]?i?b?)(?:\s*\/\s*s)?$/i
    : key === 'request_percentage'
      ? /^(\d+(?:\.\d+)?)\s*()%?$/
      : /^(\d+(?:\.\d+)?)\s*()(?:\/\s*s)?$/;
  const match = pattern.exec(typed);
  const size = UNITS[(match?.[2] ?? '').toLowerCase()];
  if (match === null || size === undefined)
    return {
      problem: `Write a number${isBytes(key) ? ' with B/s, kB/s, MB/s, MiB/s or GB/s' : ''}, such as ${limitTexts[key].placeholder}.`,
    };
  const exactly = Number(match[1]) * size;
  // 1.1 MB/s is 1,100,000 B/s, whatever binary fractions say.
  const whole = Math.round(exactly);
  const value = size > 1 && Math.abs(exactly - whole) < (1e-6 * exactly) / size ? whole : exactly;
  if (value <= 0) return { problem: 'It must be more than 0. Kafka has no quota that allows nothing.' };
  if ((isBytes(key) || key === 'connection_creation_rate') && !Number.isInteger(value))
    return { problem: `Kafka takes whole ${isBytes(key) ? 'bytes' : 'connections'} a second only.` };
  const largest = key === 'connection_creation_rate' ? 2_147_483_647 : Number.MAX_SAFE_INTEGER;
  if (value > largest) return { problem: `The largest is ${exact(largest)}.` };
  return { value };
}

/** What saving changes: null takes a limit away. */
export function changesOf(
  before: QuotaLimits,
  wanted: Readonly<Partial<Record<QuotaKey, number | null>>>,
): Partial<Record<QuotaKey, number | null>> {
  const changes: Partial<Record<QuotaKey, number | null>> = {};
  for (const key of QUOTA_KEYS) {
    const value = wanted[key];
    if (value !== undefined && value !== (before[key] ?? null)) changes[key] = value;
  }
  return changes;
}
