'use client';
// The SCRAM users of a cluster: searched, sorted and windowed by the server; one opens beside. Secrets are never shown, for there are none.
import { Plus } from 'lucide-react';
import { useDeferredValue, useEffect } from 'react';
import { type FirstPaint, SCRAM_MECHANISMS, type ScramMechanism, type UserRow } from '../../server/live/contract.ts';
import { Freshness } from '../live/freshness.tsx';
import { Unserved } from '../live/unserved.tsx';
import { useChannel } from '../live/use-channel.ts';
import { useCluster, usePaths } from '../live/use-connection.ts';
import { useLack } from '../live/use-lack.ts';
import { announce } from '../ui/announce.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { CopyBlock } from '../ui/copy-button.tsx';
import { TextField } from '../ui/form.tsx';
import { exact, plural, word } from '../ui/format.ts';
import { Empty, Failure, Notice, NotKnownYet, PageSkeleton, Problems } from '../ui/notice.tsx';
import { Fact, Page, PageHeader } from '../ui/page.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { flagField, textField, useUrlState } from '../ui/use-url-state.ts';
import { useWindow } from '../ui/use-window.ts';
import { passwordCommand } from './client-settings.ts';
import { PasswordForm } from './password-form.tsx';
import { User, UserGone } from './user.tsx';
import { FIRST_ROWS } from './users-params.ts';
import { type Where, whereToLogIn } from './where.ts';

const fields = {
  q: textField(),
  desc: flagField(),
  /** The user that is open. */
  name: textField(),
  new: flagField(),
};

const mechanismColumn = (mechanism: ScramMechanism): Column<UserRow> => ({
  id: mechanism,
  header: mechanism,
  track: '160px',
  onPhone: 'line',
  isSelfLabelled: true,
  cell: ({ credentials }) => {
    const credential = credentials.find((each) => each.mechanism === mechanism);
    if (credential === undefined)
      return (
        <span data-none className="text-muted">
          none
        </span>
      );
    return (
      <span className="num">
        <span className="table:hidden">{mechanism} </span>
        {exact(credential.iterations)}
        <span className="max-table:hidden"> iterations</span>
      </span>
    );
  },
});
const columns: readonly Column<UserRow>[] = [
  {
    id: 'name',
    header: 'User',
    track: 'minmax(0,2fr)',
    sortKey: 'name',
    onPhone: 'title',
    cell: ({ name }) => (
      <span className="font-mono" title={name}>
        {name}
      </span>
    ),
  },
  ...SCRAM_MECHANISMS.map(mechanismColumn),
];

/** Where clients log in, or what it means that they cannot. */
function Login({ where }: { where: Where }) {
  if (where.is === 'unknown') return null;
  if (where.is === 'open')
    return (
      <Notice level="warn" testId="no-login">
        <p>{where.sentence}</p>
      </Notice>
    );
  const { listener, mechanisms, open } = where;
  return (
    <Notice level="notice" testId="login">
      <p>
        Clients log in at <span className="break-all font-mono">{listener.addresses.join(', ')}</span> (
        {listener.protocol}; {mechanisms.join(', ')}).
        {listener.protocol === 'SASL_PLAINTEXT' ? ' Nothing on that way is encrypted.' : ''}
      </p>
      {open.length === 0 ? null : (
        <p>
          {open.length === 1 ? 'The listener' : 'The listeners'} {open.map(({ name }) => name).join(', ')} at{' '}
          <span className="break-all font-mono">{open.flatMap(({ addresses }) => addresses).join(', ')}</span>{' '}
          {open.length === 1 ? 'asks' : 'ask'} nobody: who comes that way is ANONYMOUS.
        </p>
      )}
    </Notice>
  );
}

