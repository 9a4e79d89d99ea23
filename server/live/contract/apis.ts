// What a channel or call may need of a cluster: Kafka APIs that not every cluster serves, and the lab. Named by the subjects in `needs`.

export interface KafkaApi {
  readonly name: string;
  readonly key: number;
  /** The least version that does what is needed; left out: any. */
  readonly version?: number;
  /** Apache Kafka's release that has it first. */
  readonly since: string;
}

/** The nodes of the cluster run in this process, and may be stopped and broken from here. */
export const LAB = 'lab';
export type Need = KafkaApi | typeof LAB;

const api = (name: string, key: number, since: string, version?: number): KafkaApi =>
  version === undefined ? { name, key, since } : { name, key, since, version };

export const DeleteRecords = api('DeleteRecords', 21, '0.11');
export const InitProducerId = api('InitProducerId', 22, '0.11');
export const WriteTxnMarkers = api('WriteTxnMarkers', 27, '0.11');
export const DescribeConfigs = api('DescribeConfigs', 32, '0.11');
export const CreatePartitions = api('CreatePartitions', 37, '1.0');
export const DeleteGroups = api('DeleteGroups', 42, '1.1');
/** Before its version 1 it knows elections of preferred leaders only. */
export const ElectLeaders = api('ElectLeaders', 43, '2.4', 1);
export const IncrementalAlterConfigs = api('IncrementalAlterConfigs', 44, '2.3');
export const AlterPartitionReassignments = api('AlterPartitionReassignments', 45, '2.4');
export const ListPartitionReassignments = api('ListPartitionReassignments', 46, '2.4');
export const OffsetDelete = api('OffsetDelete', 47, '2.4');
export const DescribeClientQuotas = api('DescribeClientQuotas', 48, '2.6');
export const AlterClientQuotas = api('AlterClientQuotas', 49, '2.6');
export const DescribeUserScramCredentials = api('DescribeUserScramCredentials', 50, '2.7');
export const AlterUserScramCredentials = api('AlterUserScramCredentials', 51, '2.7');
export const DescribeProducers = api('DescribeProducers', 61, '2.8');
export const UnregisterBroker = api('UnregisterBroker', 64, '2.8');
export const DescribeTransactions = api('DescribeTransactions', 65, '3.0');
export const ListTransactions = api('ListTransactions', 66, '3.0');
