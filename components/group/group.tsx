'use client';
// One group: state, members with their partitions, lag per partition and in total, the lag over time, and what can be done.
import { Ellipsis, History } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { GroupMember, GroupPartition, GroupView } from '../../server/live/contract.ts';
import { ChartGroup, type LineSpec, LiveLines } from '../charts/live-lines.tsx';
import { ActionButton } from '../live/action-button.tsx';
import { LagTrend, partOfLag } from '../live/tables/group-table.tsx';
import { useChannel } from '../live/use-channel.ts';
import { useCrumbs, usePaths } from '../live/use-connection.ts';
import { useLacks } from '../live/use-lack.ts';
import { Freshness } from '../live/words/freshness.tsx';
import { GroupState } from '../live/words/group-state.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { exact, perSecond, plural, short, word } from '../ui/format.ts';
import { flagField } from '../ui/hooks/url-field.ts';
import { useUrlState } from '../ui/hooks/use-url-state.ts';
import { Menu } from '../ui/menu.tsx';
import { Empty, Failure, PageSkeleton, Problems } from '../ui/notice.tsx';
import { Quantity } from '../ui/numbers.tsx';
import { Fact, Page, PageHeader, Section } from '../ui/page.tsx';
import { type Column, Table } from '../ui/table/table.tsx';
import { DeleteGroup, DeleteOffsets } from './delete-group.tsx';
import { explainGroup } from './explain.ts';
import { explainLag, passedOverOf, WHAT_LAG_IS } from './explain-lag.ts';
import { ResetOffsets } from './reset-offsets.tsx';
import type { ResetUndo } from './undo-of.ts';
import { UndoReset } from './undo-reset.tsx';

const fields = { reset: flagField() };
const lagLines: readonly LineSpec[] = [{ column: 'lag', label: 'Lag', hue: 4 }];
const outLines: readonly LineSpec[] = [{ column: 'outRecords', label: 'Committed', hue: 2 }];

/** "0–3, 7": runs of partitions, short enough for a line. */
export function ranges(partitions: readonly number[]): string {
  const sorted = partitions.toSorted((a, b) => a - b);
  const parts: string[] = [];
  let index = 0;
  while (index < sorted.length) {
    let last = index;
    while (sorted[last + 1] === (sorted[last] ?? 0) + 1) last += 1;
    parts.push(last === index ? `${sorted[index]}` : `${sorted[index]}–${sorted[last]}`);
    index = last + 1;
  }
  return parts.join(', ');
}

/** A committed offset may be none; one of the log is only unknown. */
const offsetText = (value: number | null, missing: 'none' | 'unknown') =>
  value === null ? (
    missing === 'none' ? (
      <span className="text-muted">none</span>
    ) : (
      <Quantity value={null} reason="the leader does not tell it now" />
    )
  ) : (
    <span className="num live font-mono text-caption">{value}</span>
  );

function lagCell(row: GroupPartition) {
  if (row.lag === null) {
    return (
      <span className="text-muted" data-testid="lag-note" title={row.lagNote ?? undefined}>
        {row.lagNote ?? 'unknown'}
      </span>
    );
  }
  const passedOver = passedOverOf(row.lagParts);
  return (
    <span className="inline-flex max-w-full items-baseline justify-end gap-2">
      {passedOver === '' ? null : (
        <span className="truncate text-caption text-muted" data-testid="lag-passed-over" title={passedOver}>
          + {passedOver}
        </span>
      )}
      <span data-testid="partition-lag" data-value={row.lag}>
        <Quantity value={row.lag} unit="exact" />
      </span>
    </span>
  );
}

function partitionColumns(members: readonly GroupMember[]): readonly Column<GroupPartition>[] {
  const names = new Map(members.map((member) => [member.memberId, member.instanceId ?? member.clientId]));
  return [
    {
      id: 'partition',
      header: 'Topic and partition',
      track: 'minmax(0,1.6fr)',
      onPhone: 'title',
      cell: (row) => (
        <span className="font-mono">
          <TopicLink name={row.topic} /> <span className="num text-muted">{row.partition}</span>
        </span>
      ),
    },
    {
      id: 'member',
      header: 'Read by',
      track: 'minmax(0,1fr)',
      cell: (row) =>
        row.memberId === null ? (
          <span className="text-muted">nobody</span>
        ) : (
          <span className="font-mono text-caption" title={row.memberId}>
            {names.get(row.memberId) ?? row.memberId}
          </span>
        ),
    },
    {
      id: 'start',
      header: 'Log start',
      track: '84px',
      isNumber: true,
      isWideOnly: true,
      cell: (row) => offsetText(row.startOffset, 'unknown'),
    },
    {
      id: 'committed',
      header: 'Committed',
      track: '92px',
      isNumber: true,
      onPhone: 'line',
      cell: (row) => offsetText(row.committedOffset, 'none'),
    },
    {
      id: 'end',
      header: 'Log end',
      track: '92px',
      isNumber: true,
      isWideOnly: true,
      cell: (row) => offsetText(row.endOffset, 'unknown'),
    },
    {
      id: 'out',
      header: 'Out',
      track: '76px',
      isNumber: true,
      cell: (row) => <Quantity value={row.outRecordsPerSecond} unit="rate" reason="needs two commits" />,
    },
    { id: 'lag', header: 'Lag', track: 'minmax(160px,1.6fr)', isNumber: true, onPhone: 'line', cell: lagCell },
  ];
}

