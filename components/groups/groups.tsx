'use client';
// The list of groups: searched, sorted and windowed by the server.
import { useDeferredValue, useEffect } from 'react';
import type { FirstPaint } from '../../server/live/contract.ts';
import { Freshness } from '../live/freshness.tsx';
import { groupColumns } from '../live/group-table.tsx';
import { useChannel } from '../live/use-channel.ts';
import { useCluster, usePaths } from '../live/use-connection.ts';
import { announce } from '../ui/announce.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { CopyBlock } from '../ui/copy-button.tsx';
import { SelectField, TextField } from '../ui/form.tsx';
import { exact, plural } from '../ui/format.ts';
import { Empty, Failure, NotKnownYet, PageSkeleton, Problems } from '../ui/notice.tsx';
import { Fact, Page, PageHeader } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import { choiceField, flagField, textField, useUrlState } from '../ui/use-url-state.ts';
import { useWindow } from '../ui/use-window.ts';
import { FIRST_ROWS, groupSorts } from './groups-params.ts';

const fields = { q: textField(), sort: choiceField(groupSorts, 'name'), desc: flagField() };

function NoMatch({ query, onClear }: { query: string; onClear: () => void }) {
  const cluster = useCluster();
  if (query !== '')
    return <Empty title={`No group matches “${query}”`} action={<Button onClick={onClear}>Clear search</Button>} />;
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
  const [state, set] = useUrlState(fields);
  const [offset, onWindow] = useWindow();
  const query = useDeferredValue(state.q.trim());
  const { data, error, isPrevious } = useChannel(
    'groups',
    { query, sort: state.sort, descending: state.desc, offset, limit: FIRST_ROWS },
    { first: initial, keepsPrevious: true },
  );
  const onSort = (key: string) => {
    const sort = groupSorts.find((each) => each === key) ?? 'name';
    set({ sort, desc: sort === state.sort ? !state.desc : sort === 'lag' || sort === 'members' });
  };
  const matching = data?.matching;
  useEffect(() => {
    if (matching !== undefined && !isPrevious) announce(plural(matching, 'group matches', 'groups match'));
  }, [matching, isPrevious]);
  if (!data) return <Page>{error ? <Failure error={error} /> : <PageSkeleton what="groups" />}</Page>;
  return (
    <Page>
      <PageHeader
        title="Groups"
        facts={
          data.freshness.sampledAtMs === null ? null : <Fact label="known to the brokers">{exact(data.total)}</Fact>
        }
        freshness={<Freshness of={data.freshness} />}
      />
      <Failure error={error} />
      <Problems problems={data.problems} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <TextField
          label="Search groups"
          isBare
          type="search"
          placeholder="Search groups  /"
          value={state.q}
          onChange={(event) => set({ q: event.target.value })}
          className="w-full sm:w-80"
        />
        <SelectField
          label="Sort by"
          isBare
          className="table:hidden"
          value={state.sort}
          onChange={(event) => onSort(event.target.value)}
        >
          {groupSorts.map((sort) => (
            <option key={sort} value={sort}>
              Sort by {sort}
            </option>
          ))}
        </SelectField>
        <span className="text-table text-muted num max-table:basis-full">{plural(data.matching, 'group')}</span>
      </div>
      {data.freshness.sampledAtMs === null ? (
        <NotKnownYet what="groups" />
      ) : data.matching === 0 ? (
        <NoMatch query={state.q} onClear={() => set({ q: '' })} />
      ) : (
        <Table
          label="Groups"
          columns={groupColumns}
          count={data.matching}
          rowAt={(index) => data.rows[index - data.offset]}
          keyOf={(row) => row.groupId}
          hrefOf={(row) => paths.group(row.groupId)}
          rowTestId="group-row"
          sort={{ by: state.sort, isDescending: state.desc, onSort }}
          onWindow={onWindow}
          hasKeys
        />
      )}
    </Page>
  );
}
