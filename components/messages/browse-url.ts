// The browser's place in a topic, as it stands in the address. Pure.
import type { BrowseCursor, BrowseStart } from '../../server/live/contract.ts';
import type { UrlField } from '../ui/hooks/url-field.ts';

export const starts = ['newest', 'oldest', 'offset', 'timestamp'] as const;
export type StartKind = (typeof starts)[number];

/** "b_0.123_1.456": backward from offset 123 of partition 0 and 456 of partition 1. */
export const cursorField: UrlField<BrowseCursor | null> = {
  read: (text) => {
    if (text === null || !/^[bf](_\d{1,7}\.\d{1,16})+$/.test(text)) return null;
    const pairs = text
      .slice(2)
      .split('_')
      .map((pair) => pair.split('.'));
    const offsets = Object.fromEntries(pairs.map(([partition, offset]) => [partition, Number(offset)]));
    if (!Object.values(offsets).every(Number.isSafeInteger)) return null;
    return { direction: text.startsWith('b') ? 'backward' : 'forward', offsets };
  },
  write: (cursor) =>
    cursor === null
      ? null
      : `${cursor.direction === 'backward' ? 'b' : 'f'}${Object.entries(cursor.offsets)
          .map(([partition, offset]) => `_${partition}.${offset}`)
          .join('')}`,
};

export interface RecordPlace {
  readonly partition: number;
  readonly offset: number;
}
/** "3:1200" in ?open= and ?again=. */
export const placeField: UrlField<RecordPlace | null> = {
  read: (text) => {
    const match = text === null ? null : /^(\d{1,9}):(\d{1,16})$/.exec(text);
    const offset = Number(match?.[2]);
    return match && Number.isSafeInteger(offset) ? { partition: Number(match[1]), offset } : null;
  },
  write: (place) => (place === null ? null : `${place.partition}:${place.offset}`),
};

/** Null when `at` does not fit the kind yet. */
export function startOf(kind: StartKind, at: string): BrowseStart | null {
  if (kind === 'newest' || kind === 'oldest') return { from: kind };
  const value = Number(at);
  if (!/^\d{1,16}$/.test(at) || !Number.isSafeInteger(value)) return null;
  if (kind === 'offset') return { from: 'offset', offset: value };
  return value > 8.64e15 ? null : { from: 'timestamp', timestampMs: value };
}

/** Milliseconds → the value of a datetime-local control, in the reader's zone. */
export function toLocalInput(timeMs: number): string {
  const at = new Date(timeMs - new Date(timeMs).getTimezoneOffset() * 60_000);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString().slice(0, 19);
}