function TopicLink({ name }: { name: string }) {
  const paths = usePaths();
  return (
    <Link href={paths.topic(name)} className="hover:text-accent hover:underline">
      {name}
    </Link>
  );
}

const placesText = (places: GroupMember['assignments']): string =>
  places.map((each) => `${each.topic} ${ranges(each.partitions)}`).join('; ');

const memberColumns: readonly Column<GroupMember>[] = [
  {
    id: 'client',
    header: 'Client',
    track: 'minmax(0,1fr)',
    onPhone: 'title',
    cell: (row) => <span className="font-mono">{row.clientId}</span>,
  },
  {
    id: 'member',
    header: 'Member',
    track: 'minmax(0,1.6fr)',
    cell: (row) => (
      <span className="font-mono text-caption" title={row.memberId}>
        {row.memberId}
      </span>
    ),
  },
  {
    id: 'instance',
    header: 'Static id',
    track: '120px',
    isWideOnly: true,
    cell: (row) =>
      row.instanceId === null ? (
        <span className="text-muted">none</span>
      ) : (
        <span className="font-mono text-caption">{row.instanceId}</span>
      ),
  },
  {
    id: 'host',
    header: 'Host',
    track: '120px',
    isWideOnly: true,
    cell: (row) => <span className="font-mono text-caption">{row.host.replace(/^\//, '')}</span>,
  },
  {
    id: 'assigned',
    header: 'Partitions',
    track: 'minmax(0,1.6fr)',
    onPhone: 'line',
    cell: (row) => (
      <span className="num font-mono text-caption" data-testid="member-assignment">
        {row.assignments.length === 0 ? (
          <span className="font-sans text-muted">none, waiting</span>
        ) : (
          placesText(row.assignments)
        )}
        {row.target === null ? null : (
          <span className="text-notice" title="What it is to have once the move is done">
            {' '}
            → {row.target.length === 0 ? 'none' : placesText(row.target)}
          </span>
        )}
      </span>
    ),
  },
];

/** Groups of the consumer protocol have an epoch per member; others show none. */
const consumerMemberColumns: readonly Column<GroupMember>[] = [
  ...memberColumns,
  {
    id: 'epoch',
    header: 'Epoch',
    track: '64px',
    isNumber: true,
    onPhone: 'line',
    cell: (row) => (
      <span className="num" data-testid="member-epoch">
        {row.epoch ?? '—'}
      </span>
    ),
  },
];

function Facts({ view }: { view: GroupView }) {
  const { group } = view;
  return (
    <>
      <span className="self-center">
        <GroupState state={group.state} />
      </span>
      <span data-testid="group-type" data-value={group.type}>
        {group.type} group
      </span>
      {view.protocol === null ? null : (
        <span data-testid="group-assignor">
          assignor <span className="font-mono text-ink-strong">{view.protocol}</span>
        </span>
      )}
      {view.epoch === null ? null : (
        <span data-testid="group-epoch" data-value={view.epoch}>
          epoch <span className="num font-medium text-ink-strong">{view.epoch}</span>
          {view.assignmentEpoch === view.epoch ? null : `, assignment of epoch ${view.assignmentEpoch}`}
        </span>
      )}
      <Fact label={word(group.members, 'member')}>
        <Quantity value={group.members} unit="exact" reason="the coordinator did not answer" />
      </Fact>
      {group.coordinatorId === null ? null : <span>coordinator broker {group.coordinatorId}</span>}
      {/* What changes all the time stands last and keeps its width, so that nothing beside or below it moves. */}
      <span className="min-w-[11ch]" data-testid="group-total-lag" data-value={group.totalLag ?? ''}>
        <Fact label="lag">
          <Quantity
            value={group.totalLag}
            unit="exact"
            reason="nothing is committed, or the coordinator did not answer"
            atLeast={partOfLag(group)}
          />
        </Fact>
      </span>
      <span className="min-w-[15ch] whitespace-nowrap">
        trend <LagTrend perSecond={group.lagChangePerSecond} />
      </span>
    </>
  );
}

export function Group({ groupId, initial }: { groupId: string; initial: GroupView | null }) {
  const paths = usePaths();
  const crumbs = useCrumbs();
  const lacks = useLacks();
  const router = useRouter();
  const [{ reset }, set] = useUrlState(fields);
  const [open, setOpen] = useState<'delete' | 'offsets' | null>(null);
  const [undo, setUndo] = useState<ResetUndo | null>(null);
  const { data: view, error } = useChannel('group', { groupId }, { initial });
  if (!view) {
    return (
      <Page>
        <PageHeader crumbs={crumbs} title={groupId} isMono />
        {error === null ? (
          <PageSkeleton what="group" />
        ) : (
          <Empty title={error.message} action={<ButtonLink href={paths.groups}>All groups</ButtonLink>} />
        )}
      </Page>
    );
  }
  const columns = partitionColumns(view.members);
  return (
    <Page>
      <PageHeader
        crumbs={crumbs}
        title={groupId}
        isMono
        copies={groupId}
        facts={<Facts view={view} />}
        freshness={<Freshness of={view.freshness} />}
        actions={
          <>
            <ActionButton
              needs="group.resetOffsets"
              data-testid="reset-offsets"
              onClick={() => set({ reset: true }, true)}
              disabled={view.partitions.length === 0}
              icon={<History aria-hidden className="size-4" />}
            >
              Reset offsets
            </ActionButton>
            <Menu
              trigger={
                <Button
                  size="icon"
                  aria-label="More actions"
                  data-testid="group-actions"
                  icon={<Ellipsis aria-hidden className="size-4" />}
                />
              }
              entries={[
                {
                  label: 'Delete offsets of a topic',
                  onSelect: () => setOpen('offsets'),
                  isDangerous: true,
                  whyNot: lacks['group.deleteOffsets'] ?? null,
                },
                {
                  label: 'Delete group',
                  onSelect: () => setOpen('delete'),
                  isDangerous: true,
                  whyNot: lacks['group.delete'] ?? null,
                },
              ]}
            />
          </>
        }
      />
      <p className="max-w-3xl text-muted" data-testid="group-explained">
        {[...explainGroup(view), ...explainLag(view.partitions)].join(' ')}
      </p>
      <Failure error={error} />
      <Problems problems={view.problems} />
      {undo === null || undo.offsets.length === 0 ? null : (
        <UndoReset groupId={groupId} undo={undo} onClose={() => setUndo(null)} />
      )}
      <ChartGroup>
        <div className="grid gap-x-8 gap-y-4 lg:grid-cols-2">
          <LiveLines
            title="Lag, in records"
            series={view.series}
            lines={lagLines}
            write={short}
            emptyHint="The line begins once the group has committed and lag was sampled twice."
            testId="chart-lag"
          />
          <LiveLines
            title="Records committed per second"
            series={view.series}
            lines={outLines}
            write={perSecond}
            emptyHint="The line begins once the group commits."
          />
        </div>
      </ChartGroup>
      <Section title={view.members.length === 0 ? 'No members' : plural(view.members.length, 'member')}>
        {view.members.length === 0 ? (
          <p className="text-table text-muted">
            Nobody reads in this group now. Its committed offsets stay until they expire or the group is deleted.
          </p>
        ) : (
          <Table
            label="Members"
            columns={view.group.type === 'consumer' ? consumerMemberColumns : memberColumns}
            count={view.members.length}
            rowAt={(index) => view.members[index]}
            keyOf={(row) => row.memberId}
            rowTestId="member-row"
          />
        )}
      </Section>
      <Section
        title={
          view.partitions.length === 0
            ? 'Lag by partition'
            : `Lag by partition, ${exact(view.partitions.length)} in all`
        }
      >
        {view.partitions.length === 0 ? (
          <p className="text-table text-muted">
            Nothing is committed and nothing is assigned, so there is no lag to show.
          </p>
        ) : (
          <>
            <p className="max-w-3xl text-table text-muted">{WHAT_LAG_IS}</p>
            <Table
              label="Lag by partition"
              columns={columns}
              count={view.partitions.length}
              rowAt={(index) => view.partitions[index]}
              keyOf={(row) => `${row.topic} ${row.partition}`}
              rowTestId="lag-row"
            />
          </>
        )}
      </Section>
      {reset ? <ResetOffsets view={view} onClose={() => set({ reset: false })} onReset={setUndo} /> : null}
      {open === 'delete' ? (
        <DeleteGroup view={view} onClose={() => setOpen(null)} onDeleted={() => router.push(paths.groups)} />
      ) : null}
      {open === 'offsets' ? <DeleteOffsets view={view} onClose={() => setOpen(null)} /> : null}
    </Page>
  );
}
