// What the rest of the dashboard knows of topics, the tabs of one topic and its messages.
import { Layers } from 'lucide-react';
import { part, section } from '../section.ts';

/** The tabs of one topic, in their order: each is a page below the topic's address. */
export const topicTabs = {
  messages: { path: '', label: 'Messages', noun: 'messages' },
  partitions: { path: '/partitions', label: 'Partitions', noun: 'partitions' },
  groups: { path: '/groups', label: 'Groups', noun: 'groups of a topic' },
  producers: { path: '/producers', label: 'Producers', noun: 'producers' },
  config: { path: '/config', label: 'Configuration', noun: 'the configuration' },
} as const;
export type TopicTab = keyof typeof topicTabs;

const topicPath = (own: string, name: string) => `${own}/${part(name)}`;

export const topics = section({
  label: 'Topics',
  title: 'Topics',
  icon: Layers,
  path: 'topics',
  key: 't',
  group: 'Data',
  noun: 'topics',
  needs: 'topics',
  phone: 2,
  pages: [
    ...Object.values(topicTabs).map(({ path, noun }) => ({ path: `:topic${path}`, noun })),
    { path: ':topic/m/:partition/:offset', noun: 'a message' },
  ],
  actions: [{ label: 'Create a topic', query: '?create=1', needs: 'topic.create' }],
  ofThing: {
    parameter: 'topic',
    entries: (own) => [
      { kind: 'Action', label: (name) => `Produce to ${name}`, href: (name) => `${topicPath(own, name)}?produce=1` },
      { kind: 'Action', label: (name) => `Follow ${name} live`, href: (name) => `${topicPath(own, name)}?live=1` },
      {
        kind: 'Page',
        label: (name) => `Producers of ${name}`,
        href: (name) => topicPath(own, name) + topicTabs.producers.path,
      },
      {
        kind: 'Page',
        label: (name) => `Configuration of ${name}`,
        href: (name) => topicPath(own, name) + topicTabs.config.path,
      },
    ],
  },
  paths: (own) => ({
    topics: own,
    topic: (name: string) => topicPath(own, name),
    topicTab: (name: string, tab: TopicTab) => topicPath(own, name) + topicTabs[tab].path,
    topicPartitions: (name: string) => topicPath(own, name) + topicTabs.partitions.path,
    topicGroups: (name: string) => topicPath(own, name) + topicTabs.groups.path,
    topicProducers: (name: string) => topicPath(own, name) + topicTabs.producers.path,
    topicConfig: (name: string) => topicPath(own, name) + topicTabs.config.path,
    message: (name: string, partition: number, offset: number) => `${topicPath(own, name)}/m/${partition}/${offset}`,
  }),
});
