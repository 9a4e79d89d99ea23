// Records of the metadata log (__cluster_metadata), as Apache Kafka defines them.
import { message } from '../codec.ts';
import { array, boolean, bytes, float64, int8, int16, int32, int64, string, uint16, uuid } from '../grammar.ts';

/** apiKey 0, versions 0-3. */
export const registerBrokerRecord = message({
  versions: '0-3',
  flexible: '0+',
  fields: {
    brokerId: int32(),
    isMigratingZkBroker: boolean({ versions: '2+' }),
    incarnationId: uuid(),
    brokerEpoch: int64(),
    endPoints: array({
      name: string(),
      host: string(),
      port: uint16(),
      securityProtocol: int16(),
    }),
    features: array({
      name: string(),
      minSupportedVersion: int16(),
      maxSupportedVersion: int16(),
    }),
    rack: string({ nullable: '0+' }),
    fenced: boolean({ fallback: true }),
    inControlledShutdown: boolean({ versions: '1+' }),
    logDirs: array(uuid(), { versions: '3+', tag: 0, tagged: '3+' }),
  },
});

/** apiKey 1, versions 0. */
export const unregisterBrokerRecord = message({
  versions: '0',
  flexible: '0+',
  fields: {
    brokerId: int32(),
    brokerEpoch: int64(),
  },
});

/** apiKey 2, versions 0. */
export const topicRecord = message({
  versions: '0',
  flexible: '0+',
  fields: {
    name: string(),
    topicId: uuid(),
  },
});

/** apiKey 3, versions 0-2. */
export const partitionRecord = message({
  versions: '0-2',
  flexible: '0+',
  fields: {
    partitionId: int32({ fallback: -1 }),
    topicId: uuid(),
    replicas: array(int32()),
    isr: array(int32()),
    removingReplicas: array(int32()),
    addingReplicas: array(int32()),
    leader: int32({ fallback: -1 }),
    leaderRecoveryState: int8({ tag: 0, tagged: '0+' }),
    leaderEpoch: int32({ fallback: -1 }),
    partitionEpoch: int32({ fallback: -1 }),
    directories: array(uuid(), { versions: '1+' }),
    eligibleLeaderReplicas: array(int32(), { versions: '2+', nullable: '2+', tag: 1, tagged: '2+', fallback: null }),
    lastKnownElr: array(int32(), { versions: '2+', nullable: '2+', tag: 2, tagged: '2+', fallback: null }),
  },
});

/** apiKey 4, versions 0. */
export const configRecord = message({
  versions: '0',
  flexible: '0+',
  fields: {
    resourceType: int8(),
    resourceName: string(),
    name: string(),
    value: string({ nullable: '0+' }),
  },
});

/** apiKey 5, versions 0-2. */
export const partitionChangeRecord = message({
  versions: '0-2',
  flexible: '0+',
  fields: {
    partitionId: int32({ fallback: -1 }),
    topicId: uuid(),
    isr: array(int32(), { nullable: '0+', tag: 0, tagged: '0+', fallback: null }),
    leader: int32({ tag: 1, tagged: '0+', fallback: -2 }),
    replicas: array(int32(), { nullable: '0+', tag: 2, tagged: '0+', fallback: null }),
    removingReplicas: array(int32(), { nullable: '0+', tag: 3, tagged: '0+', fallback: null }),
    addingReplicas: array(int32(), { nullable: '0+', tag: 4, tagged: '0+', fallback: null }),
    leaderRecoveryState: int8({ tag: 5, tagged: '0+', fallback: -1 }),
    directories: array(uuid(), { versions: '1+', nullable: '1+', tag: 8, tagged: '1+', fallback: null }),
    eligibleLeaderReplicas: array(int32(), { versions: '2+', nullable: '2+', tag: 6, tagged: '2+', fallback: null }),
    lastKnownElr: array(int32(), { versions: '2+', nullable: '2+', tag: 7, tagged: '2+', fallback: null }),
  },
});

/** apiKey 7, versions 0. */
export const fenceBrokerRecord = message({
  versions: '0',
  flexible: '0+',
  fields: {
    id: int32(),
    epoch: int64(),
  },
});

/** apiKey 8, versions 0. */
export const unfenceBrokerRecord = message({
  versions: '0',
  flexible: '0+',
  fields: {
    id: int32(),
    epoch: int64(),
  },
});

/** apiKey 9, versions 0. */
export const removeTopicRecord = message({
  versions: '0',
  flexible: '0+',
  fields: {
    topicId: uuid(),
  },
});

/** apiKey 11, versions 0. */
export const userScramCredentialRecord = message({
  versions: '0',
  flexible: '0+',
  fields: {
    name: string(),
    mechanism: int8(),
    salt: bytes(),
    storedKey: bytes(),
    serverKey: bytes(),
    iterations: int32(),
  },
});

/** apiKey 12, versions 0. */
export const featureLevelRecord = message({
  versions: '0',
  flexible: '0+',
  fields: {
    name: string(),
    featureLevel: int16(),
  },
});

/** apiKey 14, versions 0. */
export const clientQuotaRecord = message({
  versions: '0',
  flexible: '0+',
  fields: {
    entity: array({ entityType: string(), entityName: string({ nullable: '0+' }) }),
    key: string(),
    value: float64(),
    remove: boolean(),
  },
});

/** apiKey 15, versions 0. */
export const producerIdsRecord = message({
  versions: '0',
  flexible: '0+',
  fields: {
    brokerId: int32(),
    brokerEpoch: int64({ fallback: -1 }),
    nextProducerId: int64(),
  },
});

/** apiKey 17, versions 0-2. */
export const brokerRegistrationChangeRecord = message({
  versions: '0-2',
  flexible: '0+',
  fields: {
    brokerId: int32(),
    brokerEpoch: int64(),
    fenced: int8({ tag: 0, tagged: '0+' }),
    inControlledShutdown: int8({ versions: '1+', tag: 1, tagged: '1+' }),
    logDirs: array(uuid(), { versions: '2+', tag: 2, tagged: '2+' }),
  },
});

/** apiKey 20, versions 0. */
export const noOpRecord = message({
  versions: '0',
  flexible: '0+',
  fields: {},
});

/** apiKey 22, versions 0. */
export const removeUserScramCredentialRecord = message({
  versions: '0',
  flexible: '0+',
  fields: {
    name: string(),
    mechanism: int8(),
  },
});
