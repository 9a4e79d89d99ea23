'use client';
// The client quotas of a cluster: searched, sorted and windowed by the server, with who is held by what above them; one opens beside.
import { Plus } from 'lucide-react';
import { useDeferredValue, useEffect } from 'react';
import type { FirstPaint, QuotaRow, QuotasView } from '../../server/live/contract.ts';
import { Freshness } from '../live/freshness.tsx';
import { Unserved } from '../live/unserved.tsx';
import { useChannel } from '../live/use-channel.ts';
import { useCluster, usePaths } from '../live/use-connection.ts';
import { useLack } from '../live/use-lack.ts';
import { announce } from '../ui/announce.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { CopyBlock } from '../ui/copy-button.tsx';
import { SelectField, TextField } from '../ui/form.tsx';
import { exact, plural, word } from '../ui/format.ts';
import { Empty, Failure, Notice, NotKnownYet, PageSkeleton, Problems } from '../ui/notice.tsx';
import { Fact, Page, PageHeader } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import { choiceField, flagField, textField, useUrlState } from '../ui/use-url-state.ts';
import { useWindow } from '../ui/use-window.ts';
import { columns } from './columns.tsx';
import { quotaCommand } from './command.ts';
import { entityOf, entityWords, kindWords } from './entity.ts';
import { Held } from './held.tsx';
import { limitTexts } from './limits.ts';
import { NewQuota } from './new-quota.tsx';
import { Throttling } from './precedence.tsx';
import { Quota, QuotaGone } from './quota.tsx';
import { clientOf, FIRST_ROWS, quotaKinds, quotaSorts } from './quotas-params.ts';

const fields = {
  q: textField(),
  kind: choiceField(['', ...quotaKinds], ''),
  sort: choiceField(quotaSorts, 'entity'),
  desc: flagField(),
  /** The quota that is open. */
  id: textField(),
  /** The form for a new one; what it begins with. */
  new: textField(),
  user: textField(),
  client: textField(),
  ip: textField(),
};

