// The program's own checks that run against any cluster (*.integration.ts of server/client and server/gateway): which files there are,
// and running them on one. Called by gateway.test.ts (the embedded cluster) and by own.ts (Apache Kafka).
import { join } from 'node:path';
import { run } from './support.ts';

const SERVER = join(import.meta.dirname, '..', '..', 'server');

export interface OwnChecks {
  readonly file: string;
  /** Where there is one broker it has nothing to check. */
  readonly needsBrokers?: true;
  /** The fewest that each file must have run. */
  readonly least: number;
}

export const CLIENT_CHECKS: OwnChecks = { file: 'client/client.integration.ts', least: 10 };
export const GATEWAY_CHECKS: readonly OwnChecks[] = [
  { file: 'gateway/gateway.integration.ts', least: 11 },
  { file: 'gateway/reassign/reassign.integration.ts', least: 4, needsBrokers: true },
  { file: 'gateway/users/access.integration.ts', least: 5 },
];

/** How many passed. Rejects with what was printed when one did not, or when too few ran. */
export async function runOwnChecks({ file, least }: OwnChecks, addresses: readonly string[]): Promise<number> {
  // --test-force-exit: the client library now and then leaves a consumer's socket open past its close, which the gateway bounds with
  // a deadline; that socket alone would keep the checks' process from ending.
  const args = ['--disable-warning=ExperimentalWarning', '--test-force-exit', join(SERVER, file), ...addresses];
  const result = await run(process.execPath, args, { timeoutMs: 180_000 });
  const output = result.stdout.toString();
  if (result.code !== 0) throw new Error(`${file}: ${output.slice(-4_000)}${result.stderr}`);
  const passed = Number(/\bpass (\d+)\b/.exec(output)?.[1]);
  if (!(passed >= least)) throw new Error(`${file}: ${passed} checks passed, there are ${least} at least`);
  return passed;
}
