'use client';
// The picture: lanes with tiles, lines with dots, cards at both sides. One stop for Tab; arrow keys go to what lies that way.
import {
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { MapView } from '../../../server/live/contract.ts';
import { useMedia } from '../../ui/hooks/use-media.ts';
import { nextScale, scaleFor } from '../flows/dot-scale.ts';
import { flowsOf, lineWidth, replicaId, replicationPath, tilesByReplica, toSvg } from '../flows/flows.ts';
import { type DottedFlow, useDots } from '../flows/use-dots.ts';
import { isUpOf, type Replica, replicasOf } from '../replica-state.ts';
import { idOf, related, type Selection } from '../selection.ts';
import { GroupCards, Lanes, ProducerCards, Racks, TopicChips } from './cards.tsx';
import { layOut, type MapLayout, sceneKey } from './layout.ts';
import { type Direction, nextPlace, type Place } from './move-focus.ts';
import type { NodeState } from './node.tsx';
import { Hatches, hueOf, Tiles } from './tiles.tsx';

const arrows: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

interface CanvasProps {
  view: MapView;
  selection: Selection | null;
  flashing: ReadonlySet<string>;
  isMoving: boolean;
  onSelect: (selection: Selection | null) => void;
  onScale: (recordsPerDot: number) => void;
}

/** 0 before it is known: nothing is drawn then, so that nothing jumps. */
function useWidth(element: RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const node = element.current;
    if (node === null) return;
    setWidth(Math.floor(node.clientWidth));
    const observer = new ResizeObserver(() => setWidth(Math.floor(node.clientWidth)));
    observer.observe(node);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

function useLayout(view: MapView, width: number): MapLayout | null {
  const hasProducers = view.producers.source !== 'unknown';
  const scene = { ...view, producers: view.producers.rows, hasProducers };
  const key = sceneKey(scene);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says when the scene is another.
  return useMemo(() => (width === 0 ? null : layOut(scene, width)), [key, width]);
}

function placesOf(layout: MapLayout): readonly Place[] {
  return [
    ...layout.producers.map((rect) => ({ ...rect, id: `producer:${rect.key}` })),
    ...layout.topics.map((rect) => ({ ...rect, id: `topic:${rect.topic}` })),
    ...layout.lanes.map((rect) => ({ ...rect, id: `broker:${rect.broker}` })),
    ...layout.tiles.map((rect) => ({ ...rect, id: replicaId(rect.topic, rect.partition, rect.broker) })),
    ...layout.groups.map((rect) => ({ ...rect, id: `group:${rect.groupId}` })),
  ];
}

/** What an id on the map selects. */
function selectionOf(id: string): Selection | null {
  const rest = id.slice(id.indexOf(':') + 1);
  if (id.startsWith('topic:')) return { kind: 'topic', topic: rest };
  if (id.startsWith('group:')) return { kind: 'group', groupId: rest };
  if (id.startsWith('producer:')) return { kind: 'producer', key: rest };
  if (id.startsWith('broker:')) return { kind: 'broker', broker: Number(rest) };
  const found = /^(.+)\/(\d+)@\d+$/.exec(rest);
  return found === null ? null : { kind: 'partition', topic: found[1] ?? '', partition: Number(found[2]) };
}

function useFlows(view: MapView, layout: MapLayout | null, chosen: ReadonlySet<string> | null): readonly DottedFlow[] {
  return useMemo(() => {
    if (layout === null) return [];
    const hues = new Map(view.topics.map(({ name }, index) => [name, hueOf(index)]));
    const topicRates = new Map(view.topics.map(({ name, inRecordsPerSecond }) => [name, inRecordsPerSecond]));
    const facts = { partitions: view.partitions, groups: view.groups, producers: view.producers.rows, topicRates };
    return flowsOf(layout, facts).map((flow) => {
      const ends = [
        flow.partition === null || flow.broker === null
          ? `topic:${flow.topic}`
          : replicaId(flow.topic, flow.partition, flow.broker),
        flow.groupId === null ? null : `group:${flow.groupId}`,
        flow.producerKey === null ? null : `producer:${flow.producerKey}`,
      ];
      const isDimmed = chosen !== null && !ends.every((id) => id === null || chosen.has(id));
      return { ...flow, hue: hues.get(flow.topic) ?? 'var(--line-strong)', isDimmed };
    });
  }, [view, layout, chosen]);
}

function Lines({ flows, isWide }: { flows: readonly DottedFlow[]; isWide: boolean }) {
  // Dimmed ones first, so that they never lie over the others.
  const ordered = [...flows].sort((left, right) => Number(right.isDimmed) - Number(left.isDimmed));
  return (
    <g aria-hidden fill="none" pointerEvents="none">
      {ordered.map((flow) => (
        <path
          key={flow.key}
          d={toSvg(flow.path)}
          stroke={`color-mix(in oklab, ${flow.hue} ${flow.isDimmed ? 14 : 52}%, var(--surface-1))`}
          strokeWidth={lineWidth(flow.recordsPerSecond, isWide ? 1.6 : 0.7)}
          strokeLinejoin="round"
          strokeDasharray={(flow.recordsPerSecond ?? 0) > 0 ? undefined : '2 4'}
        />
      ))}
    </g>
  );
}

/** From the leader of the selected partition to its followers; broken where the follower is not in sync. */
function Replication({
  view,
  layout,
  selection,
  prefix,
}: {
  view: MapView;
  layout: MapLayout;
  selection: Selection;
  prefix: string;
}) {
  if (selection.kind !== 'partition') return null;
  const { topic, partition } = selection;
  const found = view.partitions.find((each) => each.topic === topic && each.partition === partition);
  const tiles = tilesByReplica(layout);
  const leader = found?.leader == null ? undefined : tiles.get(replicaId(topic, partition, found.leader));
  if (found === undefined || leader === undefined) return null;
  return (
    <g aria-hidden fill="none" pointerEvents="none" data-testid="map-replication">
      {found.replicas.map((broker) => {
        const follower = broker === found.leader ? undefined : tiles.get(replicaId(topic, partition, broker));
        if (follower === undefined) return null;
        const isInSync = found.inSyncReplicas.includes(broker);
        return (
          <g key={broker}>
            <path d={toSvg(replicationPath(leader, follower))} stroke="var(--surface-1)" strokeWidth={5} />
            <path
              d={toSvg(replicationPath(leader, follower))}
              stroke="var(--ink-strong)"
              strokeWidth={1.75}
              strokeDasharray={isInSync ? undefined : '3 4'}
              markerEnd={`url(#${prefix}-arrow)`}
            />
          </g>
        );
      })}
    </g>
  );
}

function Headings({ layout, view }: { layout: MapLayout; view: MapView }) {
  const { producers, topics, brokers, groups } = layout.columns;
  const moreGroups = (view.groupCount ?? 0) - view.groups.length;
  const moreProducers = view.producers.total - view.producers.rows.length;
  const moreBrokers = view.brokerCount - view.brokers.length;
  const head = (x: number, y: number, title: string, more: number) => (
    <text x={x} y={y + 14} className="fill-muted text-[12px]">
      {title}
      {more > 0 ? ` (and ${more} more)` : ''}
    </text>
  );
  const middleY = layout.height / 2 + 8;
  return (
    <g aria-hidden>
      {producers === null ? null : head(producers.x, producers.y, 'Producers', moreProducers)}
      {head(topics.x, topics.y, 'Topics', 0)}
      {head(brokers.x, brokers.y, 'Brokers', moreBrokers)}
      {head(groups.x, groups.y, 'Consumer groups', moreGroups)}
      {producers !== null && layout.producers.length === 0 && view.topics.length > 0 ? (
        <text x={producers.x} y={middleY} className="fill-muted text-[12px]">
          nobody produces now
        </text>
      ) : null}
      {layout.groups.length === 0 && view.topics.length > 0 ? (
        <text x={groups.x} y={layout.isCompact ? groups.y + 36 : middleY} className="fill-muted text-[12px]">
          {view.groupCount === null ? 'being read' : 'no group reads these'}
        </text>
      ) : null}
    </g>
  );
}

/** One dot stands for so many records; kept steady. */
function useScale(flows: readonly DottedFlow[], onScale: (recordsPerDot: number) => void): number {
  const total = flows.reduce((sum, { recordsPerSecond }) => sum + (recordsPerSecond ?? 0), 0);
  const [scale, setScale] = useState(() => scaleFor(total));
  const wanted = nextScale(scale, total);
  useEffect(() => {
    if (wanted !== scale) setScale(wanted);
    onScale(wanted);
  }, [wanted, scale, onScale]);
  return wanted;
}

export function Canvas({ view, selection, flashing, isMoving, onSelect, onScale }: CanvasProps) {
  const box = useRef<HTMLDivElement>(null);
  const dots = useRef<SVGGElement>(null);
  const prefix = `hatch${useId().replace(/[^a-zA-Z0-9]/g, '')}`;
  const width = useWidth(box);
  const layout = useLayout(view, width);
  const chosen = useMemo(() => related(view, selection), [view, selection]);
  const flows = useFlows(view, layout, chosen);
  const scale = useScale(flows, onScale);
  const isStill = useMedia('(prefers-reduced-motion: reduce)');
  useDots(dots, flows, scale, isMoving && !isStill && layout !== null);
  const [focusId, setFocusId] = useState<string | null>(null);
  const places = useMemo(() => (layout === null ? [] : placesOf(layout)), [layout]);
  const replicas = useMemo(() => {
    const isUp = isUpOf(view.brokers);
    const all = new Map<string, Replica>();
    for (const partition of view.partitions) {
      for (const replica of replicasOf(partition, isUp)) {
        all.set(replicaId(partition.topic, partition.partition, replica.broker), replica);
      }
    }
    return all;
  }, [view]);
  const selectedId = selection === null ? null : idOf(selection);
  const stop = places.some(({ id }) => id === focusId)
    ? focusId
    : ((places.find(({ id }) => id === selectedId) ?? places[0])?.id ?? null);
  const state: NodeState = {
    selectedId,
    related: chosen,
    focusId: stop,
    flashing,
    onFocus: setFocusId,
    onChoose: (id) => {
      const next = selectionOf(id);
      onSelect(next !== null && idOf(next) === selectedId ? null : next);
    },
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && selection !== null) return onSelect(null);
    const direction = arrows[event.key];
    const target =
      direction !== undefined && stop !== null
        ? nextPlace(places, stop, direction)
        : event.key === 'Home'
          ? places[0]?.id
          : event.key === 'End'
            ? places.at(-1)?.id
            : undefined;
    if (event.ctrlKey || event.metaKey || event.altKey || target === undefined) return;
    event.preventDefault();
    if (target === null) return;
    box.current?.querySelector<SVGGElement>(`[data-map-id="${CSS.escape(target)}"]`)?.focus();
  };
  return (
    <div ref={box} className="w-full min-w-0">
      {layout === null ? (
        <div className="h-96" />
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: an SVG is its own element; this names it and the keys it takes.
        <svg
          role="group"
          aria-label="Live map of the cluster. Arrow keys move, Enter selects, Escape lets go. The table below holds the same facts."
          data-testid="map"
          data-compact={layout.isCompact}
          width={layout.width}
          height={layout.height + 8}
          viewBox={`0 0 ${layout.width} ${layout.height + 8}`}
          className="block select-none overflow-visible"
          onKeyDown={onKeyDown}
        >
          <Hatches count={view.topics.length} prefix={prefix} />
          <Headings layout={layout} view={view} />
          <Racks racks={layout.racks} />
          <Lanes lanes={layout.lanes} view={view} state={state} />
          <Lines flows={flows} isWide={isStill} />
          <g ref={dots} aria-hidden pointerEvents="none" data-testid="map-dots" />
          <Tiles tiles={layout.tiles} replicas={replicas} topics={view.topics} prefix={prefix} state={state} />
          <TopicChips layout={layout} view={view} state={state} />
          <ProducerCards layout={layout} view={view} state={state} />
          <GroupCards layout={layout} view={view} state={state} />
          {selection === null ? null : (
            <Replication view={view} layout={layout} selection={selection} prefix={prefix} />
          )}
        </svg>
      )}
    </div>
  );
}
