// Where an arrow key leads: the nearest thing in that direction, what lies straight ahead before what lies aside. Pure.
import type { Rect } from './layout.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';
export interface Place extends Rect {
  readonly id: string;
}

/** How much a step aside counts against a step ahead. */
const ASIDE = 2.5;

/** Null: there is nothing further that way. */
export function nextPlace(places: readonly Place[], fromId: string, direction: Direction): string | null {
  const from = places.find(({ id }) => id === fromId);
  if (from === undefined) return places[0]?.id ?? null;
  let best: { readonly id: string; readonly cost: number } | null = null;
  for (const place of places) {
    if (place.id === fromId) continue;
    const cost = costOf(from, place, direction);
    if (cost !== null && (best === null || cost < best.cost)) best = { id: place.id, cost };
  }
  return best?.id ?? null;
}

/** A lane and the tiles in it overlap: then the way between their middles or their beginnings counts. */
function costOf(from: Rect, to: Rect, direction: Direction): number | null {
  const [dx, dy] = [anchorX(to) - anchorX(from), anchorY(to) - anchorY(from)];
  const ahead = direction === 'left' ? -dx : direction === 'right' ? dx : direction === 'up' ? -dy : dy;
  const isAcross = direction === 'left' || direction === 'right';
  const aside = isAcross ? gap(from.y, from.height, to.y, to.height) : gap(from.x, from.width, to.x, to.width);
  if (ahead <= 1) return null;
  return ahead + aside * ASIDE + Math.abs(isAcross ? dy : dx) * 0.05;
}

const gap = (a: number, aSize: number, b: number, bSize: number): number =>
  Math.max(0, b - (a + aSize), a - (b + bSize));
/** Wide things are taken by their beginning, so that a lane lies left of and above its tiles. */
const anchorX = ({ x, width }: Rect): number => x + Math.min(width, 34) / 2;
const anchorY = ({ y, height }: Rect): number => y + Math.min(height, 24) / 2;
