// The other way round: our own client and gateway over Apache Kafka. Each check starts one of its own, of one broker; the client's checks also speak
// to the cluster under test, so that both kinds are open at once.
import { startApacheKafka } from '../support/apache-kafka.ts';
import type { Check, Workbench } from './check.ts';
import { CLIENT_CHECKS, GATEWAY_CHECKS, type OwnChecks, runOwnChecks } from './own-checks.ts';

const firstOf = (bootstrapServers: string): string => bootstrapServers.split(',')[0] ?? '';

/** One after the other: they count sockets and groups. */
async function overKafka(files: readonly OwnChecks[], others: readonly string[]): Promise<string> {
  const kafka = await startApacheKafka();
  try {
    let passed = 0;
    for (const file of files) passed += await runOwnChecks(file, [firstOf(kafka.bootstrapServers), ...others]);
    return `${passed} checks passed on ${kafka.name}`;
  } finally {
    await kafka.stop();
  }
}

export const ownChecks: readonly Check[] = [
  {
    id: 'own-client',
    client: 'Barnabas’s own client',
    run: ({ bootstrapServers }: Workbench) => overKafka([CLIENT_CHECKS], [firstOf(bootstrapServers)]),
  },
  {
    id: 'own-gateway',
    client: 'Barnabas’s own client',
    run: () =>
      overKafka(
        GATEWAY_CHECKS.filter(({ needsBrokers }) => !needsBrokers),
        [],
      ),
  },
];