function NoMatch({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  const servers = useCluster()?.bootstrapServers ?? [];
  if (isFiltered)
    return <Empty title="No quota matches" action={<Button onClick={onClear}>Clear the filter</Button>} />;
  return (
    <Empty
      title="No client is held to a quota"
      action={
        <ButtonLink look="primary" href="?new=1" scroll={false}>
          Set a quota
        </ButtonLink>
      }
    >
      <p>
        Every client may write, read and ask as much as the brokers can take. A quota holds a user, a client id or an
        address to a rate, so that one of them cannot starve the others. Set one here, or with Kafka’s tool:
      </p>
      <CopyBlock
        what="command"
        text={quotaCommand(servers, [{ type: 'client-id', name: 'orders-app' }], { producer_byte_rate: 10_000_000 })}
      />
    </Empty>
  );
}

/** What is open beside the list. */
function Beside({
  view,
  id,
  from,
  canAlter,
  isPrevious,
  hrefOf,
  onClose,
}: {
  view: QuotasView;
  id: string;
  from: string;
  canAlter: boolean;
  isPrevious: boolean;
  hrefOf: (row: QuotaRow) => string;
  onClose: () => void;
}) {
  if (from !== '' && canAlter) return <NewQuota key={from} from={from} onClose={onClose} />;
  const isChosen = view.chosen?.id === id;
  if (id === '' || (isPrevious && !isChosen) || view.freshness.sampledAtMs === null) return null;
  if (view.chosen === null) {
    const entity = entityOf(id);
    return <QuotaGone words={entity === null ? id : entityWords(entity)} onClose={onClose} />;
  }
  return <Quota key={id} row={view.chosen} {...{ closer: view.closer, canAlter, hrefOf, onClose }} />;
}

export function Quotas({ initial }: { initial: FirstPaint<'quotas'> }) {
  const why = useLack('quotas');
  const canAlter = useLack('quota.alter') === null;
  if (why !== null) return <Unserved title="This cluster does not tell its quotas" why={why} />;
  return <List initial={initial} canAlter={canAlter} />;
}

function List({ initial, canAlter }: { initial: FirstPaint<'quotas'>; canAlter: boolean }) {
  const paths = usePaths();
  const [state, set] = useUrlState(fields);
  const [offset, onWindow] = useWindow();
  const query = useDeferredValue(state.q.trim());
  const typed = { user: state.user, clientId: state.client, ip: state.ip };
  const client = useDeferredValue(clientOf(typed));
  const { data, error, isPrevious } = useChannel(
    'quotas',
    {
      query,
      kind: state.kind === '' ? null : state.kind,
      sort: state.sort,
      descending: state.desc,
      id: state.id === '' ? null : state.id,
      client,
      offset,
      limit: FIRST_ROWS,
    },
    { first: initial, keepsPrevious: true },
  );
  const onSort = (key: string) => {
    const sort = quotaSorts.find((each) => each === key) ?? 'entity';
    set({ sort, desc: sort === state.sort ? !state.desc : sort !== 'entity' });
  };
  const matching = data?.matching;
  useEffect(() => {
    if (matching !== undefined && !isPrevious) announce(plural(matching, 'quota matches', 'quotas match'));
  }, [matching, isPrevious]);
  if (!data) return <Page>{error ? <Failure error={error} /> : <PageSkeleton what="quotas" />}</Page>;
  const hrefOf = ({ id }: QuotaRow) => paths.quota(id);
  return (
    <Page>
      <PageHeader
        title="Quotas"
        facts={
          data.freshness.sampledAtMs === null ? null : (
            <Fact label={word(data.total, 'client quota')}>{exact(data.total)}</Fact>
          )
        }
        freshness={<Freshness of={data.freshness} />}
        actions={
          canAlter ? (
            <Button
              look="primary"
              data-testid="new-quota-button"
              onClick={() => set({ new: '1', id: '' }, true)}
              icon={<Plus aria-hidden className="size-4" />}
            >
              Set a quota
            </Button>
          ) : null
        }
      />
      <Failure error={error} />
      <Problems problems={data.problems} />
      {canAlter ? null : (
        <Notice level="notice">
          <p>The brokers of this cluster do not serve AlterClientQuotas, so quotas can be looked at only.</p>
        </Notice>
      )}
      <Held typed={typed} client={client} held={data.held} set={set} hrefOf={hrefOf} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <TextField
          label="Search quotas"
          isBare
          type="search"
          placeholder="User, client id or address  /"
          value={state.q}
          maxLength={249}
          onChange={(event) => set({ q: event.target.value })}
          className="w-full sm:w-80"
        />
        <SelectField
          label="Kind"
          isBare
          className="max-table:flex-1 max-table:basis-36"
          value={state.kind}
          onChange={(event) => set({ kind: quotaKinds.find((each) => each === event.target.value) ?? '' })}
        >
          <option value="">Every kind</option>
          {quotaKinds.map((kind) => (
            <option key={kind} value={kind}>
              {kindWords[kind]}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Sort by"
          isBare
          className="max-table:flex-1 max-table:basis-36 table:hidden"
          value={state.sort}
          onChange={(event) => onSort(event.target.value)}
        >
          {quotaSorts.map((sort) => (
            <option key={sort} value={sort}>
              Sort by {sort === 'entity' ? 'name' : limitTexts[sort].label.toLowerCase()}
            </option>
          ))}
        </SelectField>
        <span className="text-table text-muted num max-table:basis-full" data-testid="quota-count">
          {plural(data.matching, 'quota')}
        </span>
      </div>
      {data.freshness.sampledAtMs === null ? (
        <NotKnownYet what="quotas" />
      ) : data.matching === 0 ? (
        <NoMatch isFiltered={state.q !== '' || state.kind !== ''} onClear={() => set({ q: '', kind: '' })} />
      ) : (
        <Table
          label="Quotas"
          columns={columns}
          count={data.matching}
          rowAt={(index) => data.rows[index - data.offset]}
          keyOf={(row) => row.id}
          hrefOf={hrefOf}
          onOpen={(row) => set({ id: row.id, new: '' }, true)}
          rowTestId="quota-row"
          sort={{ by: state.sort, isDescending: state.desc, onSort }}
          onWindow={onWindow}
          hasKeys
          selectedKey={state.id === '' ? null : state.id}
        />
      )}
      <Throttling />
      <Beside
        view={data}
        id={state.id}
        from={state.new}
        canAlter={canAlter}
        isPrevious={isPrevious}
        hrefOf={hrefOf}
        onClose={() => set({ id: '', new: '' }, true)}
      />
    </Page>
  );
}
