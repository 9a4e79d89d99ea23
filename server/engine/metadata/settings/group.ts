// Settings of single groups (resource type GROUP, KIP-848). Those of the broker stand in where a group has none, and bound them.
import type { Row } from './setting.ts';
import { ASSIGNED_AT_ONCE, settingFrom } from './setting.ts';

const ROWS: readonly Row[] = [
  [
    'consumer.assignment.interval.ms',
    'int',
    0,
    'Least time between two assignments of the group.',
    { min: 0, fixedBecause: ASSIGNED_AT_ONCE, synonyms: ['group.consumer.assignment.interval.ms'] },
  ],
  [
    'consumer.heartbeat.interval.ms',
    'int',
    5000,
    'Time between two heartbeats of a member of the group.',
    { min: 1, synonyms: ['group.consumer.heartbeat.interval.ms'] },
  ],
  [
    'consumer.session.timeout.ms',
    'int',
    45_000,
    'Time without a heartbeat after which a member of the group is out.',
    { min: 1, synonyms: ['group.consumer.session.timeout.ms'] },
  ],
];

export const GROUP_SETTINGS = ROWS.map((row) => settingFrom('group', false, row));
