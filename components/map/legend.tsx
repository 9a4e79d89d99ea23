'use client';
// The signs of the map, and what a moving dot stands for.
import clsx from 'clsx';
import type { ReactNode } from 'react';
import type { MapView } from '../../server/live/contract.ts';
import { exact } from '../ui/format.ts';
import { useMedia } from '../ui/hooks/use-media.ts';
import { TileShape } from './drawing/tiles.tsx';
import type { ReplicaState } from './replica-state.ts';

function Sign({ state, children }: { state: ReplicaState; children: ReactNode }) {
  const hatch = `legend-${state}`;
  return (
    <li className="flex items-center gap-1.5 whitespace-nowrap">
      <svg aria-hidden width={32} height={34} viewBox="0 -8 32 34" className="-my-1">
        <defs>
          <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="6" height="6" fill="var(--surface-1)" />
            <rect width="2" height="6" fill="var(--map-1)" opacity={0.42} />
          </pattern>
        </defs>
        <TileShape
          x={0}
          y={0}
          width={26}
          height={18}
          state={state}
          isLeader={false}
          hue="var(--map-1)"
          hatch={hatch}
          text=""
        />
      </svg>
      {children}
    </li>
  );
}

export function Legend({
  recordsPerDot,
  isMoving,
  isCompact,
  producers,
}: {
  recordsPerDot: number;
  isMoving: boolean;
  /** Nothing flows on a narrow map. */
  isCompact: boolean;
  producers: MapView['producers'];
}) {
  const isStill = useMedia('(prefers-reduced-motion: reduce)');
  return (
    <div className="flex flex-col gap-1 text-caption text-muted">
      <ul aria-label="Signs of the map" className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <Sign state="leader">leader</Sign>
        <Sign state="inSync">follower in sync</Sign>
        <Sign state="lagging">out of sync</Sign>
        <Sign state="offline">broker down</Sign>
        <li
          className={clsx('items-center gap-1.5 whitespace-nowrap', isCompact ? 'hidden' : 'flex')}
          data-testid="map-scale"
          data-records={recordsPerDot}
        >
          <svg aria-hidden width={22} height={10} viewBox="0 0 22 10">
            <path d="M0 5h22" stroke="var(--map-1)" strokeWidth={1.5} opacity={0.5} />
            {isMoving && !isStill ? <circle cx={11} cy={5} r={3} fill="var(--map-1)" /> : null}
          </svg>
          {isStill || !isMoving
            ? 'the wider a line, the more records flow'
            : `1 dot = ${exact(recordsPerDot)} ${recordsPerDot === 1 ? 'record' : 'records'}`}
        </li>
      </ul>
      <p className="max-w-4xl">
        {producers.source === 'unknown'
          ? 'Kafka does not tell who produces, so only what comes in is shown. '
          : producers.source === 'ids'
            ? 'Kafka tells producers by number only, and only those with idempotence or transactions. '
            : ''}
        What groups read shows when they commit it.
      </p>
    </div>
  );
}
