'use client';
// The columns beside and around the tiles: brokers as lanes in racks, topics, producers, groups with their members.
import type { MapView } from '../../../server/live/contract.ts';
import { perSecond, plural, short } from '../../ui/format.ts';
import { letterOf } from '../replica-state.ts';
import { fitName, fitText, MONO_12, SANS_12 } from './fit.ts';
import type { GroupCard, Lane, MapLayout, RackBox, Rect } from './layout.ts';
import { MapNode, type NodeState } from './node.tsx';
import { hueOf } from './tiles.tsx';

const card = (rect: Rect, stroke = 'var(--line-strong)') => (
  <rect
    {...{ x: rect.x, y: rect.y, width: rect.width, height: rect.height }}
    rx={6}
    fill="var(--surface-1)"
    stroke={stroke}
    strokeWidth={1}
  />
);

/** Up and down as a sign, beside the word. */
function UpSign({ x, y, isUp }: { x: number; y: number; isUp: boolean }) {
  const tone = isUp ? 'var(--ok)' : 'var(--critical)';
  const d = isUp ? `M${x - 2.6} ${y}l2 2.2 3.4-4.2` : `M${x - 2.3} ${y - 2.3}l4.6 4.6M${x + 2.3} ${y - 2.3}l-4.6 4.6`;
  return (
    <g aria-hidden>
      <circle cx={x} cy={y} r={6} fill={tone} />
      <path d={d} fill="none" stroke="var(--surface-1)" strokeWidth={1.7} />
    </g>
  );
}

export function Racks({ racks }: { racks: readonly RackBox[] }) {
  return racks.map((box) => (
    <g key={box.rack ?? 'none'}>
      <rect
        {...{ x: box.x, y: box.y, width: box.width, height: box.height }}
        rx={8}
        fill="var(--surface-2)"
        stroke="var(--line)"
      />
      <text x={box.x + 10} y={box.y + 15} className="fill-muted text-[12px]">
        {box.rack === null ? 'no rack' : `rack ${fitText(box.rack, box.width - 60, SANS_12)}`}
      </text>
    </g>
  ));
}

export function Lanes({ lanes, view, state }: { lanes: readonly Lane[]; view: MapView; state: NodeState }) {
  const brokers = new Map(view.brokers.map((broker) => [broker.id, broker]));
  return lanes.map((lane) => {
    const broker = brokers.get(lane.broker);
    if (broker === undefined) return null;
    const follows = broker.replicas - broker.leaders;
    const facts = broker.isUp
      ? `leads ${short(broker.leaders)} · follows ${short(follows)}`
      : `holds ${short(broker.replicas)}`;
    const rate =
      broker.isUp && broker.inRecordsPerSecond !== null && lane.width > 300
        ? ` · ${perSecond(broker.inRecordsPerSecond)} in`
        : '';
    return (
      <MapNode
        key={lane.broker}
        id={`broker:${lane.broker}`}
        label={`Broker ${lane.broker}, ${broker.isUp ? 'up' : 'down'}, leads ${plural(broker.leaders, 'partition')}, follows ${follows}`}
        rect={lane}
        state={state}
        data={{ 'data-broker-lane': lane.broker, 'data-up': String(broker.isUp) }}
      >
        <rect
          {...{ x: lane.x, y: lane.y, width: lane.width, height: lane.height }}
          rx={6}
          fill="var(--surface-1)"
          stroke={broker.isUp ? 'var(--line-strong)' : 'var(--critical)'}
          strokeDasharray={broker.isUp ? undefined : '6 4'}
        />
        <UpSign x={lane.x + 17} y={lane.y + 16} isUp={broker.isUp} />
        <text x={lane.x + 29} y={lane.y + 20.5} className="fill-ink-strong text-[13px] font-medium">
          Broker {lane.broker}
          {broker.isUp ? null : <tspan className="fill-critical"> is down</tspan>}
        </text>
        <text x={lane.x + lane.width - 10} y={lane.y + 20.5} textAnchor="end" className="fill-muted num text-[12px]">
          {fitText(`${facts}${rate}`, lane.width - (broker.isUp ? 110 : 160), SANS_12)}
        </text>
      </MapNode>
    );
  });
}

/** "and 940 more partitions, 3 of them not well". */
export function restOf({
  partitions,
  drawn,
  restLeaderless,
  restUnderReplicated,
}: MapView['topics'][number]): string | null {
  if (partitions <= drawn) return null;
  const ill = Math.max(restLeaderless, restUnderReplicated);
  return `and ${short(partitions - drawn)} more${ill === 0 ? '' : `, ${short(ill)} not in sync`}`;
}

