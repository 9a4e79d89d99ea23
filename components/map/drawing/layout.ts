// Where everything on the map stands. Pure and deterministic: the same facts at the same width give the same picture, and a tile keeps
// its place when leadership moves. From left to right: producers, topics, brokers stacked as lanes, groups. Called by canvas.tsx.
import type { MapBroker, MapGroup, MapPartition, MapProducer, MapTopic } from '../../../server/live/contract.ts';

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface Scene {
  readonly topics: readonly MapTopic[];
  readonly partitions: readonly Pick<MapPartition, 'topic' | 'partition' | 'replicas'>[];
  readonly brokers: readonly Pick<MapBroker, 'id' | 'rack'>[];
  readonly groups: readonly Pick<MapGroup, 'groupId' | 'members' | 'memberCount'>[];
  readonly producers: readonly Pick<MapProducer, 'key'>[];
  /** Producers can be told, so they have a column even while there is none. */
  readonly hasProducers: boolean;
}
export interface Tile extends Rect {
  readonly topic: string;
  readonly partition: number;
  readonly broker: number;
  /** Where records come in above it and go out below it, inside the lane. */
  readonly inY: number;
  readonly outY: number;
}
export interface Lane extends Rect {
  readonly broker: number;
}
export interface RackBox extends Rect {
  /** null: brokers without a rack, beside others that have one. */
  readonly rack: string | null;
}
export interface GroupCard extends Rect {
  readonly groupId: string;
  /** The middle of each drawn member's line, by member id. */
  readonly memberY: ReadonlyMap<string, number>;
}
export interface MapLayout {
  readonly width: number;
  readonly height: number;
  readonly isCompact: boolean;
  readonly racks: readonly RackBox[];
  readonly lanes: readonly Lane[];
  readonly tiles: readonly Tile[];
  readonly topics: readonly (Rect & { readonly topic: string })[];
  readonly producers: readonly (Rect & { readonly key: string })[];
  readonly groups: readonly GroupCard[];
  /** Left edges of the columns, for their headings; null where there is no such column. */
  readonly columns: {
    readonly producers: Rect | null;
    readonly topics: Rect;
    readonly brokers: Rect;
    readonly groups: Rect;
  };
}

export const TILE = { width: 34, height: 24, gap: 6, channel: 5, pitch: 37 } as const;
const HEAD_HEIGHT = 26;
const LANE = { head: 30, pad: 10, gap: 10, foot: 8, empty: 34 } as const;
const RACK = { head: 22, pad: 8, gap: 10 } as const;
const CHIP = { height: 48, gap: 10, rest: 16 } as const;
const PRODUCER = { height: 44, gap: 8 } as const;
const GROUP = { head: 50, member: 20, foot: 8, gap: 10 } as const;
/** Below this width there are no columns and no lines: what is drawn stands one below the other. */
export const COMPACT_BELOW = 720;

const clamp = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(most, Math.round(value)));

export function layOut(scene: Scene, width: number): MapLayout {
  return width < COMPACT_BELOW ? compact(scene, width) : wide(scene, width);
}

function wide(scene: Scene, width: number): MapLayout {
  const cardWidth = clamp(width * 0.15, 122, 180);
  const groupWidth = clamp(width * 0.18, 140, 220);
  const lineGap = clamp(width * 0.06, 44, 90);
  const topicX = scene.hasProducers ? cardWidth + Math.round(lineGap * 0.7) : 0;
  const laneX = topicX + cardWidth + lineGap;
  const groupX = width - groupWidth;
  const laneWidth = groupX - lineGap - laneX;
  const middle = stackLanes(scene, { x: laneX, y: HEAD_HEIGHT, width: laneWidth });
  const topicHeights = scene.topics.map(chipHeight);
  const producerHeights = scene.producers.map(() => PRODUCER.height);
  const groupHeights = scene.groups.map(cardHeight);
  const bottom = Math.max(
    middle.bottom,
    HEAD_HEIGHT + stackHeight(topicHeights, CHIP.gap),
    HEAD_HEIGHT + stackHeight(producerHeights, PRODUCER.gap),
    HEAD_HEIGHT + stackHeight(groupHeights, GROUP.gap),
    HEAD_HEIGHT + 120,
  );
  const column = (x: number, columnWidth: number): Rect => ({ x, y: 0, width: columnWidth, height: bottom });
  const stack = (x: number, columnWidth: number, heights: readonly number[], gap: number) =>
    stackCentred({ x, y: HEAD_HEIGHT, width: columnWidth, height: bottom - HEAD_HEIGHT }, heights, gap);
  const topicRects = stack(topicX, cardWidth, topicHeights, CHIP.gap);
  const producerRects = stack(0, cardWidth, producerHeights, PRODUCER.gap);
  const groupRects = stack(groupX, groupWidth, groupHeights, GROUP.gap);
  return {
    width,
    height: bottom,
    isCompact: false,
    ...middle,
    topics: zip(scene.topics, topicRects, ({ name }, rect) => ({ ...rect, topic: name })),
    producers: zip(scene.producers, producerRects, ({ key }, rect) => ({ ...rect, key })),
    groups: zip(scene.groups, groupRects, groupCard),
    columns: {
      producers: scene.hasProducers ? column(0, cardWidth) : null,
      topics: column(topicX, cardWidth),
      brokers: column(laneX, laneWidth),
      groups: column(groupX, groupWidth),
    },
  };
}

