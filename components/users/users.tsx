'use client';
// The SCRAM users of a cluster: searched, sorted and windowed by the server; one opens beside. Secrets are never shown, for there are none.
import type { FirstPaint } from '../../server/live/contract.ts';
import { ResourceList } from '../live/resource-list.tsx';
import { Unserved } from '../live/unserved.tsx';
import { useCluster, usePaths } from '../live/use-connection.ts';
import { useLack } from '../live/use-lack.ts';
import { ButtonLink } from '../ui/button.tsx';
import { CopyBlock } from '../ui/copy-button.tsx';
import { exact, word } from '../ui/format.ts';
import { Empty, Notice } from '../ui/notice.tsx';
import { Fact } from '../ui/page.tsx';
import { Beside } from './beside.tsx';
import { passwordCommand } from './client-settings.ts';
import { columns } from './columns.tsx';
import { Login } from './login.tsx';
import { users as section } from './section.ts';
import { userFields, usersAsked } from './users-params.ts';
import { whereToLogIn } from './where.ts';

function NoUser() {
  const servers = useCluster()?.bootstrapServers ?? [];
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
  const paths = usePaths();
  const isEmbedded = useCluster()?.capabilities.embedded ?? false;
  const why = useLack('users');
  const alterWhy = useLack('user.setPassword');
  if (why !== null) return <Unserved title="This cluster does not tell its users" why={why} />;
  const canAlter = alterWhy === null;
  return (
    <ResourceList
      channel="users"
      initial={initial}
      fields={userFields}
      asked={usersAsked}
      title={section.title}
      nouns={['user', 'users']}
      placeholder="Search users"
      testIds={{ row: 'user-row', count: 'user-count' }}
      columns={columns}
      sorts={[{ key: 'name', label: 'name' }]}
      keyOf={(row) => row.name}
      hrefOf={(row) => paths.user(row.name)}
      opens={{ key: ({ name }) => name, to: (name) => ({ name, new: false }) }}
      action={{
        label: 'Create user',
        testId: 'new-user-button',
        to: { new: true, name: '' },
        needs: 'user.setPassword',
      }}
      facts={(view) => <Fact label={word(view.total, 'SCRAM user')}>{exact(view.total)}</Fact>}
      above={({ view }) => (
        <>
          {canAlter ? null : (
            <Notice level="notice">
              <p>Users can be looked at only. {alterWhy}</p>
            </Notice>
          )}
          <Login where={whereToLogIn(view.clients, isEmbedded)} />
        </>
      )}
      empty={<NoUser />}
      beside={({ view, address, isPrevious, close }) => (
        <Beside
          name={address.name}
          isNew={address.new}
          where={whereToLogIn(view.clients, isEmbedded)}
          onClose={close}
          {...{ view, canAlter, isPrevious }}
        />
      )}
    />
  );
}
