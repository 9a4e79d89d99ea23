'use client';
import { LiveMap } from '../../../../components/map/map.tsx';
import type { FirstPaint } from '../../../../server/live/contract.ts';

export function MapClient({ first }: { first: FirstPaint<'map'> }) {
  return <LiveMap first={first} />;
}
