// The lab: nodes, faults and the timeline. Faults have the shapes of engine/lab.ts, said anew because the contract imports nothing of
// the engine; the compiler holds the two together where lab/ and with-lab.ts hand them over.
import { z } from 'zod';
import { LAB, UnregisterBroker } from './apis.ts';
import { call, channel, type HttpRoute, type Shape, subject } from './declare.ts';
import { durationSeconds, nothing, whole } from './inputs.ts';
import { flag, HealthLevel, int, Sampled, text } from './parts.ts';

const nodeId = whole(1, 100_000);
const delayMs = whole(1, 60_000);

export const LabSlowDisk = z.strictObject({ appendMs: whole(0, 1_000), flushMs: whole(0, 10_000) });
export type LabSlowDisk = Shape<typeof LabSlowDisk>;

export const LabNodeState = z.enum(['starting', 'running', 'frozen', 'stopping', 'stopped', 'failed']);
export type LabNodeState = Shape<typeof LabNodeState>;
export const LabNodeRow = z.strictObject({
  id: int,
  role: z.enum(['broker', 'controller']),
  state: LabNodeState,
  sinceMs: int,
  /** Why it does not run: "killed", "stopped", or what it fell with; null while it runs. */
  reason: text.nullable(),
  address: text.nullable(),
  rack: text.nullable(),
  /** Added to each append to a log and each flush; null: as fast as it is. */
  slowDisk: LabSlowDisk.nullable(),
  /** Partitions it leads, holds, and holds the only in-sync replica of. Zero for the controller; null before the first sample. */
  leaders: int.nullable(),
  replicas: int.nullable(),
  onlyReplicas: int.nullable(),
});
export type LabNodeRow = Shape<typeof LabNodeRow>;

/** A cut link carries nothing, and nobody is told: what is sent waits until it is healed. A slow one takes `delayMs` more each way. */
export const LabLinkFault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('cut'), oneWay: z.boolean() }),
  z.strictObject({ kind: z.literal('delay'), delayMs, oneWay: z.boolean() }),
]);
export type LabLinkFault = Shape<typeof LabLinkFault>;
/** With `oneWay` only what goes from `from` to `to` is hit. */
export const LabLink = z.strictObject({ from: int, to: int, fault: LabLinkFault, sinceMs: int });
export type LabLink = Shape<typeof LabLink>;

export const LabFaultAction = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('delay'), delayMs }),
  /** Kafka's error code: the request is not carried out, and its answer carries the error. */
  z.strictObject({ kind: z.literal('error'), errorCode: whole(-1, 1_000) }),
  z.strictObject({ kind: z.literal('drop') }),
]);
export type LabFaultAction = Shape<typeof LabFaultAction>;
/** Which requests of clients something happens to; in the patterns * stands for any text. */
export const LabFaultOrder = z.strictObject({
  /** Nodes of the cluster and the dashboard are meant only by a pattern that begins as their ids do. */
  clientId: z.string().min(1).max(249),
  /** null: every API. */
  api: z.string().min(1).max(100).nullable(),
  /** null: also requests that name no topic. */
  topic: z.string().min(1).max(249).nullable(),
  action: LabFaultAction,
  /** How many requests, at all brokers together; null: every one. */
  times: whole(1, 1_000_000).nullable(),
});
export type LabFaultOrder = Shape<typeof LabFaultOrder>;
export const LabFaultRow = z.strictObject({
  ...LabFaultOrder.shape,
  id: int,
  /** "Produce of orders-* takes 300 ms longer" */
  sentence: text,
  setAtMs: int,
  endsAtMs: int,
  hits: int,
  /** null: no limit. */
  left: int.nullable(),
});
export type LabFaultRow = Shape<typeof LabFaultRow>;
/** What a fault rule may name. */
export const LabFaultApi = z.strictObject({ name: text, namesTopics: flag, carriesErrors: flag });
export type LabFaultApi = Shape<typeof LabFaultApi>;

export const LabAction = z.strictObject({
  kind: z.literal('rollingRestart'),
  startedAtMs: int,
  step: z.enum(['waiting', 'stopping', 'starting']),
  /** The broker it is at. */
  brokerId: int,
  done: int,
  total: int,
  /** Partitions that still miss an in-sync replica or a leader: it goes on at 0. */
  waitsForPartitions: int,
  isCancelling: flag,
});
export type LabAction = Shape<typeof LabAction>;

export const LabEvent = z.strictObject({
  /** Rises by one. */
  id: int,
  atMs: int,
  /** 'lab': done to a node, or by one itself. 'cluster': what the cluster then says of itself. */
  source: z.enum(['lab', 'cluster']),
  level: HealthLevel,
  nodeId: int.nullable(),
  /** "Broker 2 was killed", "Broker 1 leads 4 partitions that broker 2 led". */
  sentence: text,
  /** "you asked for it", "rolling restart", "broker 2 was killed 9.2 s before"; null when it is not known. */
  cause: text.nullable(),
  /** At most 5 of those it speaks of, such as "orders-3". */
  partitions: z.array(text),
});
export type LabEvent = Shape<typeof LabEvent>;

