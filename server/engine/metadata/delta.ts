// Gathers what a run of records changed. A topic that came and went within the run is not mentioned at all; a partition or
// resource that changed twice is mentioned once, as it is at the end.
import type { ConfigResource, MetadataDelta, PartitionImage, TopicImage } from './image.ts';

export type Change =
  | { readonly kind: 'topicCreated'; readonly topic: TopicImage }
  | { readonly kind: 'topicDeleted'; readonly topic: TopicImage }
  | { readonly kind: 'partition'; readonly topic: TopicImage; readonly partition: number }
  | { readonly kind: 'config'; readonly resource: ConfigResource; readonly name: string }
  | { readonly kind: 'broker'; readonly id: number };

export class DeltaBuilder {
  readonly #created = new Map<string, TopicImage>();
  readonly #deleted = new Map<string, TopicImage>();
  readonly #partitions = new Map<string, { topic: TopicImage; indexes: Set<number> }>();
  readonly #configs = new Map<string, { resource: ConfigResource; name: string }>();
  readonly #brokers = new Set<number>();

  add(change: Change): void {
    switch (change.kind) {
      case 'topicCreated':
        // Removed and there again under the same id: the log was read anew, the topic never went away.
        if (!this.#deleted.delete(change.topic.topicId)) this.#created.set(change.topic.topicId, change.topic);
        return;
      case 'topicDeleted':
        this.#partitions.delete(change.topic.topicId);
        if (!this.#created.delete(change.topic.topicId)) this.#deleted.set(change.topic.topicId, change.topic);
        return;
      case 'partition': {
        const seen = this.#partitions.get(change.topic.topicId);
        if (seen !== undefined) seen.indexes.add(change.partition);
        else this.#partitions.set(change.topic.topicId, { topic: change.topic, indexes: new Set([change.partition]) });
        return;
      }
      case 'config':
        this.#configs.set(`${change.resource}/${change.name}`, { resource: change.resource, name: change.name });
        return;
      case 'broker':
        this.#brokers.add(change.id);
        return;
    }
  }

  build(): MetadataDelta {
    const changedPartitions: { topic: TopicImage; partition: PartitionImage }[] = [];
    for (const { topic, indexes } of this.#partitions.values()) {
      for (const index of indexes) {
        const partition = topic.partitions[index];
        if (partition !== undefined) changedPartitions.push({ topic, partition });
      }
    }
    return {
      createdTopics: [...this.#created.values()],
      deletedTopics: [...this.#deleted.values()],
      changedPartitions,
      changedConfigs: [...this.#configs.values()],
      changedBrokers: [...this.#brokers],
    };
  }
}
