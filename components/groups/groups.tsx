'use client';
// The list of groups: searched, sorted and windowed by the server.
import type { FirstPaint } from '../../server/live/contract.ts';
import { ResourceList } from '../live/resource-list.tsx';
import { groupColumns } from '../live/tables/group-table.tsx';
import { useCluster, usePaths } from '../live/use-connection.ts';
import { ButtonLink } from '../ui/button.tsx';
import { CopyBlock } from '../ui/copy-button.tsx';
import { exact } from '../ui/format.ts';
import { Empty } from '../ui/notice.tsx';
import { Fact } from '../ui/page.tsx';
import { groupFields, groupsAsked } from './groups-params.ts';
import { groups as section } from './section.ts';

function NoGroup() {
  const cluster = useCluster();
  return (
    <Empty
      title="No group reads from this cluster yet"
      action={
        <ButtonLink look="primary" href="?traffic=1" scroll={false}>
          Start a test group
        </ButtonLink>
      }
    >
      <p>
        A group is a set of consumers that share the partitions of their topics. It appears here as soon as one joins or
        commits:
      </p>
      <CopyBlock
        what="kcat command"
        text={`kcat -b ${cluster?.bootstrapServers.join(',') ?? 'localhost:9092'} -G my-group orders`}
      />
    </Empty>
  );
}

export function Groups({ initial }: { initial: FirstPaint<'groups'> }) {
  const paths = usePaths();
  return (
    <ResourceList
      channel="groups"
      initial={initial}
      fields={groupFields}
      asked={groupsAsked}
      title={section.title}
      nouns={['group', 'groups']}
      placeholder="Search groups"
      testIds={{ row: 'group-row', count: 'group-count' }}
      columns={groupColumns}
      sorts={[
        { key: 'name', label: 'name' },
        { key: 'lag', label: 'lag', isHighFirst: true },
        { key: 'state', label: 'state' },
        { key: 'members', label: 'members', isHighFirst: true },
      ]}
      keyOf={(row) => row.groupId}
      hrefOf={(row) => paths.group(row.groupId)}
      facts={(view) => <Fact label="known to the brokers">{exact(view.total)}</Fact>}
      empty={<NoGroup />}
    />
  );
}
