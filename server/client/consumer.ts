// Members of consumer groups: the client library's own consumer, begun at the brokers that are known. Called through
// KafkaClient.consumer; who opens one closes it.
import { Consumer, type ConsumerOptions, type MessagesStream } from '@platformatic/kafka';
import type { ClusterMetadata } from './metadata.ts';

export type GroupConsumer = Consumer<Buffer, Buffer, Buffer, Buffer>;
export type GroupStream = MessagesStream<Buffer, Buffer, Buffer, Buffer>;
type Options = ConsumerOptions<Buffer, Buffer, Buffer, Buffer>;
/** Of each kind of group by itself: an Omit over all would keep only what they share. */
type WithoutBrokers<Kind> = Kind extends unknown ? Omit<Kind, 'bootstrapBrokers'> : never;
/** What the library takes, but where the cluster is. */
export type ConsumerSettings = WithoutBrokers<Options>;

export function openConsumer({ brokers }: Pick<ClusterMetadata, 'brokers'>, settings: ConsumerSettings): GroupConsumer {
  const bootstrapBrokers = [...brokers.values()].map(({ host, port }) => ({ host, port }));
  return new Consumer({ ...settings, bootstrapBrokers });
}
