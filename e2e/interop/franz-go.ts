// franz-go's own test suite of its client (pkg/kgo), from a checkout named by FRANZ_GO: the hardest group and transaction
// tests there are. Chained groups must lose nothing, double nothing and keep the order of each key.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Check, Workbench } from './check.ts';

const TIMEOUT_MS = 15 * 60_000;
const RECORDS = process.env.KGO_TEST_RECORDS ?? '50000';

/** None where no checkout is given. */
export function franzGoChecks(checkout: string | undefined): readonly Check[] {
  if (checkout === undefined) return [];
  return ['TestGroupETL', 'TestTxnEtl'].flatMap((test) =>
    [1, 3].map((replicationFactor) => ({
      id: `franz-go-${test}-rf${replicationFactor}`,
      client: 'franz-go pkg/kgo',
      run: (bench: Workbench) => goTest(checkout, test, bench, replicationFactor),
    })),
  );
}

async function goTest(checkout: string, test: string, bench: Workbench, replicationFactor: number): Promise<string> {
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
  return `${variants} variants passed, ${RECORDS} records each`;
}
