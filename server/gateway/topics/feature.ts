// Serves topics: the list, one topic, and what people do to them.
import { changing, type Feature } from '../feature.ts';
import { addPartitions, createTopic, deleteRecords, deleteTopic, electAnyway, topicImpact } from './actions.ts';
import { topicsView } from './list.ts';
import { alterTopicConfigs, topicConfigs } from './settings.ts';
import { topicView } from './topic.ts';

export const topics: Feature<'topics'> = (context) => ({
  channels: {
    topics: (params) => ({
      interests: ['topics'],
      concerns: (name) => name === 'core',
      compute: () => topicsView(context, params),
    }),
    topic: ({ name: topic }) => ({
      interests: ['topic', `topic:${topic}`],
      concerns: (name, item) => name === 'core' || name === 'groups' || (name === 'topic' && item === topic),
      compute: () => topicView(context, topic),
    }),
  },
  calls: {
    'topic.create': changing(context, createTopic),
    'topic.delete': changing(context, deleteTopic),
    'topic.impact': (args) => topicImpact(context, args),
    'topic.addPartitions': changing(context, addPartitions),
    'topic.configs': (args) => topicConfigs(context, args),
    'topic.alterConfigs': changing(context, alterTopicConfigs),
    'topic.deleteRecords': changing(context, deleteRecords),
    'topic.electAnyway': changing(context, electAnyway),
  },
  streams: {},
});
