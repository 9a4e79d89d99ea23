'use client';
// Partitions as tiles in the lanes of their brokers. Solid: leader. Outlined: in sync. Hatched with a sign: out of sync. Struck: offline.
import type { MapView } from '../../../server/live/contract.ts';
import { plural } from '../../ui/format.ts';
import { replicaId } from '../flows/flows.ts';
import { letterOf, nameOf, type Replica, type ReplicaState } from '../replica-state.ts';
import type { Tile } from './layout.ts';
import { MapNode, type NodeState } from './node.tsx';

const words: Record<ReplicaState, string> = {
  leader: 'leader',
  inSync: 'follower in sync',
  lagging: 'follower out of sync',
  offline: 'offline',
};

export const hueOf = (index: number): string => `var(--map-${(index % 8) + 1})`;

/** Hatching in the hue of each topic, referred to by the tiles. */
export function Hatches({ count, prefix }: { count: number; prefix: string }) {
  return (
    <defs>
      {Array.from({ length: count }, (_, index) => (
        <pattern
          // biome-ignore lint/suspicious/noArrayIndexKey: hues never move.
          key={index}
          id={`${prefix}-${index}`}
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="6" height="6" fill="var(--surface-1)" />
          <rect width="2" height="6" fill={hueOf(index)} opacity={0.42} />
        </pattern>
      ))}
      <marker id={`${prefix}-arrow`} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
        <path d="M0 0.5 8 4 0 7.5z" fill="var(--ink-strong)" />
      </marker>
    </defs>
  );
}

/** The shape alone: the legend draws it, too. */
export function TileShape({
  x,
  y,
  width,
  height,
  state,
  isLeader,
  hue,
  hatch,
  text,
}: {
  x: number;
  y: number;
  width: number;
  height: number;
  state: ReplicaState;
  isLeader: boolean;
  hue: string;
  hatch: string;
  text: string;
}) {
  const middle = { x: x + width / 2, y: y + height / 2 + 4 };
  const box = { x: x + 0.75, y: y + 0.75, width: width - 1.5, height: height - 1.5, rx: 4 };
  const sign = { x: x + width - 2, y: y + 2 };
  return (
    <>
      {state === 'leader' ? <rect {...box} fill={hue} stroke={hue} strokeWidth={1.5} /> : null}
      {state === 'inSync' ? <rect {...box} fill="var(--surface-1)" stroke={hue} strokeWidth={1.5} /> : null}
      {state === 'lagging' ? (
        <rect {...box} fill={`url(#${hatch})`} stroke="var(--warn)" strokeWidth={1.5} strokeDasharray="4 2.5" />
      ) : null}
      {state === 'offline' ? (
        <rect
          {...box}
          fill="var(--offline-soft)"
          stroke={isLeader ? 'var(--critical)' : 'var(--offline)'}
          strokeWidth={1.5}
          strokeDasharray="2.5 2.5"
        />
      ) : null}
      <text
        x={middle.x}
        y={middle.y}
        textAnchor="middle"
        className="font-mono text-[11.5px]"
        fontWeight={state === 'leader' ? 600 : 500}
        fill={state === 'leader' ? 'var(--on-map)' : state === 'offline' ? 'var(--ink-muted)' : 'var(--ink-strong)'}
        textDecoration={state === 'offline' ? 'line-through' : undefined}
        stroke={state === 'lagging' ? 'var(--surface-1)' : undefined}
        strokeWidth={state === 'lagging' ? 3 : undefined}
        paintOrder="stroke"
      >
        {text}
      </text>
      {state === 'lagging' ? (
        <g>
          <circle cx={sign.x} cy={sign.y} r={6} fill="var(--warn)" stroke="var(--surface-1)" strokeWidth={1.5} />
          <path
            d={`M${sign.x} ${sign.y - 3.2}v3.6M${sign.x} ${sign.y + 2.4}v0.8`}
            stroke="var(--surface-1)"
            strokeWidth={1.6}
          />
        </g>
      ) : null}
      {state === 'offline' ? (
        <g>
          <circle
            cx={sign.x}
            cy={sign.y}
            r={6}
            fill={isLeader ? 'var(--critical)' : 'var(--offline)'}
            stroke="var(--surface-1)"
            strokeWidth={1.5}
          />
          <path
            d={`M${sign.x - 2.2} ${sign.y - 2.2}l4.4 4.4M${sign.x + 2.2} ${sign.y - 2.2}l-4.4 4.4`}
            stroke="var(--surface-1)"
            strokeWidth={1.6}
          />
        </g>
      ) : null}
    </>
  );
}

function labelOf(sign: string, tile: Tile, replica: Replica): string {
  const behind =
    replica.state === 'lagging' && replica.behindRecords !== null
      ? `, ${plural(replica.behindRecords, 'record')} behind`
      : '';
  const role = replica.state === 'offline' && replica.isLeader ? 'leader, offline' : words[replica.state];
  return `${sign}: partition ${nameOf(tile.topic, tile.partition)} on broker ${tile.broker}: ${role}${behind}`;
}

export function Tiles({
  tiles,
  replicas,
  topics,
  prefix,
  state,
}: {
  tiles: readonly Tile[];
  /** By replicaId(). */
  replicas: ReadonlyMap<string, Replica>;
  topics: MapView['topics'];
  prefix: string;
  state: NodeState;
}) {
  const places = new Map(topics.map(({ name }, index) => [name, index]));
  return tiles.map((tile) => {
    const id = replicaId(tile.topic, tile.partition, tile.broker);
    const replica = replicas.get(id);
    const index = places.get(tile.topic) ?? 0;
    if (replica === undefined) return null;
    return (
      <MapNode
        key={id}
        id={id}
        selects={`partition:${tile.topic}/${tile.partition}`}
        label={labelOf(`${letterOf(index)}${tile.partition}`, tile, replica)}
        rect={tile}
        radius={4}
        state={state}
        data={{
          'data-tile': nameOf(tile.topic, tile.partition),
          'data-broker': tile.broker,
          'data-state': replica.state,
        }}
      >
        <TileShape
          {...{ x: tile.x, y: tile.y, width: tile.width, height: tile.height }}
          state={replica.state}
          isLeader={replica.isLeader}
          hue={hueOf(index)}
          hatch={`${prefix}-${index}`}
          text={`${letterOf(index)}${tile.partition}`}
        />
      </MapNode>
    );
  });
}
