// What the logs of the cluster's own topics tell a coordinator that loads them. The cleaner of each broker makes something else of them,
// but nothing that tells of other offsets, groups or transactions (invariant 16).
import { decodeRecord } from '../../engine/coordinator/records.ts';
import { emptyState, endTransaction, replay, type ShardState } from '../../engine/coordinator/state.ts';
import { decodeTransaction } from '../../engine/coordinator/transaction/records.ts';
import { OFFSETS_TOPIC, TRANSACTIONS_TOPIC } from '../../engine/metadata/topic-name.ts';
import { batchSizeBytes, isControl, isTransactional, readBatchHeader } from '../../protocol/records/batch.ts';
import { markerOf } from '../../protocol/records/marker.ts';
import { type BatchRecord, decodeRecords } from '../../protocol/records/record.ts';
import type { RunParts } from '../run-parts.ts';
import { SIM_COMPRESSION } from '../world/world.ts';
import { holds } from './violation.ts';

const MAX_BYTES = 1 << 20;

interface Told {
  record(record: BatchRecord, producerId: number): void;
  end(producerId: number, isCommit: boolean): void;
}
function tell(bytes: Buffer, told: Told): void {
  for (let at = 0; at < bytes.length; at += batchSizeBytes(bytes, at)) {
    const header = readBatchHeader(bytes, at);
    if (isControl(header.attributes)) {
      const marker = markerOf(bytes, at, header);
      if (marker !== null) told.end(header.producerId, marker.isCommit);
    } else {
      const producerId = isTransactional(header.attributes) ? header.producerId : -1;
      for (const record of decodeRecords(bytes, at, header, SIM_COMPRESSION, MAX_BYTES))
        told.record(record, producerId);
    }
  }
}

/** A line for each offset that a group has committed, and for each group. */
export function offsetsTold(bytes: Buffer): readonly string[] {
  const state = emptyState();
  tell(bytes, {
    record: ({ key, value }, producerId) => {
      const decoded = decodeRecord(key, value);
      if (decoded !== null) replay(state, decoded, producerId);
    },
    end: (producerId, isCommit) => endTransaction(state, producerId, isCommit),
  });
  return linesOf(state);
}
function linesOf({ offsets, groups, consumers }: ShardState): string[] {
  const lines: string[] = [];
  for (const groupId of offsets.groupIds()) {
    for (const [topic, partitions] of offsets.topics(groupId)) {
      for (const [partition, { offset }] of partitions)
        lines.push(`${groupId} is at ${offset} in ${topic}-${partition}`);
    }
  }
  for (const { groupId, generation, members } of groups.values()) {
    lines.push(`${groupId}: generation ${generation}, members ${[...members.keys()].sort()}`);
  }
  for (const { groupId, epoch, members } of consumers.values()) {
    lines.push(`${groupId}: epoch ${epoch}, members ${[...members.keys()].sort()}`);
  }
  return lines.sort();
}
/** A line for each transactional id. */
export function transactionsTold(bytes: Buffer): readonly string[] {
  const lines = new Map<string, string>();
  tell(bytes, {
    record: ({ key, value }) => {
      const decoded = decodeTransaction(key, value);
      if (decoded === null) return;
      const { transactionalId, transaction } = decoded;
      const { producerId, producerEpoch, state } = transaction ?? { producerId: -1, producerEpoch: -1, state: 'gone' };
      lines.set(transactionalId, `${transactionalId} is ${state}, producer ${producerId} in epoch ${producerEpoch}`);
    },
    end: () => {},
  });
  return [...lines.values()].filter((line) => !line.includes(' is gone,')).sort();
}

export function sameTold(
  partition: string,
  [one, its]: [string, readonly string[]],
  [other, others]: [string, readonly string[]],
) {
  const text = (lines: readonly string[]) => lines.join('\n');
  holds(16, text(its) === text(others), () => `${partition} tells ${one}\n${text(its)}\nand ${other}\n${text(others)}`);
}

/** Every replica that has all its leader has tells the same. */
export function checkInternal({ cluster, canon }: Pick<RunParts, 'cluster' | 'canon'>): void {
  for (const [topic, told] of [
    [OFFSETS_TOPIC, offsetsTold],
    [TRANSACTIONS_TOPIC, transactionsTold],
  ] as const) {
    for (const { partition, leader, replicas } of canon.state.topics.get(topic)?.partitions ?? []) {
      const key = `${topic}-${partition}`;
      const by = (id: number) => {
        const node = cluster.broker(id);
        return node?.logs.get(key) === undefined ? null : told(node.logs.bytesOf(key, node.disk));
      };
      const its = by(leader);
      for (const id of replicas) {
        const others = by(id);
        if (its !== null && others !== null) sameTold(key, [`broker ${leader}`, its], [`broker ${id}`, others]);
      }
    }
  }
}
