// One partition as this broker holds it: its log, who leads it under which epoch, and who waits for its next bytes. Made and
// changed by Replicas only; handlers read it.
import type { PartitionLog } from '../storage/log.ts';
import type { ParkedPartition } from './parked.ts';

export class Replica {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly log: PartitionLog;
  /** −1: nobody. */
  leader = -1;
  leaderEpoch = -1;
  isLeader = false;
  /** Fetches that wait for bytes of this partition. */
  readonly parked: Set<ParkedPartition> = new Set();

  constructor(log: PartitionLog) {
    this.topic = log.topic;
    this.topicId = log.topicId;
    this.partition = log.partition;
    this.log = log;
  }

  /** Consumers see what is below it. With one replica everything that was appended is committed. */
  get highWatermark(): number {
    return this.log.endOffset;
  }
}
