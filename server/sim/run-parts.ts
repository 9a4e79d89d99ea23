// What a run is made of, as those who work in it see it: crowd, watchers and checks. Run makes the parts and is the whole; none of
// its parts needs to know it. Nothing here runs.
import type { Acknowledged } from './checkers/clients/acknowledged.ts';
import type { Groups } from './checkers/clients/groups.ts';
import type { Newest } from './checkers/clients/newest.ts';
import type { Owners } from './checkers/clients/owners.ts';
import type { Transactions } from './checkers/clients/transactions.ts';
import type { Committed } from './checkers/committed.ts';
import type { Deadlines } from './checkers/deadlines.ts';
import type { Canon } from './checkers/metadata.ts';
import type { ClientOptions } from './clients/client.ts';
import type { SimCluster } from './cluster.ts';
import type { Marks } from './marks.ts';
import type { Nemesis } from './nemesis.ts';
import type { IsCleaned, SimOptions } from './options.ts';
import type { Trace } from './trace.ts';
import type { SimNet } from './world/net.ts';
import type { Prng } from './world/prng.ts';
import type { Scheduler } from './world/scheduler.ts';

export interface RunParts {
  readonly options: SimOptions;
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly marks: Marks;
  readonly net: SimNet;
  readonly cluster: SimCluster;
  readonly nemesis: Nemesis;
  readonly canon: Canon;
  readonly committed: Committed;
  readonly acknowledged: Acknowledged;
  readonly groups: Groups;
  readonly owners: Owners;
  readonly deadlines: Deadlines;
  readonly transactions: Transactions;
  readonly newest: Newest;
  readonly isCleaned: IsCleaned;
  readonly recoveryPrng: Prng;
  readonly hasFailed: boolean;
  /** A line of the run's story, at the time it is. */
  readonly note: (node: string, what: string, text: string) => void;
  /** The first violation counts; what is no Violation is a bug of the simulation, or of the engine. */
  fail(error: unknown): void;
  clientOptions(name: string): ClientOptions;
}
