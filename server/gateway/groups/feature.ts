// Serves groups: the list, one group with its lag, and what people do to them.
import { changing, type Feature } from '../feature.ts';
import { deleteGroup, deleteOffsets, previewReset, resetOffsets } from './actions.ts';
import { groupView } from './group.ts';
import { groupsView } from './list.ts';

export const groups: Feature<'groups'> = (context) => {
  const { samplers, metadata } = context;
  return {
    channels: {
      groups: (params) => ({
        interests: ['groups'],
        concerns: (name) => name === 'groups' || (name === 'core' && metadata.failure !== null),
        compute: (owner) => {
          const view = groupsView(context, params);
          if (view !== null)
            samplers.interest.showGroups(
              owner,
              view.rows.map(({ groupId }) => groupId),
            );
          return view;
        },
        release: (owner) => samplers.interest.showGroups(owner, null),
      }),
      group: ({ groupId }) => ({
        interests: ['group', `group:${groupId}`],
        concerns: (name, item) =>
          name === 'groups' || (name === 'group' && item === groupId) || (name === 'core' && metadata.failure !== null),
        compute: () => groupView(context, groupId),
      }),
    },
    calls: {
      'group.previewReset': (args) => previewReset(context, args),
      'group.resetOffsets': changing(context, resetOffsets),
      'group.delete': changing(context, deleteGroup),
      'group.deleteOffsets': changing(context, deleteOffsets),
    },
    streams: {},
  };
};
