// The lines of the map: records from a topic to its leaders, from leaders to the groups that read them, and from the leader of the
// selected partition to its followers. Pure: paths from the layout, rates from the view. Called by canvas.tsx and dots.ts.
import type { MapGroup, MapPartition, MapProducer } from '../../../server/live/contract.ts';
import type { MapLayout, Rect, Tile } from '../drawing/layout.ts';

/** One piece of a line: straight or a cubic curve, from where the piece before ended. */
type Piece =
  | { readonly kind: 'line'; readonly x: number; readonly y: number }
  | {
      readonly kind: 'curve';
      readonly x1: number;
      readonly y1: number;
      readonly x2: number;
      readonly y2: number;
      readonly x: number;
      readonly y: number;
    };
export interface Path {
  readonly x: number;
  readonly y: number;
  readonly pieces: readonly Piece[];
}
export interface Flow {
  readonly key: string;
  readonly kind: 'produce' | 'in' | 'out';
  readonly topic: string;
  /** null: of the whole topic. */
  readonly partition: number | null;
  readonly broker: number | null;
  readonly groupId: string | null;
  readonly producerKey: string | null;
  /** null: unknown. */
  readonly recordsPerSecond: number | null;
  readonly path: Path;
}

export function flowsOf(
  layout: MapLayout,
  facts: {
    readonly partitions: readonly MapPartition[];
    readonly groups: readonly MapGroup[];
    readonly producers: readonly MapProducer[];
    readonly topicRates: ReadonlyMap<string, number | null>;
  },
): readonly Flow[] {
  if (layout.isCompact) return [];
  return [...producing(layout, facts), ...arriving(layout, facts.partitions), ...leaving(layout, facts)];
}

type Facts = Parameters<typeof flowsOf>[1];

function* producing(layout: MapLayout, { producers, topicRates }: Facts): Generator<Flow> {
  const chips = new Map(layout.topics.map((chip) => [chip.topic, chip]));
  const cards = new Map(layout.producers.map((card) => [card.key, card]));
  for (const { key, topics, recordsPerSecond } of producers) {
    const card = cards.get(key);
    if (card === undefined) continue;
    for (const topic of topics) {
      const chip = chips.get(topic);
      if (chip === undefined) continue;
      // How a producer of several topics shares its records out is not known, unless nobody else writes to the topic.
      const isAlone = producers.filter((other) => other.topics.includes(topic)).length === 1;
      yield {
        key: `produce ${key} ${topic}`,
        kind: 'produce',
        topic,
        partition: null,
        broker: null,
        groupId: null,
        producerKey: key,
        // Where Kafka tells producers by number only, others may write unseen: then nothing is claimed.
        recordsPerSecond:
          recordsPerSecond === null
            ? null
            : isAlone
              ? (topicRates.get(topic) ?? null)
              : topics.length === 1
                ? recordsPerSecond
                : null,
        path: across(rightOf(card), leftOf(chip)),
      };
    }
  }
}

function* arriving(layout: MapLayout, partitions: readonly MapPartition[]): Generator<Flow> {
  const chips = new Map(layout.topics.map((chip) => [chip.topic, chip]));
  const tiles = tilesByReplica(layout);
  const lanes = new Map(layout.lanes.map((lane) => [lane.broker, lane]));
  for (const { topic, partition, leader, inRecordsPerSecond } of partitions) {
    if (leader === null) continue;
    const [chip, tile, lane] = [chips.get(topic), tiles.get(replicaId(topic, partition, leader)), lanes.get(leader)];
    if (chip === undefined || tile === undefined || lane === undefined) continue;
    const middle = tile.x + tile.width / 2;
    const { x, y, pieces } = across(rightOf(chip), { x: lane.x, y: tile.inY });
    yield {
      key: `in ${topic}-${partition}`,
      kind: 'in',
      topic,
      partition,
      broker: leader,
      groupId: null,
      producerKey: null,
      recordsPerSecond: inRecordsPerSecond,
      path: {
        x,
        y,
        pieces: [...pieces, { kind: 'line', x: middle, y: tile.inY }, { kind: 'line', x: middle, y: tile.y }],
      },
    };
  }
}

function* leaving(layout: MapLayout, { partitions, groups }: Facts): Generator<Flow> {
  const tiles = tilesByReplica(layout);
  const lanes = new Map(layout.lanes.map((lane) => [lane.broker, lane]));
  const leaders = new Map(partitions.map(({ topic, partition, leader }) => [`${topic}/${partition}`, leader]));
  for (const { groupId, partitions: read } of groups) {
    const card = layout.groups.find((each) => each.groupId === groupId);
    if (card === undefined) continue;
    for (const { topic, partition, memberId, outRecordsPerSecond } of read) {
      const leader = leaders.get(`${topic}/${partition}`) ?? null;
      // A group without members reads nothing: what it has committed is told, not drawn as a flow.
      if (leader === null || memberId === null) continue;
      const [tile, lane] = [tiles.get(replicaId(topic, partition, leader)), lanes.get(leader)];
      if (tile === undefined || lane === undefined) continue;
      const middle = tile.x + tile.width / 2;
      const edge = { x: lane.x + lane.width, y: tile.outY };
      const end = { x: card.x, y: card.memberY.get(memberId) ?? card.y + card.height / 2 };
      yield {
        key: `out ${groupId} ${topic}-${partition}`,
        kind: 'out',
        topic,
        partition,
        broker: leader,
        groupId,
        producerKey: null,
        recordsPerSecond: outRecordsPerSecond,
        path: {
          x: middle,
          y: tile.y + tile.height,
          pieces: [{ kind: 'line', x: middle, y: tile.outY }, { kind: 'line', ...edge }, ...across(edge, end).pieces],
        },
      };
    }
  }
}

