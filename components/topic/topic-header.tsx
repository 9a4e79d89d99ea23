'use client';
// The head of a topic's pages: live facts, actions and tabs, with the dialogs the actions open.
import { Ellipsis, Send } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { CallName, TopicView } from '../../server/live/contract.ts';
import { ActionButton, ActionLink } from '../live/action-button.tsx';
import type { ChannelState } from '../live/use-channel.ts';
import { useCrumbs, usePaths } from '../live/use-connection.ts';
import { useLacks } from '../live/use-lack.ts';
import { Freshness } from '../live/words/freshness.tsx';
import { leftOutOfRecords } from '../live/words/left-out.ts';
import { TopicState } from '../live/words/topic-state.tsx';
import { type TopicTab, topicTabs } from '../topics/section.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { word } from '../ui/format.ts';
import { flagField } from '../ui/hooks/url-field.ts';
import { useUrlState } from '../ui/hooks/use-url-state.ts';
import { Menu } from '../ui/menu.tsx';
import { Empty, Failure, Problems, Skeleton, StateWord } from '../ui/notice.tsx';
import { Quantity } from '../ui/numbers.tsx';
import { Fact, LinkTabs, PageHeader } from '../ui/page.tsx';
import { AddPartitions } from './add-partitions.tsx';
import { DeleteRecords } from './delete-records.tsx';
import { DeleteTopic } from './delete-topic.tsx';
import { isRefusing } from './refusing.ts';

const tabs = Object.keys(topicTabs) as TopicTab[];
const fields = { produce: flagField() };
type Open = 'partitions' | 'records' | 'delete' | null;

function Facts({ view }: { view: TopicView }) {
  const { topic } = view;
  return (
    <>
      <Fact label={word(topic.records, 'record')}>
        <Quantity
          value={topic.records}
          unit="exact"
          reason="a leader did not answer"
          atLeast={leftOutOfRecords(topic)}
          testId="topic-records"
        />
      </Fact>
      <Fact label="stored">
        <Quantity value={topic.sizeBytes} unit="bytes" />
      </Fact>
      <Fact label="in">
        <Quantity value={topic.inRecordsPerSecond} unit="rate" reason="needs two samples" />,{' '}
        <Quantity value={topic.inBytesPerSecond} unit="byteRate" reason="needs two samples" />
      </Fact>
      <TopicState topic={topic} />
      <Refusing view={view} />
    </>
  );
}

/** The count of partitions that take no write with acks=all. */
function Refusing({ view: { partitions, minInSync } }: { view: TopicView }) {
  const refusing = partitions.filter((row) => isRefusing(row, minInSync)).length;
  if (refusing === 0) return null;
  return (
    <span data-testid="topic-refusing" data-value={refusing}>
      <StateWord level="critical">
        {refusing} {refusing === 1 ? 'refuses' : 'refuse'} writes with acks=all
      </StateWord>
    </span>
  );
}

export function TopicHeader({ name, state }: { name: string; state: ChannelState<TopicView> }) {
  const paths = usePaths();
  const crumbs = useCrumbs();
  const lacks = useLacks();
  const whyNot = (call: CallName) => lacks[call] ?? null;
  const router = useRouter();
  const [, set] = useUrlState(fields);
  const [open, setOpen] = useState<Open>(null);
  const { data: view, error } = state;
  const close = () => setOpen(null);
  return (
    <>
      <PageHeader
        crumbs={crumbs}
        title={name}
        isMono
        copies={name}
        facts={view ? <Facts view={view} /> : error ? null : <Skeleton className="h-4 w-72" />}
        freshness={<Freshness of={view?.freshness} />}
        actions={
          <>
            <ActionButton
              needs="record.produce"
              look="primary"
              data-testid="produce"
              onClick={() => set({ produce: true }, true)}
              icon={<Send aria-hidden className="size-4" />}
            >
              Produce
            </ActionButton>
            <ActionLink needs="traffic.startProducer" href="?traffic=1" scroll={false}>
              Test traffic
            </ActionLink>
            <Menu
              trigger={
                <Button
                  size="icon"
                  aria-label="More actions"
                  data-testid="topic-actions"
                  icon={<Ellipsis aria-hidden className="size-4" />}
                />
              }
              entries={[
                {
                  label: 'Add partitions',
                  onSelect: () => setOpen('partitions'),
                  whyNot: whyNot('topic.addPartitions'),
                },
                {
                  label: 'Change replication factor',
                  whyNot: whyNot('reassign.start'),
                  onSelect: () =>
                    router.push(`${paths.reassign}?kind=replicationFactor&topic=${encodeURIComponent(name)}`),
                },
                {
                  label: 'Move a partition',
                  whyNot: whyNot('reassign.start'),
                  onSelect: () => router.push(`${paths.reassign}?kind=byHand&topic=${encodeURIComponent(name)}`),
                },
                {
                  label: 'Delete records',
                  onSelect: () => setOpen('records'),
                  isDangerous: true,
                  whyNot: whyNot('topic.deleteRecords'),
                },
                {
                  label: 'Delete topic',
                  onSelect: () => setOpen('delete'),
                  isDangerous: true,
                  whyNot: whyNot('topic.delete'),
                },
              ]}
            />
          </>
        }
      />
      <Problems problems={view?.problems} />
      <LinkTabs
        label="Topic"
        tabs={tabs.map((tab) => ({
          label: topicTabs[tab].label,
          href: paths.topicTab(name, tab),
          count: tab === 'partitions' ? view?.topic.partitions : tab === 'groups' ? view?.groups?.length : null,
        }))}
      />
      {error ? <Failure error={error} /> : null}
      {view ? (
        <>
          {open === 'partitions' ? <AddPartitions name={name} current={view.topic.partitions} onClose={close} /> : null}
          {open === 'records' ? <DeleteRecords name={name} partitions={view.partitions} onClose={close} /> : null}
          {open === 'delete' ? (
            <DeleteTopic name={name} onClose={close} onDeleted={() => router.push(paths.topics)} />
          ) : null}
        </>
      ) : null}
    </>
  );
}

/** In place of the tabs' content when the topic is not there. */
export function TopicMissing({ name }: { name: string }) {
  const paths = usePaths();
  return (
    <Empty
      isPage
      title={`There is no topic “${name}”`}
      action={
        <>
          <ButtonLink href={paths.topics}>All topics</ButtonLink>
          <ActionLink needs="topic.create" href={`${paths.topics}?create=1`}>
            Create a topic
          </ActionLink>
        </>
      }
    >
      <p>It may have been deleted, or the name may be misspelt: Kafka’s topic names differ by upper and lower case.</p>
    </Empty>
  );
}
