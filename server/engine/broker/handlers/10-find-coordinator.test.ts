import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { findCoordinator } from '../../../protocol/schema/10-find-coordinator.ts';
import { partitionFor } from '../../coordinator/hash.ts';
import { OFFSETS_TOPIC } from '../../metadata/topic-name.ts';
import type { RequestContext } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { findCoordinatorHandler } from './10-find-coordinator.ts';

const PARTITIONS = 50;

/** Partition p of the offsets topic is led by broker p % 3 + 1; broker 3 is fenced. */
function brokerWith(hasTopic: boolean): Broker {
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, leader: (partition % 3) + 1 }));
  const brokers = [1, 2, 3].map(
    (id) =>
      [id, { id, listeners: [{ name: 'PLAINTEXT', host: '127.0.0.1', port: 9000 + id }], isFenced: id === 3 }] as const,
  );
  const image = {
    topics: new Map(hasTopic ? [[OFFSETS_TOPIC, { name: OFFSETS_TOPIC, partitions }]] : []),
    brokers: new Map(brokers),
  };
  const broker = {
    controller: { image, forward: async () => ({ topics: [{ errorCode: ErrorCode.POLICY_VIOLATION }] }) },
    groups: { partitionOf: (groupId: string) => partitionFor(groupId, PARTITIONS) },
    setting: () => '1',
  };
  return broker as unknown as Broker;
}

async function find(broker: Broker, apiVersion: number, request: Partial<RequestOf<typeof findCoordinator>>) {
  const context = {
    apiVersion,
    connection: { localHost: '127.0.0.1', listener: 'PLAINTEXT' },
  } as unknown as RequestContext;
  const full = { key: '', keyType: 0, coordinatorKeys: [], ...request };
  return (await findCoordinatorHandler(broker).handle(full, context)) as Required<
    ResponseInput<typeof findCoordinator>
  >;
}
/** A group id whose partition is led by this broker. */
function groupOf(leader: number): string {
  for (let i = 0; ; i++) if ((partitionFor(`group-${i}`, PARTITIONS) % 3) + 1 === leader) return `group-${i}`;
}

test('[GRP-1] the coordinator of a group is the leader of its partition, for one key and for many', async () => {
  const broker = brokerWith(true);
  const single = await find(broker, 3, { key: groupOf(2) });
  assert.deepEqual([single.errorCode, single.nodeId, single.port], [ErrorCode.NONE, 2, 9002]);
  const many = await find(broker, 4, { coordinatorKeys: [groupOf(1), groupOf(3)] });
  assert.deepEqual(
    many.coordinators.map(({ key, nodeId, errorCode }) => [key, nodeId, errorCode]),
    [
      [groupOf(1), 1, ErrorCode.NONE],
      [groupOf(3), -1, ErrorCode.COORDINATOR_NOT_AVAILABLE],
    ],
  );
  const empty = await find(broker, 4, { coordinatorKeys: [''] });
  assert.deepEqual([empty.coordinators[0]?.nodeId, empty.coordinators[0]?.errorCode], [1, ErrorCode.NONE]);
});

test('[GRP-1] without the offsets topic COORDINATOR_NOT_AVAILABLE; another kind of key is INVALID_REQUEST', async () => {
  const missing = await find(brokerWith(false), 3, { key: 'g' });
  assert.equal(missing.errorCode, ErrorCode.COORDINATOR_NOT_AVAILABLE);
  const share = await find(brokerWith(true), 4, { keyType: 2, coordinatorKeys: ['t'] });
  assert.equal(share.coordinators[0]?.errorCode, ErrorCode.INVALID_REQUEST);
});
