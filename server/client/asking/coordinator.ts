// Finds the broker that coordinates a group or a transactional id. Called through KafkaClient.coordinator.
import { FIND_COORDINATOR } from '../apis.ts';
import type { Endpoint } from '../connections.ts';
import { isRetriableCode, kafkaError } from '../errors.ts';
import type { Asking } from './asking.ts';

export type CoordinatorKind = 'group' | 'transaction';

export interface Coordinator extends Endpoint {
  readonly brokerId: number;
}

/** FindCoordinatorRequest.CoordinatorType of Kafka. */
const KEY_TYPES: Readonly<Record<CoordinatorKind, number>> = { group: 0, transaction: 1 };
const COORDINATOR_NOT_AVAILABLE = 15;
const MAX_ATTEMPTS = 8;

/**
 * The first key of a new cluster waits until the coordinators' topic was made, so a retriable answer is repeated.
 * @throws ClusterError with Kafka's error; `what` begins the sentence
 */
export async function findCoordinator(
  { metadata, connections }: Pick<Asking, 'metadata' | 'connections'>,
  kind: CoordinatorKind,
  key: string,
  what = `Finding the coordinator of ${key} failed`,
): Promise<Coordinator> {
  for (let attempt = 1; ; attempt += 1) {
    const broker = metadata.anyBroker();
    const found = await connections.request(broker, 'admin', FIND_COORDINATOR, KEY_TYPES[kind], [key]);
    const coordinator = found.coordinators[0];
    const code = coordinator?.errorCode ?? COORDINATOR_NOT_AVAILABLE;
    if (coordinator !== undefined && code === 0) {
      return { brokerId: coordinator.nodeId, host: coordinator.host, port: coordinator.port };
    }
    if (attempt >= MAX_ATTEMPTS || !isRetriableCode(code))
      throw kafkaError(code, what, coordinator?.errorMessage ?? null);
    await new Promise((resolve) => setTimeout(resolve, 100 * attempt));
  }
}
