'use client';
// The list of topics: searched, sorted and windowed by the server, so that ten thousand cost as little as ten.
import type { FirstPaint } from '../../server/live/contract.ts';
import { ResourceList } from '../live/resource-list.tsx';
import { usePaths } from '../live/use-connection.ts';
import { ButtonLink } from '../ui/button.tsx';
import { exact } from '../ui/format.ts';
import { Empty } from '../ui/notice.tsx';
import { Fact } from '../ui/page.tsx';
import { columns } from './columns.tsx';
import { CreateTopic } from './create-topic.tsx';
import { topics as section } from './section.ts';
import { topicFields, topicsAsked } from './topics-params.ts';

function NoTopic() {
  return (
    <Empty
      title="No topics yet"
      action={
        <ButtonLink look="primary" href="?create=1" scroll={false}>
          Create a topic
        </ButtonLink>
      }
    >
      <p>
        A topic is a named log, split into partitions. Create one here, or let a client do it: the first message to an
        unknown topic creates it where the cluster allows that.
      </p>
    </Empty>
  );
}

export function Topics({ initial }: { initial: FirstPaint<'topics'> }) {
  const paths = usePaths();
  return (
    <ResourceList
      channel="topics"
      initial={initial}
      fields={topicFields}
      asked={topicsAsked}
      title={section.title}
      nouns={['topic', 'topics']}
      placeholder="Search topics"
      testIds={{ row: 'topic-row', search: 'topic-search', count: 'topic-count' }}
      columns={columns}
      filters={[{ kind: 'flag', field: 'internal', label: 'Internal topics' }]}
      sorts={[
        { key: 'name', label: 'name' },
        { key: 'partitions', label: 'partitions', isHighFirst: true },
        { key: 'records', label: 'records', isHighFirst: true },
        { key: 'size', label: 'size', isHighFirst: true },
        { key: 'rate', label: 'rate', isHighFirst: true },
      ]}
      keyOf={(row) => row.name}
      hrefOf={(row) => paths.topic(row.name)}
      action={{ label: 'Create topic', testId: 'create-topic', to: { create: true }, needs: 'topic.create' }}
      facts={(view) => <Fact label="in this cluster, internal ones included">{exact(view.total)}</Fact>}
      empty={<NoTopic />}
      searchHint="names are searched as they are written, without regard to case."
      beside={({ address, set }) => <CreateTopic isOpen={address.create} onClose={() => set({ create: false })} />}
    />
  );
}
