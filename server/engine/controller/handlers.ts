// What the controller answers. Changes asked for by people are on disk before the answer, and the answer waits for the brokers to
// have seen them, so that whoever created a topic through one broker can use it through any.
import type { Api } from '../../protocol/codec.ts';
import { ErrorCode } from '../../protocol/errors.ts';
import type { Fields, Input } from '../../protocol/grammar.ts';
import { createTopics } from '../../protocol/schema/19-create-topics.ts';
import { deleteTopics } from '../../protocol/schema/20-delete-topics.ts';
import { alterConfigs } from '../../protocol/schema/33-alter-configs.ts';
import { createPartitions } from '../../protocol/schema/37-create-partitions.ts';
import { electLeaders } from '../../protocol/schema/43-elect-leaders.ts';
import { incrementalAlterConfigs } from '../../protocol/schema/44-incremental-alter-configs.ts';
import { alterPartitionReassignments } from '../../protocol/schema/45-alter-partition-reassignments.ts';
import { listPartitionReassignments } from '../../protocol/schema/46-list-partition-reassignments.ts';
import { alterClientQuotas } from '../../protocol/schema/49-alter-client-quotas.ts';
import { alterUserScramCredentials } from '../../protocol/schema/51-alter-user-scram-credentials.ts';
import { alterPartition } from '../../protocol/schema/56-alter-partition.ts';
import { brokerRegistration } from '../../protocol/schema/62-broker-registration.ts';
import { brokerHeartbeat } from '../../protocol/schema/63-broker-heartbeat.ts';
import { unregisterBroker } from '../../protocol/schema/64-unregister-broker.ts';
import { allocateProducerIds } from '../../protocol/schema/67-allocate-producer-ids.ts';
import type { CommandName, Commands } from '../metadata/machine.ts';
import type { Address } from '../node.ts';
import { readAsker } from '../rpc/asker.ts';
import { type Handler, serve } from '../rpc/handler.ts';
import type { Controller } from './controller.ts';
import { describeQuorumHandler } from './describe-quorum.ts';
import { fetchHandler } from './fetch.ts';

/** How long a change waits for brokers that do not follow. */
const FOLLOW_TIMEOUT_MS = 1000;

/** `self`: what the node says of itself when asked for the quorum. */
export function controllerHandlers(controller: Controller, self: { nodeId: number; listen: Address }): Handler[] {
  return [
    fetchHandler(controller),
    describeQuorumHandler(controller, self),
    changing(controller, createTopics, 'createTopics', 6),
    changing(controller, deleteTopics, 'deleteTopics', 5),
    changing(controller, alterConfigs, 'alterConfigs'),
    changing(controller, createPartitions, 'createPartitions', 3),
    changing(controller, incrementalAlterConfigs, 'incrementalAlterConfigs'),
    changing(controller, electLeaders, 'electLeaders'),
    changing(controller, alterPartitionReassignments, 'alterReassignments'),
    changing(controller, listPartitionReassignments, 'listReassignments'),
    changing(controller, unregisterBroker, 'unregisterBroker'),
    changing(controller, alterClientQuotas, 'alterClientQuotas'),
    changing(controller, alterUserScramCredentials, 'alterScramCredentials'),
    alterPartitionHandler(controller),
    registrationHandler(controller),
    heartbeatHandler(controller),
    producerIdsHandler(controller),
  ];
}

type ChangeName = {
  [K in CommandName]: Commands[K]['request'] extends object ? K : never;
}[CommandName];

function changing<Q extends Fields, R extends Fields, K extends ChangeName>(
  controller: Controller,
  api: Api<Q, R>,
  command: K,
  /** Held to the quota of changes: from this version on what goes beyond is refused (KIP-599). */
  strictSince: number | null = null,
): Handler {
  return serve(api, async (request, { clientId, apiVersion }) => {
    const permits =
      strictSince === null ? null : controller.mutationQuotas.permits(readAsker(clientId), apiVersion >= strictSince);
    // The command takes the API's own request and gives its response; the two tables say so side by side.
    const { reply, hasChanged, offset } = controller.run(
      command,
      request as unknown as Commands[K]['request'],
      permits,
    );
    if (hasChanged) {
      await controller.log.flush();
      await controller.until(() => controller.hasReached(offset), FOLLOW_TIMEOUT_MS);
    }
    const throttleTimeMs = permits?.throttleTimeMs ?? 0;
    return (throttleTimeMs > 0 ? { ...(reply as object), throttleTimeMs } : reply) as unknown as Input<R>;
  });
}

function registrationHandler(controller: Controller): Handler {
  return serve(brokerRegistration, (request, { connection }) => {
    const { reply } = controller.run('registerBroker', request);
    if (reply.errorCode === ErrorCode.NONE) {
      controller.begin(request.brokerId, connection);
      controller.world.log.debug(`broker ${request.brokerId} registered in epoch ${reply.brokerEpoch}`);
    }
    return reply;
  });
}

function heartbeatHandler(controller: Controller): Handler {
  return serve(brokerHeartbeat, (request, { connection }) => {
    const { brokerId, wantShutDown } = request;
    const { reply, hasChanged, offset } = controller.run('heartbeat', request);
    if (reply.errorCode !== ErrorCode.NONE) return reply;
    controller.touch(brokerId, connection);
    if (wantShutDown && hasChanged) controller.sessions.stopping(brokerId, offset);
    return reply;
  });
}

/** Answers as soon as the change is on disk: the leader waits for this one, and the other brokers read it in their own time. */
function alterPartitionHandler(controller: Controller): Handler {
  return serve(alterPartition, async (request) => {
    const { reply, hasChanged } = controller.run('alterPartition', request);
    if (hasChanged) await controller.log.flush();
    return reply;
  });
}

function producerIdsHandler(controller: Controller): Handler {
  return serve(allocateProducerIds, async (request) => {
    const { reply, hasChanged } = controller.run('allocateProducerIds', request);
    // An id that was given out must not come back after a power loss.
    if (hasChanged) await controller.log.flush();
    return reply;
  });
}
