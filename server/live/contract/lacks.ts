// What a cluster cannot do: from the needs that channels, streams and calls declare, and what its brokers serve. Called by the gateway
// for its summary, and by with-lab.ts for what needs the lab. Pure. Pages get the answer, as `capabilities.lacks`.
import { type KafkaApi, LAB, type Need } from './apis.ts';
import { declaredCalls, declaredChannels, declaredStreams } from './subjects.ts';

type Lacks = Readonly<Record<string, string>>;

const needsByName: readonly (readonly [string, readonly Need[]])[] = [
  ...declaredChannels,
  ...declaredStreams,
  ...declaredCalls,
].flatMap(([name, { needs }]) => (needs.length > 0 ? [[name, needs] as const] : []));

/**
 * Name of a channel, stream or call → why it cannot work there, as one sentence. `apis`: by key the versions that every broker serves;
 * while it is empty nothing is known of the brokers, and nothing is taken away. Of the lab it says nothing: see labLacks.
 */
export function lacksOf(apis: ReadonlyMap<number, { readonly max: number }>): Lacks {
  if (apis.size === 0) return {};
  return tellFirst((need) => (need === LAB ? null : whyNot(need, apis.get(need.key))));
}

/** The same for a cluster whose nodes cannot be stopped from here, with the sentence that says why. */
export function labLacks(sentence: string): Lacks {
  return tellFirst((need) => (need === LAB ? sentence : null));
}

function tellFirst(judge: (need: Need) => string | null): Lacks {
  const lacks: Record<string, string> = {};
  for (const [name, needs] of needsByName) {
    const why = needs.map(judge).find((each) => each !== null);
    if (why) lacks[name] = why;
  }
  return lacks;
}

function whyNot({ name, version = 0, since }: KafkaApi, served: { readonly max: number } | undefined): string | null {
  if (served === undefined)
    return `The brokers of this cluster do not serve ${name} (Apache Kafka has it since ${since}).`;
  if (served.max >= version) return null;
  return `The brokers of this cluster do not serve version ${version} of ${name} (Apache Kafka has it since ${since}).`;
}
