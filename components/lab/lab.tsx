'use client';
// The lab: add, stop, kill and freeze nodes of the embedded cluster, break links, disks and requests, and watch what the cluster makes
// of it.
import Link from 'next/link';
import { useEffect, useRef } from 'react';
import type { LabView } from '../../server/live/contract.ts';
import { Unserved } from '../live/unserved.tsx';
import { useChannel } from '../live/use-channel.ts';
import { useCluster, usePaths } from '../live/use-connection.ts';
import { useLack } from '../live/use-lack.ts';
import { Freshness } from '../live/words/freshness.tsx';
import { announce } from '../ui/announce.tsx';
import { Failure, Notice, PageSkeleton, Problems, StateWord } from '../ui/notice.tsx';
import { Fact, Page, PageHeader, Section } from '../ui/page.tsx';
import { AddBroker } from './add-broker.tsx';
import { countFaults, EndAllFaults } from './faults/end-all-faults.tsx';
import { FaultRules } from './faults/fault-rules.tsx';
import { Links } from './faults/links.tsx';
import { NodeCard } from './node-card.tsx';
import { RollingRestart } from './rolling-restart.tsx';
import { lab as section } from './section.ts';
import { Timeline } from './timeline.tsx';

/** Reads new events aloud, the newest of each arrival. */
function useSpoken({ events }: Pick<LabView, 'events'>): void {
  const newest = events.at(-1);
  const heard = useRef(newest?.id ?? 0);
  useEffect(() => {
    if (newest === undefined || newest.id <= heard.current) return;
    heard.current = newest.id;
    announce(newest.sentence);
  }, [newest]);
}

function Counters({ partitions }: Pick<LabView, 'partitions'>) {
  if (partitions === null) return null;
  const { total, leaderless, underReplicated } = partitions;
  return (
    <>
      <Fact label={total === 1 ? 'partition' : 'partitions'}>{total}</Fact>
      <span className="self-center" data-testid="lab-leaderless" data-value={leaderless}>
        <StateWord level={leaderless === 0 ? 'ok' : 'critical'}>{leaderless} without a leader</StateWord>
      </span>
      <span className="self-center" data-testid="lab-under-replicated" data-value={underReplicated}>
        <StateWord level={underReplicated === 0 ? 'ok' : 'warn'}>{underReplicated} under-replicated</StateWord>
      </span>
    </>
  );
}

const NO_EVENTS: LabView['events'] = [];

export function Lab({ initial }: { initial: LabView | null }) {
  const isKnown = useCluster() !== undefined;
  const paths = usePaths();
  const why = useLack('lab');
  const { data, error } = useChannel('lab', {}, { initial, isEnabled: why === null && (isKnown || initial !== null) });
  useSpoken({ events: data?.events ?? NO_EVENTS });
  if (why !== null) return <Unserved title="This cluster has no lab" why={why} />;
  if (!data) return <Page>{error ? <Failure error={error} /> : <PageSkeleton what="lab" />}</Page>;
  const canRoll = data.nodes.every((node) => node.role === 'controller' || node.state === 'running');
  return (
    <Page>
      <PageHeader
        title={section.title}
        facts={<Counters partitions={data.partitions} />}
        freshness={<Freshness of={data.freshness} />}
        actions={
          <>
            <EndAllFaults count={countFaults(data)} />
            <AddBroker nodes={data.nodes} isDisabled={data.action !== null} />
            <RollingRestart action={data.action} canStart={canRoll} brokers={data.nodes.length - 1} />
          </>
        }
      />
      <p className="max-w-3xl text-muted">
        What you do here happens to the real brokers of this cluster: connected clients feel it, and recover or not as
        they would elsewhere.
      </p>
      {data.guarantee === null ? null : (
        <Notice level={data.guarantee.level} testId="lab-guarantee">
          <p>{data.guarantee.sentence}</p>
          {data.guarantee.leaderlessTopics.length === 0 ? null : (
            <p>
              Why, and how to go on without what is lost:{' '}
              {data.guarantee.leaderlessTopics.map((name, index) => (
                <span key={name}>
                  {index > 0 ? ', ' : ''}
                  <Link href={paths.topicPartitions(name)} className="font-mono underline hover:text-accent">
                    {name}
                  </Link>
                </span>
              ))}
              .
            </p>
          )}
        </Notice>
      )}
      <Failure error={error} />
      <Problems problems={data.problems} />
      <Section title="Nodes">
        <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
          {data.nodes.map((node) => (
            <NodeCard key={node.id} node={node} canRemove={data.nodes.length > 2 && data.action === null} />
          ))}
        </ul>
      </Section>
      <Section title="Links between nodes">
        <Links nodes={data.nodes} links={data.links} />
      </Section>
      <Section title="Fault rules">
        <FaultRules faults={data.faults} faultApis={data.faultApis} />
      </Section>
      <Section title="What happened">
        <Timeline events={data.events} />
      </Section>
    </Page>
  );
}
