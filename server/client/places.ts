// A partition as requests name it: its key in maps, and the order of topics that Kafka's requests want. Pure.

export interface Place {
  readonly topic: string;
  readonly partition: number;
}

export const partitionKey = (topic: string, partition: number): string => `${partition}:${topic}`;

/** Each topic once, in the order they come in. */
export function byTopic<P extends Place>(places: readonly P[]): [string, P[]][] {
  return [...Map.groupBy(places, ({ topic }) => topic)];
}

/** As DescribeProducers, ListOffsets and DescribeLogDirs ask: names with partition numbers. */
export function partitionsByTopic(
  places: readonly Place[],
): { readonly name: string; readonly partitions: number[] }[] {
  return byTopic(places).map(([name, rows]) => ({ name, partitions: rows.map(({ partition }) => partition) }));
}
