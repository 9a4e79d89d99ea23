// DescribeQuorum of a quorum of one: this controller votes and leads, brokers watch. Answered from what their fetches said.
import { ErrorCode } from '../../protocol/errors.ts';
import { describeQuorum } from '../../protocol/schema/55-describe-quorum.ts';
import { METADATA_TOPIC } from '../metadata/topic-name.ts';
import type { Address } from '../node.ts';
import { type Handler, serve } from '../rpc/handler.ts';
import type { Controller } from './controller.ts';

const LEADER_EPOCH = 0;

/** UNKNOWN_TOPIC_OR_PARTITION for anything but the metadata log. */
export function describeQuorumHandler(controller: Controller, self: { nodeId: number; listen: Address }): Handler {
  return serve(describeQuorum, ({ topics }) => ({
    errorCode: ErrorCode.NONE,
    topics: topics.map(({ topicName, partitions }) => ({
      topicName,
      partitions: partitions.map(({ partitionIndex }) =>
        topicName === METADATA_TOPIC && partitionIndex === 0
          ? metadataPartition(controller, self.nodeId)
          : { partitionIndex, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION },
      ),
    })),
    nodes: [
      { nodeId: self.nodeId, listeners: [{ name: 'CONTROLLER', host: self.listen.host, port: self.listen.port }] },
    ],
  }));
}

function metadataPartition(controller: Controller, nodeId: number) {
  const { log, sessions, state, world } = controller;
  const observers = [...state.brokers.values()].map(({ id, logDirs }) => {
    const progress = sessions.progressOf(id);
    return {
      replicaId: id,
      ...(logDirs[0] === undefined ? {} : { replicaDirectoryId: logDirs[0] }),
      logEndOffset: progress === null ? -1 : progress.appliedOffset + 1,
      lastFetchTimestamp: progress?.fetchedAtMs ?? -1,
      lastCaughtUpTimestamp: progress?.caughtUpAtMs ?? -1,
    };
  });
  return {
    partitionIndex: 0,
    errorCode: ErrorCode.NONE,
    leaderId: nodeId,
    leaderEpoch: LEADER_EPOCH,
    highWatermark: log.durableEndOffset,
    currentVoters: [{ replicaId: nodeId, logEndOffset: log.endOffset, lastCaughtUpTimestamp: world.clock.nowMs() }],
    observers,
  };
}