export function TopicChips({ layout, view, state }: { layout: MapLayout; view: MapView; state: NodeState }) {
  return layout.topics.map((chip, index) => {
    const topic = view.topics[index];
    if (topic === undefined) return null;
    const rest = restOf(topic);
    const textX = chip.x + 38;
    const room = chip.width - 46;
    return (
      <MapNode
        key={chip.topic}
        id={`topic:${chip.topic}`}
        label={`Topic ${chip.topic}, letter ${letterOf(index)}, ${plural(topic.partitions, 'partition')}, ${perSecond(topic.inRecordsPerSecond)} records in${rest === null ? '' : `, ${rest} not drawn`}`}
        rect={chip}
        state={state}
        data={{ 'data-topic-chip': chip.topic, 'data-rate': topic.inRecordsPerSecond ?? '' }}
      >
        {card(chip)}
        <rect x={chip.x + 9} y={chip.y + 13} width={22} height={22} rx={4} fill={hueOf(index)} />
        <text
          x={chip.x + 20}
          y={chip.y + 28.5}
          textAnchor="middle"
          className="font-mono text-[13px] font-semibold"
          fill="var(--on-map)"
        >
          {letterOf(index)}
        </text>
        <text x={textX} y={chip.y + 20} className="fill-ink-strong font-mono text-[12px] font-medium">
          {fitName(chip.topic, room, MONO_12)}
        </text>
        <text x={textX} y={chip.y + 37} className="fill-muted num text-[12px]">
          {fitText(`${perSecond(topic.inRecordsPerSecond)} · ${topic.partitions} p.`, room, SANS_12)}
        </text>
        {rest === null ? null : (
          <text x={chip.x + 10} y={chip.y + 54} className="fill-muted text-[12px]">
            {fitText(rest, chip.width - 18, SANS_12)}
          </text>
        )}
      </MapNode>
    );
  });
}

export function ProducerCards({ layout, view, state }: { layout: MapLayout; view: MapView; state: NodeState }) {
  return layout.producers.map((rect, index) => {
    const producer = view.producers.rows[index];
    if (producer === undefined) return null;
    const rate =
      producer.recordsPerSecond === null ? producer.note : `${perSecond(producer.recordsPerSecond)} · ${producer.note}`;
    return (
      <MapNode
        key={rect.key}
        id={`producer:${rect.key}`}
        label={`Producer ${producer.name}, ${rate}, writes to ${producer.topics.join(', ')}`}
        rect={rect}
        state={state}
        data={{ 'data-producer': producer.name }}
      >
        {card(rect)}
        <text x={rect.x + 10} y={rect.y + 18} className="fill-ink-strong text-[12px] font-medium">
          {fitName(producer.name, rect.width - 18, SANS_12)}
        </text>
        <text x={rect.x + 10} y={rect.y + 35} className="fill-muted num text-[12px]">
          {fitText(rate, rect.width - 18, SANS_12)}
        </text>
      </MapNode>
    );
  });
}

function memberLine(group: MapView['groups'][number], memberId: string, clientId: string, width: number): string {
  const count = group.partitions.filter((each) => each.memberId === memberId).length;
  const tail = ` · ${count} p.`;
  return `${fitName(clientId === '' ? memberId : clientId, width - tail.length * SANS_12, SANS_12)}${tail}`;
}

export function GroupCards({ layout, view, state }: { layout: MapLayout; view: MapView; state: NodeState }) {
  const groups = new Map(view.groups.map((group) => [group.groupId, group]));
  return layout.groups.map((rect: GroupCard) => {
    const group = groups.get(rect.groupId);
    if (group === undefined) return null;
    const more = (group.memberCount ?? 0) - group.members.length;
    const lag = group.totalLag === null ? 'lag unknown' : `lag ${short(group.totalLag)}`;
    const out = group.outRecordsPerSecond === null ? '' : ` · ${perSecond(group.outRecordsPerSecond)}`;
    const lastY = Math.max(rect.y + 50, ...[...rect.memberY.values()].map((y) => y + 10));
    return (
      <MapNode
        key={rect.groupId}
        id={`group:${rect.groupId}`}
        label={`Group ${rect.groupId}, ${group.state}, ${plural(group.memberCount ?? 0, 'member')}, ${lag}`}
        rect={rect}
        state={state}
        data={{ 'data-group-card': rect.groupId, 'data-state': group.state }}
      >
        {card(rect)}
        <text x={rect.x + 12} y={rect.y + 20} className="fill-ink-strong font-mono text-[12px] font-medium">
          {fitName(rect.groupId, rect.width - 20, MONO_12)}
        </text>
        <text x={rect.x + 12} y={rect.y + 38} className="fill-muted num text-[12px]">
          {fitText(
            group.state === 'Stable' || group.state === '' ? `${lag}${out}` : `${group.state} · ${lag}`,
            rect.width - 20,
            SANS_12,
          )}
        </text>
        {group.members.map(({ memberId, clientId }) => {
          const y = rect.memberY.get(memberId);
          if (y === undefined) return null;
          return (
            <g key={memberId}>
              <circle cx={rect.x + 16} cy={y} r={3} fill="var(--ink-muted)" />
              <text x={rect.x + 25} y={y + 4} className="fill-ink text-[12px]">
                {memberLine(group, memberId, clientId, rect.width - 34)}
              </text>
            </g>
          );
        })}
        {more > 0 ? (
          <text x={rect.x + 12} y={lastY + 14} className="fill-muted text-[12px]">
            and {more} more {more === 1 ? 'member' : 'members'}
          </text>
        ) : null}
      </MapNode>
    );
  });
}
