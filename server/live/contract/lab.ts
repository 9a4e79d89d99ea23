// The lab: nodes, faults and the timeline. Faults have the shapes of engine/lab.ts, said anew because the contract imports nothing of
// the engine; the compiler holds the two together where lab/ and with-lab.ts hand them over.
import type { HealthLevel, Sampled } from './parts.ts';

export type LabNodeState = 'starting' | 'running' | 'frozen' | 'stopping' | 'stopped' | 'failed';
export interface LabNodeRow {
  readonly id: number;
  readonly role: 'broker' | 'controller';
  readonly state: LabNodeState;
  readonly sinceMs: number;
  /** Why it does not run: "killed", "stopped", or what it fell with; null while it runs. */
  readonly reason: string | null;
  readonly address: string | null;
  readonly rack: string | null;
  /** Added to each append to a log and each flush; null: as fast as it is. */
  readonly slowDisk: LabSlowDisk | null;
  /** Partitions it leads, holds, and holds the only in-sync replica of. Zero for the controller; null before the first sample. */
  readonly leaders: number | null;
  readonly replicas: number | null;
  readonly onlyReplicas: number | null;
}
export interface LabSlowDisk {
  readonly appendMs: number;
  readonly flushMs: number;
}
/** A cut link carries nothing, and nobody is told: what is sent waits until it is healed. A slow one takes `delayMs` more each way. */
export type LabLinkFault =
  | { readonly kind: 'cut'; readonly oneWay: boolean }
  | { readonly kind: 'delay'; readonly delayMs: number; readonly oneWay: boolean };
/** With `oneWay` only what goes from `from` to `to` is hit. */
export interface LabLink {
  readonly from: number;
  readonly to: number;
  readonly fault: LabLinkFault;
  readonly sinceMs: number;
}
export type LabFaultAction =
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** Kafka's error code: the request is not carried out, and its answer carries the error. */
  | { readonly kind: 'error'; readonly errorCode: number }
  | { readonly kind: 'drop' };
/** Which requests of clients something happens to; in the patterns * stands for any text. */
export interface LabFaultOrder {
  /** Nodes of the cluster and the dashboard are meant only by a pattern that begins as their ids do. */
  readonly clientId: string;
  /** null: every API. */
  readonly api: string | null;
  /** null: also requests that name no topic. */
  readonly topic: string | null;
  readonly action: LabFaultAction;
  /** How many requests, at all brokers together; null: every one. */
  readonly times: number | null;
}
export interface LabFaultRow extends LabFaultOrder {
  readonly id: number;
  /** "Produce of orders-* takes 300 ms longer" */
  readonly sentence: string;
  readonly setAtMs: number;
  readonly endsAtMs: number;
  readonly hits: number;
  /** null: no limit. */
  readonly left: number | null;
}
/** What a fault rule may name. */
export interface LabFaultApi {
  readonly name: string;
  readonly namesTopics: boolean;
  readonly carriesErrors: boolean;
}
export interface LabAction {
  readonly kind: 'rollingRestart';
  readonly startedAtMs: number;
  readonly step: 'waiting' | 'stopping' | 'starting';
  /** The broker it is at. */
  readonly brokerId: number;
  readonly done: number;
  readonly total: number;
  /** Partitions that still miss an in-sync replica or a leader: it goes on at 0. */
  readonly waitsForPartitions: number;
  readonly isCancelling: boolean;
}
export interface LabEvent {
  /** Rises by one. */
  readonly id: number;
  readonly atMs: number;
  /** 'lab': done to a node, or by one itself. 'cluster': what the cluster then says of itself. */
  readonly source: 'lab' | 'cluster';
  readonly level: HealthLevel;
  readonly nodeId: number | null;
  /** "Broker 2 was killed", "Broker 1 leads 4 partitions that broker 2 led". */
  readonly sentence: string;
  /** "you asked for it", "rolling restart", "broker 2 was killed 9.2 s before"; null when it is not known. */
  readonly cause: string | null;
  /** At most 5 of those it speaks of, such as "orders-3". */
  readonly partitions: readonly string[];
}
export interface LabView extends Sampled {
  readonly nodes: readonly LabNodeRow[];
  /** null before the first sample. */
  readonly partitions: {
    readonly total: number;
    readonly leaderless: number;
    /** Fewer replicas in sync than assigned, those without a leader included. */
    readonly underReplicated: number;
  } | null;
  readonly action: LabAction | null;
  /** What is at risk now, and what still holds; null before the first sample. */
  readonly guarantee: {
    readonly level: HealthLevel;
    readonly sentence: string;
    /** Topics with partitions without a leader; at most five. */
    readonly leaderlessTopics: readonly string[];
  } | null;
  /** Links that are cut or slow. */
  readonly links: readonly LabLink[];
  /** In force, oldest first. */
  readonly faults: readonly LabFaultRow[];
  readonly faultApis: readonly LabFaultApi[];
  /** Newest last, at most 200. */
  readonly events: readonly LabEvent[];
}

/** Verbs on one node. */
export type LabVerb = 'stop' | 'kill' | 'start' | 'freeze' | 'thaw' | 'restart' | 'wipe';
