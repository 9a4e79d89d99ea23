// 1 Fetch: versions 4-18, flexible from 12.
import { api } from '../codec.ts';
import { array, int8, int16, int32, int64, records, string, struct, uuid } from '../grammar.ts';

export const fetch = api({
  key: 1,
  name: 'Fetch',
  versions: '4-18',
  flexible: '12+',
  request: {
    clusterId: string({ versions: '12+', nullable: '12+', tag: 0, tagged: '12+', fallback: null }),
    replicaId: int32({ versions: '0-14', fallback: -1 }),
    replicaState: struct(
      {
        replicaId: int32({ versions: '15+', fallback: -1 }),
        replicaEpoch: int64({ versions: '15+', fallback: -1 }),
      },
      { versions: '15+', tag: 1, tagged: '15+' },
    ),
    maxWaitMs: int32(),
    minBytes: int32(),
    maxBytes: int32({ fallback: 2147483647 }),
    isolationLevel: int8(),
    sessionId: int32({ versions: '7+' }),
    sessionEpoch: int32({ versions: '7+', fallback: -1 }),
    topics: array({
      topic: string({ versions: '0-12' }),
      topicId: uuid({ versions: '13+' }),
      partitions: array({
        partition: int32(),
        currentLeaderEpoch: int32({ versions: '9+', fallback: -1 }),
        fetchOffset: int64(),
        lastFetchedEpoch: int32({ versions: '12+', fallback: -1 }),
        logStartOffset: int64({ versions: '5+', fallback: -1 }),
        partitionMaxBytes: int32(),
        replicaDirectoryId: uuid({ versions: '17+', tag: 0, tagged: '17+' }),
        highWatermark: int64({ versions: '18+', tag: 1, tagged: '18+', fallback: Number.MAX_SAFE_INTEGER }),
      }),
    }),
    forgottenTopicsData: array(
      {
        topic: string({ versions: '7-12' }),
        topicId: uuid({ versions: '13+' }),
        partitions: array(int32(), { versions: '7+' }),
      },
      { versions: '7+' },
    ),
    rackId: string({ versions: '11+' }),
  },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16({ versions: '7+' }),
    sessionId: int32({ versions: '7+' }),
    responses: array({
      topic: string({ versions: '0-12' }),
      topicId: uuid({ versions: '13+' }),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        highWatermark: int64(),
        lastStableOffset: int64({ fallback: -1 }),
        logStartOffset: int64({ versions: '5+', fallback: -1 }),
        divergingEpoch: struct(
          {
            epoch: int32({ versions: '12+', fallback: -1 }),
            endOffset: int64({ versions: '12+', fallback: -1 }),
          },
          { versions: '12+', tag: 0, tagged: '12+' },
        ),
        currentLeader: struct(
          {
            leaderId: int32({ versions: '12+', fallback: -1 }),
            leaderEpoch: int32({ versions: '12+', fallback: -1 }),
          },
          { versions: '12+', tag: 1, tagged: '12+' },
        ),
        snapshotId: struct(
          {
            endOffset: int64({ fallback: -1 }),
            epoch: int32({ fallback: -1 }),
          },
          { versions: '12+', tag: 2, tagged: '12+' },
        ),
        abortedTransactions: array(
          {
            producerId: int64(),
            firstOffset: int64(),
          },
          { nullable: '4+' },
        ),
        preferredReadReplica: int32({ versions: '11+', fallback: -1 }),
        records: records(),
      }),
    }),
    nodeEndpoints: array(
      {
        nodeId: int32({ versions: '16+' }),
        host: string({ versions: '16+' }),
        port: int32({ versions: '16+' }),
        rack: string({ versions: '16+', nullable: '16+', fallback: null }),
      },
      { versions: '16+', tag: 0, tagged: '16+' },
    ),
  },
});
