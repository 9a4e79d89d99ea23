// The client's and the gateway's own checks (*.integration.ts, which run against any cluster by hand) against the embedded cluster.
// `npm run interop` runs them against Apache Kafka.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServer } from '../support/server.ts';
import { CLIENT_CHECKS, GATEWAY_CHECKS, runOwnChecks } from './own-checks.ts';

const firstOf = (bootstrapServers: string): string => bootstrapServers.split(',')[0] as string;

test('[IOP-7] the gateway’s integration checks pass on the embedded cluster', async () => {
  const server = await startServer();
  try {
    for (const checks of GATEWAY_CHECKS) await runOwnChecks(checks, [firstOf(server.bootstrapServers)]);
  } finally {
    await server.stop();
  }
});

test('[IOP-26] the client’s contract holds on the embedded cluster, beside another one', async () => {
  const server = await startServer();
  const other = await startServer({ brokers: 1 });
  try {
    await runOwnChecks(CLIENT_CHECKS, [firstOf(server.bootstrapServers), firstOf(other.bootstrapServers)]);
  } finally {
    await server.stop();
    await other.stop();
  }
});

test('[IOP-26] own checks that fail, or of which too few ran, are told', async () => {
  const planted = { file: '../e2e/interop/results.test.ts', least: 3 };
  await assert.rejects(runOwnChecks(planted, []), /2 checks passed, there are 3 at least/);
  await assert.rejects(
    runOwnChecks({ ...CLIENT_CHECKS, least: 1 }, ['127.0.0.1:1']),
    /No broker of this cluster answers/,
  );
});
