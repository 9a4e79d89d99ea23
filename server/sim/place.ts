// A partition by its topic's name and its number, and as the key "topic-partition" that clients and checkers keep it under.

export interface Place {
  readonly topic: string;
  readonly partition: number;
}
export function keyOf({ topic, partition }: Place): string {
  return `${topic}-${partition}`;
}
export function placeOf(key: string): Place {
  const at = key.lastIndexOf('-');
  return { topic: key.slice(0, at), partition: Number(key.slice(at + 1)) };
}
/** As requests name partitions: each topic once. */
export function byTopic(keys: Iterable<string>): { name: string; partitions: number[] }[] {
  const grouped = Map.groupBy([...keys].map(placeOf), ({ topic }) => topic);
  return [...grouped].map(([name, places]) => ({ name, partitions: places.map(({ partition }) => partition) }));
}
