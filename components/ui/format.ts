// Numbers, bytes and times as people read them. Pure; null means unknown and reads as a dash.

export const UNKNOWN = '—';
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 1234567 → "1,234,567". */
export const exact = (value: number | null): string => (value === null ? UNKNOWN : grouped.format(value));

function scaled(value: number, base: number, units: readonly string[]): string {
  const sign = value < 0 ? '−' : '';
  let size = Math.abs(value);
  let unit = 0;
  while (size >= base * 0.9995 && unit < units.length - 1) {
    size /= base;
    unit += 1;
  }
  const digits = unit === 0 ? (Number.isInteger(size) || size >= 10 ? 0 : 1) : size >= 100 ? 0 : 1;
  return `${sign}${size.toFixed(digits)}${units[unit] ? ` ${units[unit]}` : ''}`;
}

/** 12_400 → "12.4 k"; below a thousand as it is. */
export const short = (value: number | null): string =>
  value === null ? UNKNOWN : scaled(value, 1000, ['', 'k', 'M', 'G', 'T']);

/** Bytes in units of 1000: "3.1 MB". */
export const bytes = (value: number | null): string =>
  value === null ? UNKNOWN : scaled(value, 1000, ['B', 'kB', 'MB', 'GB', 'TB', 'PB']);

export const perSecond = (value: number | null): string => {
  if (value === null) return UNKNOWN;
  const text = short(value);
  return text.includes(' ') ? `${text}/s` : `${text} /s`;
};
export const bytesPerSecond = (value: number | null): string => (value === null ? UNKNOWN : `${bytes(value)}/s`);

/** "3 topics", "1 topic". */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${exact(count)} ${count === 1 ? one : many}`;

/** The word alone: "topic" for one, "topics" for any other number. */
export const word = (count: number | null, one: string, many = `${one}s`): string => (count === 1 ? one : many);

/** "now", "14 s ago", "3 min ago", "2 h ago", "5 d ago", "in 4 min". */
export function relative(timeMs: number, nowMs: number): string {
  const seconds = Math.round((nowMs - timeMs) / 1000);
  const size = Math.abs(seconds);
  if (size < 1) return 'now';
  const [value, unit] =
    size < 60
      ? [size, 's']
      : size < 3600
        ? [Math.floor(size / 60), 'min']
        : size < 86_400
          ? [Math.floor(size / 3600), 'h']
          : [Math.floor(size / 86_400), 'd'];
  return seconds >= 0 ? `${value} ${unit} ago` : `in ${value} ${unit}`;
}

const YEAR_MS = 31_556_952_000;
/** What people mean by a time: the years 1980 to 2120. A number outside is hardly one in milliseconds. */
const LIKELY = { from: 10 * YEAR_MS, to: 150 * YEAR_MS } as const;
const UNITS = [
  ['seconds', 1_000],
  ['microseconds', 1 / 1_000],
  ['nanoseconds', 1 / 1_000_000],
] as const;

/**
 * A record's timestamp as what it is. 'none': Kafka's −1, the record was written without one. 'odd': a number that is no likely time in
 * milliseconds; `asUnit` names the unit in which it would be one, with that time.
 */
export type TimeReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'time' }
  | { readonly kind: 'odd'; readonly asUnit: { readonly unit: string; readonly timeMs: number } | null };

export function readTime(timeMs: number): TimeReading {
  if (timeMs === -1) return { kind: 'none' };
  if (timeMs >= LIKELY.from && timeMs <= LIKELY.to) return { kind: 'time' };
  for (const [unit, factor] of UNITS) {
    const inUnit = Math.round(timeMs * factor);
    if (inUnit >= LIKELY.from && inUnit <= LIKELY.to) return { kind: 'odd', asUnit: { unit, timeMs: inUnit } };
  }
  return { kind: 'odd', asUnit: null };
}

/** A number that is no likely time, in words: for a title. */
export function oddTimeWords(timeMs: number, { asUnit }: Extract<TimeReading, { kind: 'odd' }>): string {
  const guess = asUnit === null ? '' : ` Read as ${asUnit.unit} it is ${clockTime(asUnit.timeMs)}.`;
  return `The timestamp is ${timeMs}, which is not a likely time in milliseconds since 1970.${guess}`;
}

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

/** Local time: "2026-11-22 14:03:09.120". */
export function clockTime(timeMs: number): string {
  const at = new Date(timeMs);
  if (Number.isNaN(at.getTime())) return String(timeMs);
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${timeOfDay(timeMs)}.${pad(at.getMilliseconds(), 3)}`;
}
/** Local time of day: "14:03:09". */
export function timeOfDay(timeMs: number): string {
  const at = new Date(timeMs);
  return `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
}

/** "250 ms", "5 min", "7 d": for settings that are lengths of time. */
export function duration(ms: number): string {
  if (ms < 0) return 'unlimited';
  if (ms < 1000) return `${ms} ms`;
  const steps: readonly [number, string][] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1000, 's'],
  ];
  const [size, unit] = steps.find(([step]) => ms >= step) ?? [1000, 's'];
  const value = ms / size;
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${unit}`;
}
