// Records of the metadata log as values, and their bytes: KRaft's frame, which is frame version, API key and version as
// unsigned varints, then the flexible body. Written by the controller, read by every node. Knows nothing of what records mean.
import { DecodeError } from '../../kernel/decode-error.ts';
import type { Message } from '../../protocol/codec.ts';
import type { Fields, Input, Value } from '../../protocol/grammar.ts';
import { defaults } from '../../protocol/grammar.ts';
import { Reader } from '../../protocol/reader.ts';
import {
  brokerRegistrationChangeRecord,
  clientQuotaRecord,
  configRecord,
  featureLevelRecord,
  fenceBrokerRecord,
  noOpRecord,
  partitionChangeRecord,
  partitionRecord,
  producerIdsRecord,
  registerBrokerRecord,
  removeTopicRecord,
  removeUserScramCredentialRecord,
  topicRecord,
  unfenceBrokerRecord,
  unregisterBrokerRecord,
  userScramCredentialRecord,
} from '../../protocol/schema/metadata-records.ts';
import { includes } from '../../protocol/versions.ts';
import { Writer } from '../../protocol/writer.ts';

const FRAME_VERSION = 1;

/** `version` is the one written; every version of the message is read. */
const KINDS = {
  registerBroker: { key: 0, version: 3, message: registerBrokerRecord },
  unregisterBroker: { key: 1, version: 0, message: unregisterBrokerRecord },
  topic: { key: 2, version: 0, message: topicRecord },
  partition: { key: 3, version: 2, message: partitionRecord },
  config: { key: 4, version: 0, message: configRecord },
  partitionChange: { key: 5, version: 2, message: partitionChangeRecord },
  fenceBroker: { key: 7, version: 0, message: fenceBrokerRecord },
  unfenceBroker: { key: 8, version: 0, message: unfenceBrokerRecord },
  removeTopic: { key: 9, version: 0, message: removeTopicRecord },
  userScramCredential: { key: 11, version: 0, message: userScramCredentialRecord },
  featureLevel: { key: 12, version: 0, message: featureLevelRecord },
  clientQuota: { key: 14, version: 0, message: clientQuotaRecord },
  producerIds: { key: 15, version: 0, message: producerIdsRecord },
  brokerRegistrationChange: { key: 17, version: 1, message: brokerRegistrationChangeRecord },
  noOp: { key: 20, version: 0, message: noOpRecord },
  removeUserScramCredential: { key: 22, version: 0, message: removeUserScramCredentialRecord },
} as const;
type Kinds = typeof KINDS;
export type RecordKind = keyof Kinds;
type FieldsOf<K extends RecordKind> = Kinds[K]['message'] extends Message<infer S> ? S : never;

export type RecordBody<K extends RecordKind> = Value<FieldsOf<K>>;
export type MetadataRecord = { [K in RecordKind]: { readonly kind: K; readonly body: RecordBody<K> } }[RecordKind];

/** A record with Kafka's defaults for whatever `body` leaves out. */
export function record<K extends RecordKind>(
  kind: K,
  body: Partial<RecordBody<K>>,
): Extract<MetadataRecord, { readonly kind: K }> {
  const whole = { ...defaults(KINDS[kind].message.fields), ...body };
  return { kind, body: whole } as unknown as Extract<MetadataRecord, { readonly kind: K }>;
}

export function encodeRecord({ kind, body }: MetadataRecord): Buffer {
  const { key, version, message } = KINDS[kind];
  const writer = new Writer();
  writer.unsignedVarint(FRAME_VERSION);
  writer.unsignedVarint(key);
  writer.unsignedVarint(version);
  // The union keeps kind and body together; TypeScript cannot follow that through the table.
  (message as unknown as Message<Fields>).write(writer, version, body as Input<Fields>);
  return writer.toBuffer();
}

const kindsByKey = new Map<number, RecordKind>(
  Object.entries(KINDS).map(([kind, { key }]) => [key, kind as RecordKind]),
);

/** Throws DecodeError for a frame, key or version that this engine does not write. */
export function decodeRecord(bytes: Buffer): MetadataRecord {
  const reader = new Reader(bytes);
  const frameVersion = reader.unsignedVarint();
  if (frameVersion !== FRAME_VERSION) throw new DecodeError(`metadata record frame of version ${frameVersion}`);
  const key = reader.unsignedVarint();
  const version = reader.unsignedVarint();
  const kind = kindsByKey.get(key);
  if (kind === undefined) throw new DecodeError(`metadata record of unknown type ${key}`);
  const message = KINDS[kind].message as unknown as Message<Fields>;
  if (!includes(message.versions, version)) throw new DecodeError(`metadata record ${kind} of version ${version}`);
  const body = message.read(reader, version);
  if (reader.remaining() > 0) throw new DecodeError(`${reader.remaining()} bytes left behind a metadata record`);
  return { kind, body } as MetadataRecord;
}
