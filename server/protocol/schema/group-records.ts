// Records of __consumer_offsets for classic groups and committed offsets, as Apache Kafka defines them.
import { message } from '../codec.ts';
import { array, bytes, int32, int64, long, string, uuid } from '../grammar.ts';

/** apiKey 1, versions 0. */
export const offsetCommitKey = message({
  versions: '0',
  flexible: 'none',
  fields: {
    group: string(),
    topic: string(),
    partition: int32(),
  },
});

/** apiKey 1, versions 0-4. */
export const offsetCommitValue = message({
  versions: '0-4',
  flexible: '4+',
  fields: {
    offset: long(),
    leaderEpoch: int32({ versions: '3+', fallback: -1 }),
    metadata: string(),
    commitTimestamp: int64(),
    expireTimestamp: int64({ versions: '1', fallback: -1 }),
    topicId: uuid({ versions: '4+', tag: 0, tagged: '4+' }),
  },
});

/** apiKey 2, versions 0. */
export const groupMetadataKey = message({
  versions: '0',
  flexible: 'none',
  fields: {
    group: string(),
  },
});

/** apiKey 2, versions 0-4. */
export const groupMetadataValue = message({
  versions: '0-4',
  flexible: '4+',
  fields: {
    protocolType: string(),
    generation: int32(),
    protocol: string({ nullable: '0+' }),
    leader: string({ nullable: '0+' }),
    currentStateTimestamp: int64({ versions: '2+', fallback: -1 }),
    members: array({
      memberId: string(),
      groupInstanceId: string({ versions: '3+', nullable: '3+', fallback: null }),
      clientId: string(),
      clientHost: string(),
      rebalanceTimeout: int32({ versions: '1+', fallback: -1 }),
      sessionTimeout: int32(),
      subscription: bytes(),
      assignment: bytes(),
    }),
  },
});
