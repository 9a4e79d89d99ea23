// The calls: arguments and result of each. schemas.ts checks every argument.
import type { ConfigRow } from './brokers.ts';
import type { ResetRow, ResetStrategy } from './groups.ts';
import type { LabFaultOrder, LabLinkFault, LabSlowDisk } from './lab.ts';
import type { ErrorBody } from './parts.ts';
import type { QuotaEntity, QuotaKey, QuotaLimits } from './quotas.ts';
import type { ReassignMove, ReassignPlan, ReassignRequest } from './reassign.ts';
import type { PayloadInput, RecordRow } from './records.ts';
import type { ScramMechanism } from './users.ts';

/** name → arguments and result. All arguments are checked by schemas.ts before a call runs. */
export interface Calls {
  'topic.create': {
    args: { name: string; partitions: number; replicationFactor: number; configs: Record<string, string> };
    result: { name: string };
  };
  'topic.delete': { args: { name: string }; result: { name: string } };
  /** What deleting would lose. */
  'topic.impact': {
    args: { name: string };
    result: { records: number | null; sizeBytes: number | null; groups: { groupId: string; state: string }[] };
  };
  'topic.addPartitions': { args: { name: string; totalCount: number }; result: { totalCount: number } };
  'topic.configs': { args: { name: string }; result: ConfigRow[] };
  /** A null value removes the setting, so that the default applies again. */
  'topic.alterConfigs': { args: { name: string; changes: Record<string, string | null> }; result: { changed: number } };
  'topic.deleteRecords': {
    args: { name: string; before: { partition: number; offset: number }[] };
    result: { partitions: { partition: number; startOffset: number | null; error: ErrorBody | null }[] };
  };
  'record.produce': {
    args: {
      topic: string;
      /** null: by key (Kafka's murmur2), or spread when there is no key. */
      partition: number | null;
      key: PayloadInput | null;
      /** null writes a tombstone. */
      value: PayloadInput | null;
      headers: { key: string; value: string }[];
      /** 1..10,000 copies. "{{n}}" in key and value becomes the copy's number. */
      count: number;
    };
    result: { produced: number; first: { partition: number; offset: number } };
  };
  /** Without `isWhole` payloads are cut at 1 MB. */
  'record.get': {
    args: { topic: string; partition: number; offset: number; isWhole?: boolean | undefined };
    result: RecordRow;
  };
  'group.previewReset': {
    args: { groupId: string; topic: string; partitions: number[] | null; strategy: ResetStrategy };
    result: { rows: ResetRow[]; isAllowed: boolean; refusal: string | null };
  };
  'group.resetOffsets': {
    args: { groupId: string; offsets: { topic: string; partition: number; offset: number }[] };
    result: { changed: number };
  };
  'group.delete': { args: { groupId: string }; result: { groupId: string } };
  'group.deleteOffsets': { args: { groupId: string; topic: string }; result: { partitions: number } };
  'broker.configs': { args: { brokerId: number }; result: ConfigRow[] };
  /** Names for the command palette: at most 20 of each. */
  search: { args: { query: string }; result: { topics: string[]; groups: string[] } };
  'traffic.startProducer': {
    args: {
      topic: string;
      recordsPerSecond: number;
      recordBytes: number;
      /** 0: records without a key. */
      keys: number;
      acks: 0 | 1 | -1;
      durationSeconds: number;
    };
    result: { id: string };
  };
  'traffic.startConsumer': {
    args: { topic: string; groupId: string; members: number; recordsPerSecond: number; durationSeconds: number };
    result: { id: string };
  };
  'traffic.stop': { args: { id: string | 'all' }; result: { stopped: number } };
  /** Reads sizes and placement, and works out what would move. Changes nothing. */
  'reassign.plan': { args: { request: ReassignRequest }; result: ReassignPlan };
  'reassign.planMoves': {
    args: { planId: string; query: string; offset: number; limit: number };
    result: { matching: number; offset: number; rows: ReassignMove[] };
  };
  /** Refused as PLAN_OUTDATED when the placement is no longer what the plan began from. Answers when it has begun. */
  'reassign.start': {
    args: { planId: string; throttleBytesPerSecond: number | null };
    result: { partitions: number };
  };
  /** null: as fast as the brokers can. */
  'reassign.setThrottle': {
    args: { bytesPerSecond: number | null };
    result: { bytesPerSecond: number | null };
  };
  /** Puts back what is under way; what has moved stays where it is. */
  'reassign.cancel': { args: Record<string, never>; result: { cancelled: number } };
  /** Forgets a finished run, so that the page is free for the next plan. */
  'reassign.putAway': { args: Record<string, never>; result: { wasThere: boolean } };
  'reassign.removeThrottles': { args: Record<string, never>; result: { brokers: number; topics: number } };
  /**
   * Ends a transaction in one partition without its coordinator, by WriteTxnMarkers to the leader: what was written is never seen by
   * readers of committed records. Refused as INVALID_TXN_STATE when it is not open any more.
   */
  'transaction.abort': {
    args: { topic: string; partition: number; producerId: string; startOffset: number };
    result: { topic: string; partition: number };
  };
  /** Gives the transactional id a new epoch: an open transaction is aborted, its producer can write no more. */
  'transaction.fence': { args: { transactionalId: string }; result: { producerId: string; producerEpoch: number } };
  /** Elects a leader among replicas that are up for partitions that have none, in sync or not. What the others had is lost. */
  'topic.electAnyway': {
    args: { name: string; partitions: number[] };
    result: { elected: number; left: { partition: number; reason: string }[] };
  };
  /**
   * Sets limits of one entity, or with null takes them away; the others stay. Refused as QUOTA_CHANGED when its limits are no longer
   * those of `expected`.
   */
  'quota.alter': {
    args: { entity: QuotaEntity; limits: Readonly<Partial<Record<QuotaKey, number | null>>>; expected: QuotaLimits };
    result: { changed: number };
  };
  /**
   * Salts the password here and gives the cluster what SCRAM needs. Nothing of it comes back, is logged or kept. With `isNew` refused as
   * USER_EXISTS, without as RESOURCE_NOT_FOUND.
   */
  'user.setPassword': {
    args: {
      name: string;
      mechanisms: readonly ScramMechanism[];
      iterations: number;
      password: string;
      isNew: boolean;
    };
    result: { name: string; mechanisms: readonly ScramMechanism[] };
  };
  /** Deletes the credentials of these mechanisms: with the last one the user is gone. */
  'user.delete': {
    args: { name: string; mechanisms: readonly ScramMechanism[] };
    result: { name: string; mechanisms: readonly ScramMechanism[] };
  };
  /** lab.*: only where the cluster's capabilities say `lab`. Each answers when it is done, LAB_REFUSED when it does not fit. */
  'lab.stop': { args: { nodeId: number }; result: { nodeId: number } };
  'lab.kill': { args: { nodeId: number }; result: { nodeId: number } };
  'lab.start': { args: { nodeId: number }; result: { nodeId: number } };
  'lab.freeze': { args: { nodeId: number }; result: { nodeId: number } };
  'lab.thaw': { args: { nodeId: number }; result: { nodeId: number } };
  /** Stops it in order and starts it again. */
  'lab.restart': { args: { nodeId: number }; result: { nodeId: number } };
  /** Stops a broker, throws away all it has stored, and starts it empty. */
  'lab.wipe': { args: { nodeId: number }; result: { nodeId: number } };
  /** One more broker, with the next id; answers when it serves. A null rack is the next in turn. */
  'lab.addBroker': { args: { rack: string | null }; result: { nodeId: number } };
  /** Stops a broker that holds no replica, takes it out of the cluster for good and deletes its folder. */
  'lab.removeBroker': { args: { nodeId: number }; result: { nodeId: number } };
  /** One fault for each pair of nodes, in place of an earlier one; null heals both ways. */
  'lab.setLink': {
    args: { from: number; to: number; fault: LabLinkFault | null };
    result: { from: number; to: number };
  };
  'lab.slowDisk': { args: { nodeId: number; disk: LabSlowDisk | null }; result: { nodeId: number } };
  'lab.addFault': { args: LabFaultOrder & { durationSeconds: number }; result: { id: number } };
  'lab.endFault': { args: { id: number }; result: { wasInForce: boolean } };
  /** Heals every link and disk and ends every rule. */
  'lab.endAllFaults': { args: Record<string, never>; result: { ended: number } };
  /** Restarts all brokers in turn, each when every partition has all its replicas in sync. Answers when it has begun. */
  'lab.rollingRestart': { args: Record<string, never>; result: { brokers: number } };
  /** Ends a running action after the step it is at. */
  'lab.cancel': { args: Record<string, never>; result: { wasRunning: boolean } };
}
export type CallName = keyof Calls;
export type LabCallName = Extract<CallName, `lab.${string}`>;
export type CallArgs<N extends CallName> = Calls[N]['args'];
export type CallResult<N extends CallName> = Calls[N]['result'];