export const LabView = z.strictObject({
  ...Sampled.shape,
  nodes: z.array(LabNodeRow),
  /** null before the first sample. */
  partitions: z
    .strictObject({
      total: int,
      leaderless: int,
      /** Fewer replicas in sync than assigned, those without a leader included. */
      underReplicated: int,
    })
    .nullable(),
  action: LabAction.nullable(),
  /** What is at risk now, and what still holds; null before the first sample. */
  guarantee: z
    .strictObject({
      level: HealthLevel,
      sentence: text,
      /** Topics with partitions without a leader; at most five. */
      leaderlessTopics: z.array(text),
    })
    .nullable(),
  /** Links that are cut or slow. */
  links: z.array(LabLink),
  /** In force, oldest first. */
  faults: z.array(LabFaultRow),
  faultApis: z.array(LabFaultApi),
  /** Newest last, at most 200. */
  events: z.array(LabEvent),
});
export type LabView = Shape<typeof LabView>;

/** Verbs on one node. */
export type LabVerb = 'stop' | 'kill' | 'start' | 'freeze' | 'thaw' | 'restart' | 'wipe';

const node = z.strictObject({ nodeId: int });
const onNode = (verb: LabVerb, says: string) =>
  call({
    args: z.strictObject({ nodeId }),
    result: node,
    says,
    right: 'admin',
    on: (args) => ['node', String(args.nodeId)],
    needs: [LAB],
    changes: true,
    http: `POST /lab/nodes/{nodeId}/${verb}` satisfies HttpRoute,
  });
/** What every call of the lab has: each answers when it is done, LAB_REFUSED when it does not fit. */
const inTheLab = { right: 'admin', needs: [LAB], changes: true } as const;

export const lab = subject({
  channels: {
    lab: channel({
      params: nothing,
      data: LabView,
      says: 'Shows the nodes that run in this process, their faults, and what followed from them.',
      needs: [LAB],
    }),
  },
  streams: {},
  calls: {
    'lab.stop': onNode('stop', 'Stops a node in order.'),
    'lab.kill': onNode('kill', 'Kills a node as a crash would.'),
    'lab.start': onNode('start', 'Starts a node that does not run.'),
    'lab.freeze': onNode('freeze', 'Freezes a node, so that it answers nothing and is not gone.'),
    'lab.thaw': onNode('thaw', 'Lets a frozen node go on.'),
    'lab.restart': onNode('restart', 'Stops a node in order and starts it again.'),
    'lab.wipe': onNode('wipe', 'Stops a broker, throws away all it has stored, and starts it empty.'),
    'lab.addBroker': call({
      ...inTheLab,
      args: z.strictObject({
        /** null: the next in turn. */
        rack: z.string().min(1).max(64).nullable(),
      }),
      result: node,
      says: 'Adds a broker with the next id, and answers when it serves.',
      on: () => null,
      http: 'POST /lab/brokers',
    }),
    'lab.removeBroker': call({
      ...inTheLab,
      needs: [LAB, UnregisterBroker],
      args: z.strictObject({ nodeId }),
      result: node,
      says: 'Stops a broker that holds no replica, takes it out of the cluster for good and deletes its folder.',
      on: (args) => ['node', String(args.nodeId)],
      http: 'DELETE /lab/brokers/{nodeId}',
    }),
    'lab.setLink': call({
      ...inTheLab,
      args: z.strictObject({
        from: nodeId,
        to: nodeId,
        /** null heals both ways. */
        fault: LabLinkFault.nullable(),
      }),
      result: z.strictObject({ from: int, to: int }),
      says: 'Cuts, slows or heals the link between two nodes, in place of an earlier fault of the pair.',
      on: () => null,
      http: 'PUT /lab/links/{from}/{to}',
    }),
    'lab.slowDisk': call({
      ...inTheLab,
      args: z.strictObject({ nodeId, disk: LabSlowDisk.nullable() }),
      result: node,
      says: 'Slows the disk of a node, or lets it be as fast as it is.',
      on: (args) => ['node', String(args.nodeId)],
      http: 'PUT /lab/nodes/{nodeId}/disk',
    }),
    'lab.addFault': call({
      ...inTheLab,
      args: z.strictObject({ ...LabFaultOrder.shape, durationSeconds }),
      result: z.strictObject({ id: int }),
      says: 'Delays, refuses or drops requests of some clients for a while.',
      on: () => null,
      http: 'POST /lab/faults',
    }),
    'lab.endFault': call({
      ...inTheLab,
      args: z.strictObject({ id: whole(1, Number.MAX_SAFE_INTEGER) }),
      result: z.strictObject({ wasInForce: flag }),
      says: 'Ends one rule of faults before its time.',
      on: () => null,
      http: 'DELETE /lab/faults/{id}',
    }),
    'lab.endAllFaults': call({
      ...inTheLab,
      args: nothing,
      result: z.strictObject({ ended: int }),
      says: 'Heals every link and disk and ends every rule of faults.',
      on: () => null,
      http: 'DELETE /lab/faults',
    }),
    /** Answers when it has begun. */
    'lab.rollingRestart': call({
      ...inTheLab,
      args: nothing,
      result: z.strictObject({ brokers: int }),
      says: 'Restarts all brokers in turn, each when every partition has all its replicas in sync.',
      on: () => null,
      http: 'POST /lab/rolling-restart',
    }),
    'lab.cancel': call({
      ...inTheLab,
      args: nothing,
      result: z.strictObject({ wasRunning: flag }),
      says: 'Ends a running action after the step it is at.',
      on: () => null,
      http: 'DELETE /lab/rolling-restart',
    }),
  },
});
