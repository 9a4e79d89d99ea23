// Runs seeds with a planted bug in place until one of them finds it.
import { type SimOptions, swarm } from '../options.ts';
import type { Prng } from '../prng.ts';
import { run } from '../run.ts';
import type { PlantedBug } from './bugs.ts';

export interface Found {
  readonly bug: PlantedBug;
  /** The seed that found it; null: none of those it is given. */
  readonly seed: number | null;
  readonly message: string;
}

export async function hunt(bug: PlantedBug, seeds = bug.seeds): Promise<Found> {
  const choose = (prng: Prng): SimOptions => {
    const options = swarm(prng);
    return { ...options, faults: { ...options.faults, ...bug.needs } };
  };
  const remove = bug.install();
  try {
    for (let seed = 1; seed <= seeds; seed++) {
      const { violation } = await run(seed, choose);
      if (violation !== null) return { bug, seed, message: violation.message.split('\n')[0] ?? '' };
    }
    return { bug, seed: null, message: 'not found' };
  } finally {
    remove();
  }
}
