// Holds a gateway to what is declared: every view, batch and result that passes through is read by its schema, strictly, so that a
// field more or less and a number that is none are found. For checks against real clusters; in production the types suffice.
import type { z } from 'zod';
import { declaredCalls, declaredChannels, declaredStreams } from '../../live/contract/subjects.ts';
import type { CallArgs, CallName } from '../../live/contract.ts';
import type { ClusterGateway } from '../gateway.ts';

const MAX_FINDINGS = 20;

/** The same gateway. What did not fit is told when it is closed: a watch reads in the middle of the gateway's own work. */
export function heldToItsWord(gateway: ClusterGateway): ClusterGateway {
  const findings = new Set<string>();
  const seen = new WeakSet<object>();
  function read<T>(name: string, schema: z.ZodType | undefined, value: T): T {
    if (value === null || (typeof value === 'object' && seen.has(value as object))) return value;
    if (typeof value === 'object') seen.add(value as object);
    const issues = schema?.safeParse(value).error?.issues ?? [];
    if (schema === undefined) findings.add(`${name}: nobody declared it`);
    for (const { path, message } of issues) {
      // One finding for all rows of a list.
      const place = path.map((key) => (typeof key === 'number' ? '*' : String(key))).join('.');
      if (findings.size < MAX_FINDINGS) findings.add(`${name}: ${place}: ${message}`);
    }
    return value;
  }
  return {
    ...gateway,
    watch(channel, params, onChange, onError) {
      const watch = gateway.watch(channel, params, onChange, onError);
      return {
        read: () => read(channel, declaredChannels.get(channel)?.data, watch.read()),
        close: () => watch.close(),
      };
    },
    open(name, params, onReady, onError) {
      const stream = gateway.open(name, params, onReady, onError);
      return {
        take: () => read(name, declaredStreams.get(name)?.data, stream.take()),
        close: () => stream.close(),
      };
    },
    async call<N extends CallName>(name: N, args: CallArgs<N>) {
      return read(name, declaredCalls.get(name)?.result, await gateway.call(name, args));
    },
    async close() {
      await gateway.close();
      if (findings.size > 0) throw new Error(`what was given is not what is declared:\n${[...findings].join('\n')}`);
    },
  };
}