function compact(scene: Scene, width: number): MapLayout {
  const half = Math.floor((width - CHIP.gap) / 2);
  const chipHeights = Math.max(CHIP.height, ...scene.topics.map(chipHeight));
  const topics = scene.topics.map(({ name }, index) => ({
    topic: name,
    x: index % 2 === 0 ? 0 : half + CHIP.gap,
    y: HEAD_HEIGHT + Math.floor(index / 2) * (chipHeights + CHIP.gap),
    width: half,
    height: chipHeights,
  }));
  const topicsBottom = Math.max(HEAD_HEIGHT, ...topics.map(({ y, height }) => y + height)) + 14;
  const middle = stackLanes(scene, { x: 0, y: topicsBottom + HEAD_HEIGHT, width });
  const groupsTop = middle.bottom + 14;
  const groupRects = stackFrom({ x: 0, y: groupsTop + HEAD_HEIGHT, width }, scene.groups.map(cardHeight), GROUP.gap);
  const height = Math.max(groupsTop + HEAD_HEIGHT + 24, ...groupRects.map((rect) => rect.y + rect.height));
  return {
    width,
    height,
    isCompact: true,
    ...middle,
    topics,
    producers: [],
    groups: zip(scene.groups, groupRects, groupCard),
    columns: {
      producers: null,
      topics: { x: 0, y: 0, width, height: HEAD_HEIGHT },
      brokers: { x: 0, y: topicsBottom, width, height: HEAD_HEIGHT },
      groups: { x: 0, y: groupsTop, width, height: HEAD_HEIGHT },
    },
  };
}

interface Middle {
  readonly racks: readonly RackBox[];
  readonly lanes: readonly Lane[];
  readonly tiles: readonly Tile[];
  readonly bottom: number;
}

/** Brokers one below the other, those of a rack together in a box; racks and brokers in their order. */
function stackLanes(scene: Scene, from: { readonly x: number; readonly y: number; readonly width: number }): Middle {
  const racks: RackBox[] = [];
  const lanes: Lane[] = [];
  const tiles: Tile[] = [];
  const byRack = groupByRack(scene.brokers);
  const isBoxed = scene.brokers.some(({ rack }) => rack !== null);
  let y = from.y;
  for (const [rack, brokers] of byRack) {
    const top = y;
    const inset = isBoxed ? RACK.pad : 0;
    if (isBoxed) y += RACK.head;
    for (const { id } of brokers) {
      const lane = { x: from.x + inset, y, width: from.width - 2 * inset };
      const placed = placeTiles(scene, id, lane);
      const height = placed.length === 0 ? LANE.empty : (placed.at(-1)?.outY ?? y) + LANE.foot - y;
      lanes.push({ broker: id, ...lane, height });
      tiles.push(...placed);
      y += height + LANE.gap;
    }
    y -= LANE.gap;
    if (isBoxed) {
      y += RACK.pad;
      racks.push({ rack, x: from.x, y: top, width: from.width, height: y - top });
    }
    y += isBoxed ? RACK.gap : LANE.gap;
  }
  return { racks, lanes, tiles, bottom: y - (scene.brokers.length === 0 ? 0 : LANE.gap) };
}