function NoMatch({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  const servers = useCluster()?.bootstrapServers ?? [];
  if (isFiltered) return <Empty title="No user matches" action={<Button onClick={onClear}>Clear the filter</Button>} />;
  return (
    <Empty
      title="There is no SCRAM user yet"
      action={
        <ButtonLink look="primary" href="?new=1" scroll={false}>
          Create user
        </ButtonLink>
      }
    >
      <p>
        A user lets clients prove who they are, so that quotas can hold them by name. The cluster keeps a salted hash of
        the password only. Create one here, or with Kafka’s tool:
      </p>
      <CopyBlock what="command" text={passwordCommand(servers, 'orders-app', ['SCRAM-SHA-512'], 8_192)} />
    </Empty>
  );
}

export function Users({ initial }: { initial: FirstPaint<'users'> }) {
  const why = useLack('users');
  const canAlter = useLack('user.setPassword') === null;
  if (why !== null) return <Unserved title="This cluster does not tell its users" why={why} />;
  return <List initial={initial} canAlter={canAlter} />;
}

function List({ initial, canAlter }: { initial: FirstPaint<'users'>; canAlter: boolean }) {
  const paths = usePaths();
  const isEmbedded = useCluster()?.capabilities.embedded ?? false;
  const [state, set] = useUrlState(fields);
  const [offset, onWindow] = useWindow();
  const query = useDeferredValue(state.q.trim());
  const { data, error, isPrevious } = useChannel(
    'users',
    {
      query,
      descending: state.desc,
      name: state.name === '' ? null : state.name,
      offset,
      limit: FIRST_ROWS,
    },
    { first: initial, keepsPrevious: true },
  );
  const matching = data?.matching;
  useEffect(() => {
    if (matching !== undefined && !isPrevious) announce(plural(matching, 'user matches', 'users match'));
  }, [matching, isPrevious]);
  if (!data) return <Page>{error ? <Failure error={error} /> : <PageSkeleton what="users" />}</Page>;
  const where = whereToLogIn(data.clients, isEmbedded);
  const isSampled = data.freshness.sampledAtMs !== null;
  const close = () => set({ name: '', new: false }, true);
  return (
    <Page>
      <PageHeader
        title="Users"
        facts={isSampled ? <Fact label={word(data.total, 'SCRAM user')}>{exact(data.total)}</Fact> : null}
        freshness={<Freshness of={data.freshness} />}
        actions={
          canAlter ? (
            <Button
              look="primary"
              data-testid="new-user-button"
              onClick={() => set({ new: true, name: '' }, true)}
              icon={<Plus aria-hidden className="size-4" />}
            >
              Create user
            </Button>
          ) : null
        }
      />
      <Failure error={error} />
      <Problems problems={data.problems} />
      {canAlter ? null : (
        <Notice level="notice">
          <p>The brokers of this cluster do not serve AlterUserScramCredentials, so users can be looked at only.</p>
        </Notice>
      )}
      <Login where={where} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <TextField
          label="Search users"
          isBare
          type="search"
          placeholder="Search users  /"
          value={state.q}
          maxLength={249}
          onChange={(event) => set({ q: event.target.value })}
          className="w-full sm:w-80"
        />
        <span className="text-table text-muted num max-table:basis-full" data-testid="user-count">
          {plural(data.matching, 'user')}
        </span>
      </div>
      {!isSampled ? (
        <NotKnownYet what="users" />
      ) : data.matching === 0 ? (
        <NoMatch isFiltered={state.q !== ''} onClear={() => set({ q: '' })} />
      ) : (
        <Table
          label="Users"
          columns={columns}
          count={data.matching}
          rowAt={(index) => data.rows[index - data.offset]}
          keyOf={(row) => row.name}
          hrefOf={(row) => paths.user(row.name)}
          onOpen={(row) => set({ name: row.name, new: false }, true)}
          rowTestId="user-row"
          sort={{ by: 'name', isDescending: state.desc, onSort: () => set({ desc: !state.desc }) }}
          onWindow={onWindow}
          hasKeys
          selectedKey={state.name === '' ? null : state.name}
        />
      )}
      {state.new && canAlter ? (
        <PasswordForm user={null} where={where} onClose={close} />
      ) : state.name === '' || (isPrevious && data.chosen?.name !== state.name) || !isSampled ? null : data.chosen ===
        null ? (
        <UserGone name={state.name} onClose={close} />
      ) : (
        <User key={state.name} user={data.chosen} where={where} canAlter={canAlter} onClose={close} />
      )}
    </Page>
  );
}
