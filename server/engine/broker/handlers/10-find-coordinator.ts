// FindCoordinator v0-6: which broker coordinates a group: the leader of its partition of __consumer_offsets (KIP-699 batches in
// v4). Creates that topic when it is missing. Type 1 does the same for
// transactional ids and __transaction_state; share groups are refused. The empty key is a key as others are.
import { ErrorCode } from '../../../protocol/errors.ts';
import { findCoordinator } from '../../../protocol/schema/10-find-coordinator.ts';
import { OFFSETS_TOPIC, TRANSACTIONS_TOPIC } from '../../metadata/topic-name.ts';
import type { Handler, RequestContext } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { endpointOf } from '../endpoints.ts';
import { ensureOffsetsTopic, ensureTransactionsTopic } from '../internal-topics.ts';

const GROUP = 0;
const TRANSACTION = 1;
const FIRST_VERSION_OF_BATCHES = 4;

interface Found {
  readonly key: string;
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

export function findCoordinatorHandler(broker: Broker): Handler {
  return serve(findCoordinator, async (request, context) => {
    const keys = context.apiVersion >= FIRST_VERSION_OF_BATCHES ? request.coordinatorKeys : [request.key];
    const topicError = await ensureTopicOf(broker, request.keyType);
    const coordinators = keys.map((key) => find(broker, context, { key, keyType: request.keyType, topicError }));
    return { ...coordinators[0], coordinators };
  });
}

function ensureTopicOf(broker: Broker, keyType: number): Promise<ErrorCode> | ErrorCode {
  if (keyType === GROUP) return ensureOffsetsTopic(broker);
  return keyType === TRANSACTION ? ensureTransactionsTopic(broker) : ErrorCode.NONE;
}

function find(
  broker: Broker,
  context: RequestContext,
  wanted: { readonly key: string; readonly keyType: number; readonly topicError: number },
): Found {
  const { key, keyType, topicError } = wanted;
  if (keyType !== GROUP && keyType !== TRANSACTION) {
    return none(key, ErrorCode.INVALID_REQUEST, 'this cluster coordinates consumer groups and transactions only');
  }
  const topic = keyType === GROUP ? OFFSETS_TOPIC : TRANSACTIONS_TOPIC;
  const { image } = broker.controller;
  const partitions = image.topics.get(topic)?.partitions ?? [];
  if (topicError !== ErrorCode.NONE || partitions.length === 0) {
    return none(key, ErrorCode.COORDINATOR_NOT_AVAILABLE, `${topic} is not there yet`);
  }
  const partition = (keyType === GROUP ? broker.groups : broker.transactions).partitionOf(key);
  const leader = image.brokers.get(partitions[partition]?.leader ?? -1);
  if (leader === undefined || leader.isFenced) {
    return none(key, ErrorCode.COORDINATOR_NOT_AVAILABLE, `partition ${partition} of ${topic} has no leader`);
  }
  const endpoint = endpointOf(leader, context.connection);
  if (endpoint === null) {
    return none(key, ErrorCode.COORDINATOR_NOT_AVAILABLE, `broker ${leader.id} has no such listener`);
  }
  const { nodeId, host, port } = endpoint;
  return { key, nodeId, host, port, errorCode: ErrorCode.NONE, errorMessage: null };
}

function none(key: string, errorCode: number, errorMessage: string): Found {
  return { key, nodeId: -1, host: '', port: -1, errorCode, errorMessage };
}
