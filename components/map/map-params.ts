// What the map is asked for, as the address holds it. Read by the page for its first paint and in the browser. Pure.
import { MAP_LIMITS, type MapParams } from '../../server/live/contract.ts';

/** Topic names hold letters, digits, ".", "_" and "-" only, so a comma separates them. */
export function readTopics(text: string | null): readonly string[] {
  const names = (text ?? '').split(',').filter((name) => /^[\w.-]{1,249}$/.test(name));
  return [...new Set(names)].slice(0, MAP_LIMITS.topics);
}

export const mapParams = (topics: string): MapParams => ({ topics: readTopics(topics) });