/** Leader to follower, bowed to the right so that it is seen beside the tiles between them. */
export function replicationPath(leader: Rect, follower: Rect): Path {
  const start = { x: leader.x + leader.width, y: leader.y + leader.height / 2 };
  const end = { x: follower.x + follower.width + 2, y: follower.y + follower.height / 2 };
  const bow = Math.max(start.x, end.x) + 18 + Math.min(40, Math.abs(end.y - start.y) / 8);
  return { ...start, pieces: [{ kind: 'curve', x1: bow, y1: start.y, x2: bow, y2: end.y, ...end }] };
}

export const replicaId = (topic: string, partition: number, broker: number): string =>
  `replica:${topic}/${partition}@${broker}`;

export function tilesByReplica(layout: MapLayout): ReadonlyMap<string, Tile> {
  return new Map(layout.tiles.map((tile) => [replicaId(tile.topic, tile.partition, tile.broker), tile]));
}

const leftOf = ({ x, y, height }: Rect) => ({ x, y: y + height / 2 });
const rightOf = ({ x, y, width, height }: Rect) => ({ x: x + width, y: y + height / 2 });

function across(from: { x: number; y: number }, to: { x: number; y: number }): Path {
  const middle = (from.x + to.x) / 2;
  return { ...from, pieces: [{ kind: 'curve', x1: middle, y1: from.y, x2: middle, y2: to.y, ...to }] };
}

/** For the `d` of an SVG path. */
export function toSvg({ x, y, pieces }: Path): string {
  const rest = pieces.map((p) =>
    p.kind === 'line' ? `L${p.x} ${p.y}` : `C${p.x1} ${p.y1} ${p.x2} ${p.y2} ${p.x} ${p.y}`,
  );
  return `M${x} ${y}${rest.join('')}`;
}

const CURVE_STEPS = 24;

/** Points at equal distances along the path, `count` + 1 of them as x, y, x, y, … */
export function sample(path: Path, count: number): Float32Array {
  const rough = roughPoints(path);
  const distances = [0];
  for (let at = 1; at < rough.length; at += 1)
    distances.push((distances[at - 1] ?? 0) + distance(rough[at - 1], rough[at]));
  const total = distances.at(-1) ?? 0;
  const points = new Float32Array((count + 1) * 2);
  let at = 1;
  for (let step = 0; step <= count; step += 1) {
    const wanted = (total * step) / count;
    while (at < rough.length - 1 && (distances[at] ?? 0) < wanted) at += 1;
    const [from, to] = [rough[at - 1] ?? path, rough[at] ?? path];
    const [begin, end] = [distances[at - 1] ?? 0, distances[at] ?? 0];
    const part = end > begin ? (wanted - begin) / (end - begin) : 0;
    points[step * 2] = from.x + (to.x - from.x) * part;
    points[step * 2 + 1] = from.y + (to.y - from.y) * part;
  }
  return points;
}

export function lengthOf(path: Path): number {
  const rough = roughPoints(path);
  let total = 0;
  for (let at = 1; at < rough.length; at += 1) total += distance(rough[at - 1], rough[at]);
  return total;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function roughPoints(path: Path): readonly Point[] {
  const points: Point[] = [{ x: path.x, y: path.y }];
  for (const piece of path.pieces) {
    const from = points.at(-1) ?? path;
    if (piece.kind === 'line') {
      points.push({ x: piece.x, y: piece.y });
      continue;
    }
    for (let step = 1; step <= CURVE_STEPS; step += 1) {
      const t = step / CURVE_STEPS;
      const u = 1 - t;
      const [a, b, c, d] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
      points.push({
        x: a * from.x + b * piece.x1 + c * piece.x2 + d * piece.x,
        y: a * from.y + b * piece.y1 + c * piece.y2 + d * piece.y,
      });
    }
  }
  return points;
}

function distance(from: Point | undefined, to: Point | undefined): number {
  return from === undefined || to === undefined ? 0 : Math.hypot(to.x - from.x, to.y - from.y);
}

/** 1.25 px at rest, one more for each power of ten: a busy line is a thick line. */
export function lineWidth(recordsPerSecond: number | null, factor = 1): number {
  return 1.25 + factor * Math.min(4, Math.log10(1 + (recordsPerSecond ?? 0)) * 0.7);
}
