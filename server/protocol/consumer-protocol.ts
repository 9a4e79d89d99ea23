// What consumers put into JoinGroup metadata (protocol type "consumer"): an int16 version, then the message.
import { message } from './codec.ts';
import { array, bytes, int32, string } from './grammar.ts';

/** versions 0-3. */
export const consumerProtocolSubscription = message({
  versions: '0-3',
  flexible: 'none',
  fields: {
    topics: array(string()),
    userData: bytes({ nullable: '0+', fallback: null }),
    ownedPartitions: array(
      {
        topic: string({ versions: '1+' }),
        partitions: array(int32(), { versions: '1+' }),
      },
      { versions: '1+' },
    ),
    generationId: int32({ versions: '2+', fallback: -1 }),
    rackId: string({ versions: '3+', nullable: '3+', fallback: null }),
  },
});

/** What SyncGroup hands to a consumer; versions 0-3. */
export const consumerProtocolAssignment = message({
  versions: '0-3',
  flexible: 'none',
  fields: {
    assignedPartitions: array({ topic: string(), partitions: array(int32()) }),
    userData: bytes({ nullable: '0+', fallback: null }),
  },
});
