// The gateway's own integration checks (*.integration.ts in server/gateway/, which run against any cluster by hand) against the
// embedded cluster.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startServer } from '../server.ts';
import { run } from './support.ts';

const GATEWAY = join(import.meta.dirname, '..', '..', 'server', 'gateway');
/** Files with the fewest checks that each must have run. */
const CHECKS = [
  ['gateway.integration.ts', 11],
  ['reassign/reassign.integration.ts', 4],
  ['access/access.integration.ts', 5],
] as const;

test('[IOP-7] the gateway’s integration checks pass on the embedded cluster', async () => {
  const server = await startServer();
  try {
    for (const [file, least] of CHECKS) {
      // --test-force-exit: the client library now and then leaves a consumer's socket open past its close, which the gateway
      // bounds with a deadline; that socket alone would keep the checks' process from ending.
      const result = await run(
        process.execPath,
        ['--test-force-exit', join(GATEWAY, file), server.bootstrapServers.split(',')[0] as string],
        { timeoutMs: 180_000 },
      );
      const output = result.stdout.toString();
      assert.equal(result.code, 0, output.slice(-4000) + result.stderr);
      const passed = Number(/\bpass (\d+)\b/.exec(output)?.[1]);
      assert.ok(passed >= least, `${file}: ${passed} checks passed`);
    }
  } finally {
    await server.stop();
  }
});