function groupByRack<B extends { readonly rack: string | null }>(
  brokers: readonly B[],
): ReadonlyMap<string | null, B[]> {
  const byRack = new Map<string | null, B[]>();
  for (const broker of brokers) {
    const members = byRack.get(broker.rack);
    if (members === undefined) byRack.set(broker.rack, [broker]);
    else members.push(broker);
  }
  return byRack;
}

/** A topic begins on a line of its own; within it partitions keep their order whoever leads. */
function placeTiles(scene: Scene, broker: number, lane: { x: number; y: number; width: number }): readonly Tile[] {
  const inner = lane.width - 2 * LANE.pad;
  const perRow = Math.max(1, Math.floor((inner + TILE.gap) / (TILE.width + TILE.gap)));
  const tiles: Tile[] = [];
  let row = 0;
  for (const { name } of scene.topics) {
    const held = scene.partitions.filter(({ topic, replicas }) => topic === name && replicas.includes(broker));
    held.forEach(({ topic, partition }, index) => {
      const y = lane.y + LANE.head + TILE.channel + (row + Math.floor(index / perRow)) * TILE.pitch;
      tiles.push({
        topic,
        partition,
        broker,
        x: lane.x + LANE.pad + (index % perRow) * (TILE.width + TILE.gap),
        y,
        width: TILE.width,
        height: TILE.height,
        inY: y - TILE.channel,
        outY: y + TILE.height + TILE.channel,
      });
    });
    row += Math.ceil(held.length / perRow);
  }
  return tiles;
}

const chipHeight = ({ partitions, drawn }: Pick<MapTopic, 'partitions' | 'drawn'>): number =>
  CHIP.height + (partitions > drawn ? CHIP.rest : 0);

const memberLines = ({ members, memberCount }: Pick<MapGroup, 'members' | 'memberCount'>): number =>
  members.length + ((memberCount ?? 0) > members.length ? 1 : 0);

const cardHeight = (group: Pick<MapGroup, 'members' | 'memberCount'>): number => {
  const lines = memberLines(group);
  return GROUP.head + lines * GROUP.member + (lines > 0 ? GROUP.foot : 0);
};

function groupCard(group: Pick<MapGroup, 'groupId' | 'members'>, rect: Rect): GroupCard {
  const memberY = new Map(
    group.members.map(({ memberId }, index) => [memberId, rect.y + GROUP.head + (index + 0.5) * GROUP.member]),
  );
  return { groupId: group.groupId, ...rect, memberY };
}

const stackHeight = (heights: readonly number[], gap: number): number =>
  heights.reduce((sum, height) => sum + height, 0) + Math.max(0, heights.length - 1) * gap;

function stackCentred(within: Rect, heights: readonly number[], gap: number): readonly Rect[] {
  const slack = Math.max(0, within.height - stackHeight(heights, gap));
  return stackFrom({ x: within.x, y: within.y + Math.round(slack / 2), width: within.width }, heights, gap);
}

function stackFrom(
  from: { x: number; y: number; width: number },
  heights: readonly number[],
  gap: number,
): readonly Rect[] {
  let y = from.y;
  return heights.map((height) => {
    const rect = { x: from.x, y, width: from.width, height };
    y += height + gap;
    return rect;
  });
}

function zip<T, R>(items: readonly T[], rects: readonly Rect[], join: (item: T, rect: Rect) => R): readonly R[] {
  return items.flatMap((item, index) => {
    const rect = rects[index];
    return rect === undefined ? [] : [join(item, rect)];
  });
}

/** Changes when and only when the layout may: what the layout is remembered by. */
export function sceneKey(scene: Scene): string {
  return JSON.stringify([
    scene.topics.map(({ name, partitions, drawn }) => [name, drawn, partitions > drawn]),
    scene.partitions.map(({ topic, partition, replicas }) => [topic, partition, replicas]),
    scene.brokers.map(({ id, rack }) => [id, rack]),
    scene.groups.map(({ groupId, members, memberCount }) => [
      groupId,
      members.map(({ memberId }) => memberId),
      (memberCount ?? 0) > members.length,
    ]),
    scene.producers.map(({ key }) => key),
    scene.hasProducers,
  ]);
}
