// Runs seeds with a planted bug in place until one of them finds it.
import { type SimOptions, swarm } from '../options.ts';
import { run } from '../run.ts';
import { plain, SCENARIOS } from '../scenarios/all.ts';
import type { Prng } from '../world/prng.ts';
import type { PlantedBug } from './bug.ts';

export interface Found {
  readonly bug: PlantedBug;
  /** The seed that found it; null: none of those it is given. */
  readonly seed: number | null;
  readonly message: string;
}

/** What only comes where a bug asks for it: each costs time. */
const OTHERS = { copiers: 0, keyedWriters: 0, expiringProducers: 0, internalRollMs: null };

/** `isQuick` begins with the seed that found it last; otherwise seeds are counted from 1, which measures the power to detect. */
export async function hunt(bug: PlantedBug, isQuick: boolean): Promise<Found> {
  const order = Array.from({ length: bug.seeds }, (_, i) => i + 1);
  if (isQuick && bug.first !== undefined) order.unshift(bug.first);
  const scenario = SCENARIOS.find(({ name }) => name === bug.scenario);
  const choose = (prng: Prng): SimOptions => {
    if (scenario !== undefined) return plain(prng, scenario.options);
    const options = swarm(prng);
    return { ...options, ...OTHERS, ...bug.clients, faults: { ...options.faults, ...bug.needs } };
  };
  const remove = bug.install();
  try {
    for (const seed of order) {
      const { violation } = await run(seed, choose, undefined, scenario?.play);
      if (violation !== null) return { bug, seed, message: violation.message.split('\n')[0] ?? '' };
    }
    return { bug, seed: null, message: 'not found' };
  } finally {
    remove();
  }
}
