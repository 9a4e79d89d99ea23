// Asks one broker what every broker knows. One that is silent is left after a second and a half for the next, so that a stopped or
// frozen broker does not hold up the answer. Called through KafkaClient.askAny.
import type { ApiFamily } from '../apis.ts';
import { ClusterError } from '../errors.ts';
import type { Asking } from './asking.ts';
import { SOFT_DEADLINE_MS, withDeadline } from './per-broker.ts';

const MAX_ASKED = 4;

/** @throws ClusterError of the last broker asked, when none answers; UNSUPPORTED_VERSION at once */
export async function askAnyBroker<Args extends unknown[], Response>(
  { metadata, connections, suspects }: Asking,
  family: ApiFamily<Args, Response>,
  ...args: Args
): Promise<Response> {
  await metadata.fresh(5_000);
  const brokers = [...metadata.brokers.values()].sort(
    (a, b) => Number(suspects.has(a.id)) - Number(suspects.has(b.id)),
  );
  let failure = new ClusterError('DISCONNECTED', 'No broker is known.', { isRetriable: true });
  for (const broker of brokers.slice(0, MAX_ASKED)) {
    const answered = connections.request(broker, 'control', family, ...args).then(
      (answer) => ({ answer }),
      (error: unknown) => ({ error }),
    );
    const late = new ClusterError('DISCONNECTED', `Broker ${broker.id} does not answer in time.`, {
      isRetriable: true,
    });
    const outcome = await withDeadline<{ answer: Response } | { error: unknown }>(answered, SOFT_DEADLINE_MS, () => ({
      error: late,
    }));
    if ('answer' in outcome) return outcome.answer;
    if (!(outcome.error instanceof ClusterError)) throw outcome.error;
    failure = outcome.error;
    if (!failure.isRetriable) break;
  }
  throw failure;
}
