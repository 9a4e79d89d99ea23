// The Kafka requests that can be sent: for each API the versions it can speak, newest first. Bodies are encoded and decoded by the
// client library, except Fetch and Produce of raw batches (records/), reassignments and markers (*-api.ts). Older than Apache Kafka 3.0 is not supported.
import {
  type API,
  alterClientQuotasV0,
  alterClientQuotasV1,
  alterUserScramCredentialsV0,
  apiVersionsV3,
  apiVersionsV4,
  consumerGroupDescribeV0,
  createPartitionsV3,
  createTopicsV7,
  deleteGroupsV2,
  deleteRecordsV2,
  deleteTopicsV6,
  describeClientQuotasV0,
  describeClientQuotasV1,
  describeClusterV0,
  describeClusterV1,
  describeConfigsV4,
  describeGroupsV5,
  describeLogDirsV2,
  describeLogDirsV3,
  describeLogDirsV4,
  describeProducersV0,
  describeTransactionsV0,
  describeUserScramCredentialsV0,
  findCoordinatorV4,
  findCoordinatorV5,
  findCoordinatorV6,
  incrementalAlterConfigsV1,
  initProducerIdV4,
  initProducerIdV5,
  listGroupsV4,
  listGroupsV5,
  listOffsetsV7,
  listOffsetsV8,
  listOffsetsV9,
  listTransactionsV0,
  listTransactionsV1,
  listTransactionsV2,
  metadataV10,
  metadataV11,
  metadataV12,
  offsetCommitV8,
  offsetCommitV9,
  offsetDeleteV0,
  offsetFetchV8,
  offsetFetchV9,
  produceV9,
  produceV10,
  produceV11,
  unregisterBrokerV0,
} from '@platformatic/kafka';

/** Kafka's numbers for kinds of resources, of settings and of changes to them. */
export { ConfigResourceTypes, ConfigTypes, IncrementalAlterConfigOperationTypes } from '@platformatic/kafka';

export interface ApiFamily<Args extends unknown[], Response> {
  readonly key: number;
  readonly name: string;
  /** Newest first. */
  readonly versions: readonly API<Args, Response>[];
}

interface AnyVersion {
  readonly key: number;
  readonly version: number;
}

/**
 * Versions of one API as one family. The library types each version apart; they take the same arguments as the newest,
 * and a field that an old answer lacks is read as optional by the callers (groupType, totalBytes). That is the guarantee.
 */
function family<Args extends unknown[], Response>(
  name: string,
  newest: API<Args, Response>,
  ...older: readonly AnyVersion[]
): ApiFamily<Args, Response> {
  return { key: newest.key, name, versions: [newest, ...(older as unknown as readonly API<Args, Response>[])] };
}

export const API_VERSIONS = family('ApiVersions', apiVersionsV4.api, apiVersionsV3.api);
export const DESCRIBE_CLUSTER = family('DescribeCluster', describeClusterV1.api, describeClusterV0.api);
export const METADATA = family('Metadata', metadataV12.api, metadataV11.api, metadataV10.api);
export const LIST_OFFSETS = family('ListOffsets', listOffsetsV9.api, listOffsetsV8.api, listOffsetsV7.api);
export const FIND_COORDINATOR = family(
  'FindCoordinator',
  findCoordinatorV6.api,
  findCoordinatorV5.api,
  findCoordinatorV4.api,
);
export const LIST_GROUPS = family('ListGroups', listGroupsV5.api, listGroupsV4.api);
export const DESCRIBE_GROUPS = family('DescribeGroups', describeGroupsV5.api);
export const CONSUMER_GROUP_DESCRIBE = family('ConsumerGroupDescribe', consumerGroupDescribeV0.api);
export const OFFSET_FETCH = family('OffsetFetch', offsetFetchV9.api, offsetFetchV8.api);
export const OFFSET_COMMIT = family('OffsetCommit', offsetCommitV9.api, offsetCommitV8.api);
export const OFFSET_DELETE = family('OffsetDelete', offsetDeleteV0.api);
export const DELETE_GROUPS = family('DeleteGroups', deleteGroupsV2.api);
export const DESCRIBE_LOG_DIRS = family(
  'DescribeLogDirs',
  describeLogDirsV4.api,
  describeLogDirsV3.api,
  describeLogDirsV2.api,
);
export const DESCRIBE_PRODUCERS = family('DescribeProducers', describeProducersV0.api);
export const LIST_TRANSACTIONS = family(
  'ListTransactions',
  listTransactionsV2.api,
  listTransactionsV1.api,
  listTransactionsV0.api,
);
export const DESCRIBE_TRANSACTIONS = family('DescribeTransactions', describeTransactionsV0.api);
export const INIT_PRODUCER_ID = family('InitProducerId', initProducerIdV5.api, initProducerIdV4.api);
export const DESCRIBE_CONFIGS = family('DescribeConfigs', describeConfigsV4.api);
export const INCREMENTAL_ALTER_CONFIGS = family('IncrementalAlterConfigs', incrementalAlterConfigsV1.api);
export const CREATE_TOPICS = family('CreateTopics', createTopicsV7.api);
export const DELETE_TOPICS = family('DeleteTopics', deleteTopicsV6.api);
export const CREATE_PARTITIONS = family('CreatePartitions', createPartitionsV3.api);
export const DELETE_RECORDS = family('DeleteRecords', deleteRecordsV2.api);
export const PRODUCE = family('Produce', produceV11.api, produceV10.api, produceV9.api);
export const UNREGISTER_BROKER = family('UnregisterBroker', unregisterBrokerV0.api);
export const DESCRIBE_CLIENT_QUOTAS = family(
  'DescribeClientQuotas',
  describeClientQuotasV1.api,
  describeClientQuotasV0.api,
);
export const ALTER_CLIENT_QUOTAS = family('AlterClientQuotas', alterClientQuotasV1.api, alterClientQuotasV0.api);
export const DESCRIBE_SCRAM_USERS = family('DescribeUserScramCredentials', describeUserScramCredentialsV0.api);
export const ALTER_SCRAM_USERS = family('AlterUserScramCredentials', alterUserScramCredentialsV0.api);
