// Makes the answers of two clusters comparable: what is chosen at random (ids, ports, times) becomes a label by order of
// appearance, lists whose order means nothing are sorted, texts for people are left out. All else stays as it was said.

import { BATCH_HEADER_BYTES, readBatchHeader } from '../../server/protocol/records/batch.ts';

export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain };

/** Fields whose value is one cluster's own; equal values get equal labels within a session. */
const LABELLED = new Set(['topicId', 'memberId', 'leader', 'producerId', 'clusterId', 'logDir', 'brokerEpoch']);
/** One cluster's own, like LABELLED, but nothing refers to them: whether there is one matters, not which. */
const OWN = new Set([
  'host',
  'port',
  'clientHost',
  'totalBytes',
  'usableBytes',
  'partitionSize',
  'sessionId',
  'throttleTimeMs',
]);
/** Times: whether one was given matters, not which. */
const TIMES = new Set([
  'timestamp',
  'logAppendTimeMs',
  'lastTimestamp',
  'transactionStartTimeMs',
  'maxTimestampMs',
  'baseTimestampMs',
]);
const TEXTS = new Set(['errorMessage', 'batchIndexErrorMessage', 'documentation']);
/** Given to a session in a fixed order, or compared as sets: sorted by what names them. */
const NAMES = [
  'name',
  'topic',
  'topicName',
  'groupId',
  'partitionIndex',
  'partition',
  'index',
  'key',
  'transactionalId',
  'brokerId',
  'nodeId',
  'memberId',
  'resourceName',
  'resourceType',
  'user',
  'mechanism',
  'entityType',
  'feature',
];

export class Normaliser {
  readonly #labels = new Map<string, string>();

  /** The same value is given the same label again. */
  label(kind: string, value: string | number): string {
    const key = `${kind} ${value}`;
    let label = this.#labels.get(key);
    if (label === undefined) {
      const sameKind = [...this.#labels.keys()].filter((other) => other.startsWith(`${kind} `)).length;
      label = `<${kind} ${sameKind + 1}>`;
      this.#labels.set(key, label);
    }
    return label;
  }

  plain(value: unknown, field = ''): Plain {
    if (TEXTS.has(field) || value === null || value === undefined) return null;
    if (Buffer.isBuffer(value)) return field === 'records' ? this.#batches(value) : value.toString('hex');
    if (Array.isArray(value)) return this.#list(value, field);
    if (typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, this.plain(part, name)]));
    }
    if (typeof value === 'string' || typeof value === 'number') return this.#scalar(value, field);
    return typeof value === 'boolean' ? value : String(value);
  }

  /** Whole batches with their bodies as bytes; the producer's id inside a batch gets its label too. */
  #batches(bytes: Buffer): Plain {
    const batches: Plain[] = [];
    for (let position = 0; position + BATCH_HEADER_BYTES <= bytes.length; ) {
      const { sizeBytes, crc: _, ...header } = readBatchHeader(bytes, position);
      const body = bytes.subarray(position + BATCH_HEADER_BYTES, position + sizeBytes);
      batches.push({ ...(this.plain(header) as Record<string, Plain>), body: body.toString('hex') });
      position += sizeBytes;
    }
    return batches;
  }

  #scalar(value: string | number, field: string): Plain {
    if (OWN.has(field)) return value === 0 || value === '' || value === -1 ? value : `<a ${field}>`;
    if (TIMES.has(field)) return typeof value === 'number' && value > 1_000_000_000_000 ? '<a time>' : value;
    if (LABELLED.has(field) && value !== '' && value !== -1) {
      return isNamed(value) ? this.label(field === 'leader' ? 'memberId' : field, value) : value;
    }
    return value;
  }

  #list(values: readonly unknown[], field: string): Plain {
    const plain = values.map((value) => this.plain(value, field));
    const nameOf = (item: Plain): string => {
      // Quotas are named by all that is in them.
      if (item === null || typeof item !== 'object' || field === 'entries') return JSON.stringify(item);
      const named = item as Readonly<Record<string, Plain>>;
      return NAMES.flatMap((name) => (name in named ? [String(named[name]).padStart(12, '0')] : [])).join(' ');
    };
    return plain.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0));
  }
}

/** The zero uuid is said by both alike. */
const isNamed = (value: string | number): boolean => value !== 'AAAAAAAAAAAAAAAAAAAAAA';
