// franz-go's own test suite of its client (pkg/kgo), from a checkout named by FRANZ_GO: the hardest group and transaction
// tests there are. Chained groups must lose nothing, double nothing and keep the order of each key. FRANZ_GO_RUNS repeats each
// test (1), KGO_TEST_RECORDS sets the records of each variant (50000).
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Check, Workbench } from './check.ts';

const TIMEOUT_MS = 15 * 60_000;
const RECORDS = process.env.KGO_TEST_RECORDS ?? '50000';
const RUNS = Number(process.env.FRANZ_GO_RUNS ?? '1');

/** None where no checkout is given. */
export function franzGoChecks(checkout: string | undefined): readonly Check[] {
  if (checkout === undefined) return [];
  return ['TestGroupETL', 'TestTxnEtl'].flatMap((test) =>
    [1, 3].map((replicationFactor) => ({
      id: `franz-go-${test}-rf${replicationFactor}`,
      client: 'franz-go pkg/kgo',
      run: (bench: Workbench) => repeated(checkout, test, bench, replicationFactor),
    })),
  );
}

/** Every run counts: the first that fails ends it, and says after how many good ones. */
async function repeated(checkout: string, test: string, bench: Workbench, replicationFactor: number): Promise<string> {
  if (!Number.isInteger(RUNS) || RUNS < 1) throw new Error(`FRANZ_GO_RUNS must be a whole number from 1 on`);
  let variants = 0;
  const seconds: string[] = [];
  for (let run = 1; run <= RUNS; run++) {
    const startedMs = performance.now();
    try {
      variants = await goTest(checkout, test, bench, replicationFactor);
    } catch (error) {
      throw new Error(`run ${run} of ${RUNS}: ${error instanceof Error ? error.message : error}`);
    }
    seconds.push(((performance.now() - startedMs) / 1_000).toFixed(0));
  }
  return `${RUNS} of ${RUNS} runs passed, ${variants} variants of ${RECORDS} records each, in ${seconds.join(', ')} s`;
}

/** The number of variants that passed, all there are. */
async function goTest(checkout: string, test: string, bench: Workbench, replicationFactor: number): Promise<number> {
  const child = spawn('go', ['test', '-count=1', `-run=^${test}$`, '-timeout=14m', '-v', '.'], {
    cwd: join(checkout, 'pkg', 'kgo'),
    env: {
      ...process.env,
      KGO_SEEDS: bench.bootstrapServers,
      KGO_TEST_RF: String(replicationFactor),
      KGO_TEST_RECORDS: RECORDS,
      KGO_TEST_MAX_TOPIC_PARTS: '8',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const gather = (bytes: Buffer) => {
    output = (output + String(bytes)).slice(-400_000);
  };
  child.stdout.on('data', gather);
  child.stderr.on('data', gather);
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  const code = await new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
  clearTimeout(timer);
  const variants = output.match(/^\s+--- PASS/gm)?.length ?? 0;
  if (code !== 0) throw new Error(`${test} ended with ${code} (${variants} variants passed): ${output.slice(-1_500)}`);
  if (variants === 0) throw new Error(`${test} ran nothing: ${output.slice(-500)}`);
  return variants;
}
