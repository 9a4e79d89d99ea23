'use client';
// One user in a drawer: by which mechanisms it logs in, with which settings, and what can be done to it.
import Link from 'next/link';
import { useState } from 'react';
import { toast } from 'sonner';
import type { ScramMechanism, UserRow } from '../../server/live/contract.ts';
import { ConfirmName } from '../live/confirm-name.tsx';
import { useCall } from '../live/use-call.ts';
import { useCluster, usePaths } from '../live/use-connection.ts';
import { Button } from '../ui/button.tsx';
import { CopyBlock } from '../ui/copy-button.tsx';
import { Drawer } from '../ui/dialog.tsx';
import { exact } from '../ui/format.ts';
import { Empty, Notice } from '../ui/notice.tsx';
import { Section } from '../ui/page.tsx';
import { deleteCommand } from './client-settings.ts';
import { PasswordForm } from './password-form.tsx';
import { Settings } from './settings.tsx';
import type { Where } from './where.ts';

function Delete({
  user,
  mechanisms,
  onClose,
  onDeleted,
}: {
  user: UserRow;
  mechanisms: readonly ScramMechanism[];
  onClose: () => void;
  onDeleted: () => void;
}) {
  const servers = useCluster()?.bootstrapServers ?? [];
  const left = user.credentials.filter(({ mechanism }) => !mechanisms.includes(mechanism));
  const isWhole = left.length === 0;
  const remove = useCall('user.delete', () => {
    toast.success(isWhole ? `User ${user.name} deleted` : `${mechanisms.join(', ')} of ${user.name} deleted`);
    onDeleted();
  });
  return (
    <ConfirmName
      isOpen
      onClose={onClose}
      title={isWhole ? 'Delete the user' : `Delete ${mechanisms.join(', ')}`}
      name={user.name}
      verb={isWhole ? 'Delete user' : `Delete ${mechanisms.join(', ')}`}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ name: user.name, mechanisms })}
    >
      <Notice level="critical" testId="delete-user-hits">
        <p>
          Clients that log in as <span className="break-all font-mono">{user.name}</span>
          {isWhole ? '' : ` by ${mechanisms.join(', ')}`} are refused from their next login on. The password cannot be
          had back.
        </p>
        {isWhole ? null : <p>{left.map(({ mechanism }) => mechanism).join(', ')} goes on working.</p>}
        <p>Connections that are open stay open. Quotas of the user stay as they are.</p>
      </Notice>
      <CopyBlock what="command" text={deleteCommand(servers, user.name, mechanisms)} />
    </ConfirmName>
  );
}

export function User({
  user,
  where,
  canAlter,
  onClose,
}: {
  user: UserRow;
  where: Where;
  canAlter: boolean;
  onClose: () => void;
}) {
  const paths = usePaths();
  const [isChanging, setChanging] = useState(false);
  const [deletes, setDeletes] = useState<readonly ScramMechanism[] | null>(null);
  const all = user.credentials.map(({ mechanism }) => mechanism);
  return (
    <Drawer
      isOpen
      onClose={onClose}
      title={<span className="break-all font-mono">{user.name}</span>}
      description="SCRAM user"
      testId="user"
      width="wide"
      footer={
        canAlter ? (
          <>
            <Button look="danger" onClick={() => setDeletes(all)}>
              Delete user
            </Button>
            <Button look="primary" onClick={() => setChanging(true)}>
              Change password
            </Button>
          </>
        ) : null
      }
    >
      <div className="flex flex-col gap-5">
        <Section title="Logs in by">
          <ul className="border-t">
            {user.credentials.map(({ mechanism, iterations }) => (
              <li
                key={mechanism}
                data-testid="credential"
                data-key={mechanism}
                className="flex flex-wrap items-center gap-x-3 border-b py-1.5 text-table"
              >
                <span className="flex-1 text-ink-strong">{mechanism}</span>
                <span className="num text-muted">{exact(iterations)} iterations</span>
                {canAlter && all.length > 1 ? (
                  <Button
                    size="sm"
                    look="danger"
                    aria-label={`Delete ${mechanism}`}
                    onClick={() => setDeletes([mechanism])}
                  >
                    Delete
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
          <p className="text-caption text-muted">
            The password itself is nowhere: the cluster keeps a hash of it, and does not tell that either.
          </p>
        </Section>
        <Section title="Settings of a client">
          <Settings where={where} user={user.name} mechanisms={all} />
        </Section>
        <p className="text-table">
          <Link href={`${paths.quotas}?user=${encodeURIComponent(user.name)}`} className="text-accent hover:underline">
            Which quotas hold it
          </Link>
        </p>
      </div>
      {isChanging ? <PasswordForm user={user} where={where} onClose={() => setChanging(false)} /> : null}
      {deletes === null ? null : (
        <Delete
          user={user}
          mechanisms={deletes}
          onClose={() => setDeletes(null)}
          onDeleted={() => (deletes.length === all.length ? onClose() : setDeletes(null))}
        />
      )}
    </Drawer>
  );
}

/** The address names a user that is not there. */
export function UserGone({ name, onClose }: { name: string; onClose: () => void }) {
  return (
    <Drawer
      isOpen
      onClose={onClose}
      title={<span className="break-all font-mono">{name}</span>}
      description="SCRAM user"
      testId="user"
    >
      <Empty title="There is no such user" action={<Button onClick={onClose}>Close</Button>}>
        <p>
          It was deleted, or its name is misspelt. Users of other mechanisms than SCRAM are not kept in the cluster.
        </p>
      </Empty>
    </Drawer>
  );
}
