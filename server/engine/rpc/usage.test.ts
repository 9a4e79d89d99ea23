import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaults } from '../../protocol/grammar.ts';
import { fetch } from '../../protocol/schema/01-fetch.ts';
import { NO_RESPONSE } from './handler.ts';
import { Usage } from './usage.ts';

const fields = fetch.request.fields;
const same = (text: string) => text;
/** A request of a fetch session that names and takes back partitions of topics. */
const ask = (more: {
  epoch: number;
  topics?: Record<string, number[]>;
  forgotten?: Record<string, number[]>;
  replicaId?: number;
}) => ({
  ...defaults(fields),
  replicaId: more.replicaId ?? -1,
  sessionEpoch: more.epoch,
  topics: Object.entries(more.topics ?? {}).map(([topic, partitions]) => ({
    topic,
    topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
    partitions: partitions.map((partition) => ({ partition })),
  })),
  forgottenTopicsData: Object.entries(more.forgotten ?? {}).map(([topic, partitions]) => ({
    topic,
    topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
    partitions,
  })),
});

test('[USE-1] topics read are followed through a fetch session: named once, taken back partition by partition, all new at its start', () => {
  const usage = new Usage(0);
  const fetched = () => usage.facts(same).topicsFetched;
  usage.request(1, ask({ epoch: 0, topics: { a: [0, 1], b: [0] } }), 'c', 1);
  usage.request(1, ask({ epoch: 1 }), 'c', 2);
  assert.deepEqual(fetched(), ['a', 'b']);
  usage.request(1, ask({ epoch: 2, forgotten: { a: [0], b: [0] } }), 'c', 3);
  assert.deepEqual(fetched(), ['a']);
  usage.request(1, ask({ epoch: 0, topics: { z: [0] } }), 'c', 4);
  assert.deepEqual(fetched(), ['z']);
  assert.equal(usage.hasUse, true);
});

test('[USE-2] a replica fetcher is no client; a member that leaves belongs to no group; topics and groups are bounded', () => {
  const usage = new Usage(0);
  usage.request(1, ask({ epoch: 0, replicaId: 2, topics: { a: [0] } }), 'broker-2-fetcher', 1);
  assert.deepEqual([usage.isReplica, usage.hasUse], [true, false]);
  const member = new Usage(0);
  for (let i = 0; i < 200; i++) {
    member.request(12, { groupId: `g${i}` }, 'c', 1);
    member.request(1, ask({ epoch: 1, topics: { [`t${i}`]: [0] } }), 'c', 1);
  }
  assert.deepEqual([member.facts(same).groupIds.length, member.facts(same).topicsFetched.length], [20, 100]);
  member.request(13, { groupId: 'g0' }, 'c', 1);
  assert.equal(member.facts(same).groupIds.includes('g0'), false);
  assert.deepEqual(member.facts(() => null).topicsFetched, [], 'topics that are gone are left out');
});

test('[USE-3] bytes that are no batches count as no records', () => {
  const usage = new Usage(0);
  const request = (records: Buffer) => ({
    topicData: [{ name: 'a', topicId: '', partitionData: [{ index: 0, records }] }],
  });
  for (const records of [Buffer.alloc(61, 0xff), Buffer.alloc(3)]) {
    usage.request(0, request(records), 'c', 1);
    usage.answer(0, NO_RESPONSE, 0);
  }
  const { producedRecords, producedBytes } = usage.facts(same);
  assert.deepEqual([producedRecords, producedBytes], [0, 64]);
});

test('[USE-4] only records that were taken count: not those of a refused partition', () => {
  const usage = new Usage(0);
  const batch = (count: number) => {
    const bytes = Buffer.alloc(61);
    bytes[16] = 2;
    bytes.writeInt32BE(49, 8);
    bytes.writeInt32BE(count, 57);
    return bytes;
  };
  const produceTo = (byName: Record<string, number[]>) =>
    usage.request(
      0,
      {
        topicData: Object.entries(byName).map(([name, counts]) => ({
          name,
          topicId: '',
          partitionData: counts.map((count, index) => ({ index, records: batch(count) })),
        })),
      },
      'c',
      1,
    );
  const counted = () => usage.facts(same).producedRecords;
  produceTo({ a: [1, 10], b: [100] });
  assert.equal(counted(), 0, 'nothing is taken before the answer');
  // In another order than was asked.
  const answered = [
    { name: 'b', topicId: '', partitionResponses: [{ index: 0, errorCode: 0, baseOffset: 0 }] },
    {
      name: 'a',
      topicId: '',
      partitionResponses: [
        { index: 1, errorCode: 19, baseOffset: -1 },
        { index: 0, errorCode: 0, baseOffset: 0 },
      ],
    },
  ];
  usage.answer(0, { responses: answered }, 50);
  assert.equal(counted(), 101);
  usage.answer(0, NO_RESPONSE, 0);
  assert.equal(counted(), 101, 'once for each request');
  produceTo({ a: [1_000] });
  usage.answer(0, NO_RESPONSE, 0);
  assert.equal(counted(), 1_101);
  assert.equal(usage.facts(same).producedBytes, 61 * 3);
});
