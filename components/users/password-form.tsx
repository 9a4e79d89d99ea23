'use client';
// Makes a user, or gives one a new password. The password is in this form and in the one message to the server, nowhere else: not in
// the address, not in storage, and gone when the form closes.
import { type FormEvent, useState } from 'react';
import { toast } from 'sonner';
import { SCRAM_ITERATIONS, SCRAM_MECHANISMS, type ScramMechanism, type UserRow } from '../../server/live/contract.ts';
import { useCall } from '../live/use-call.ts';
import { useCluster } from '../live/use-connection.ts';
import { Button } from '../ui/button.tsx';
import { CopyBlock, CopyButton } from '../ui/copy-button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { CheckField, NumberField, TextField } from '../ui/form.tsx';
import { exact } from '../ui/format.ts';
import { Failure, Notice } from '../ui/notice.tsx';
import { passwordCommand } from './client-settings.ts';
import { passwordHint, passwordProblem, randomPassword, userNameProblem } from './password.ts';
import { Settings } from './settings.tsx';
import type { Where } from './where.ts';

const DEFAULT_ITERATIONS = 8_192;

interface Draft {
  readonly name: string;
  readonly mechanisms: readonly ScramMechanism[];
  readonly iterations: string;
  readonly password: string;
}

function startOf(user: UserRow | null): Draft {
  const iterations = user?.credentials.map((each) => each.iterations) ?? [];
  return {
    name: user?.name ?? '',
    mechanisms: user === null ? ['SCRAM-SHA-512'] : user.credentials.map(({ mechanism }) => mechanism),
    iterations: String(Math.max(DEFAULT_ITERATIONS, ...iterations)),
    password: '',
  };
}

function iterationsProblem(text: string): string | null {
  const { least, most } = SCRAM_ITERATIONS;
  const count = Number(text);
  return /^\d+$/.test(text) && count >= least && count <= most
    ? null
    : `Kafka takes ${exact(least)} to ${exact(most)}.`;
}

function PasswordField({
  password,
  onChange,
  error,
}: {
  password: string;
  onChange: (password: string) => void;
  error: string | null;
}) {
  const [isShown, setShown] = useState(false);
  const make = () => {
    onChange(randomPassword());
    setShown(true);
  };
  return (
    <div className="flex flex-col gap-1">
      <TextField
        label="Password"
        type={isShown ? 'text' : 'password'}
        autoComplete="new-password"
        value={password}
        maxLength={1_000}
        data-testid="user-password"
        inputClassName="font-mono text-table"
        onChange={(event) => onChange(event.target.value)}
        error={error}
        help={passwordHint(password)}
      />
      <div className="flex flex-wrap gap-1">
        <Button size="sm" onClick={make}>
          Generate
        </Button>
        <Button size="sm" look="quiet" onClick={() => setShown(!isShown)} aria-pressed={isShown}>
          {isShown ? 'Hide' : 'Show'}
        </Button>
        {password === '' ? null : <CopyButton text={() => password} what="password" />}
      </div>
    </div>
  );
}

/** Mechanisms that keep the old password. */
function Kept({ user, chosen }: { user: UserRow | null; chosen: readonly ScramMechanism[] }) {
  const kept = (user?.credentials ?? []).filter(({ mechanism }) => !chosen.includes(mechanism));
  if (kept.length === 0 || chosen.length === 0) return null;
  return (
    <Notice level="warn" testId="kept-mechanisms">
      <p>The old password goes on working with {kept.map(({ mechanism }) => mechanism).join(' and ')}.</p>
    </Notice>
  );
}

export function PasswordForm({ user, where, onClose }: { user: UserRow | null; where: Where; onClose: () => void }) {
  const servers = useCluster()?.bootstrapServers ?? [];
  const [draft, setDraft] = useState(() => startOf(user));
  const [isTouched, setTouched] = useState(false);
  const [isDone, setDone] = useState(false);
  const set = (changes: Partial<Draft>) => setDraft({ ...draft, ...changes });
  const save = useCall('user.setPassword', ({ name }) => {
    toast.success(user === null ? `User ${name} created` : `Password of ${name} changed`);
    setDone(true);
  });
  if (isDone) return <Done draft={draft} isNew={user === null} where={where} onClose={onClose} />;
  const problems = {
    name: user === null ? userNameProblem(draft.name) : null,
    iterations: iterationsProblem(draft.iterations),
    password: passwordProblem(draft.password),
    mechanisms: draft.mechanisms.length === 0 ? 'Choose at least one.' : null,
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    if (Object.values(problems).some((problem) => problem !== null)) return;
    save.mutate({
      name: draft.name,
      mechanisms: draft.mechanisms,
      iterations: Number(draft.iterations),
      password: draft.password,
      isNew: user === null,
    });
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={user === null ? 'Create user' : 'Change the password'}
      description={
        user === null ? 'For clients that log in by SCRAM.' : <span className="break-all font-mono">{user.name}</span>
      }
      testId="password-form"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form="password-form" isBusy={save.isPending}>
            {user === null ? 'Create user' : 'Change password'}
          </Button>
        </>
      }
    >
      <form id="password-form" onSubmit={submit} noValidate className="flex flex-col gap-4">
        {user === null ? (
          <TextField
            label="User"
            value={draft.name}
            maxLength={1_000}
            placeholder="orders-app"
            data-testid="user-name"
            inputClassName="font-mono text-table"
            onChange={(event) => set({ name: event.target.value })}
            error={isTouched ? problems.name : null}
          />
        ) : null}
        <PasswordField
          password={draft.password}
          onChange={(password) => set({ password })}
          error={isTouched ? problems.password : null}
        />
        <fieldset className="flex flex-col">
          <legend className="text-table font-medium text-ink">Mechanisms</legend>
          {SCRAM_MECHANISMS.map((mechanism) => (
            <CheckField
              key={mechanism}
              label={mechanism}
              isChecked={draft.mechanisms.includes(mechanism)}
              onChange={(isChosen) =>
                set({
                  mechanisms: SCRAM_MECHANISMS.filter((each) =>
                    each === mechanism ? isChosen : draft.mechanisms.includes(each),
                  ),
                })
              }
            />
          ))}
          {isTouched && problems.mechanisms !== null ? (
            <p role="alert" className="text-caption text-critical">
              {problems.mechanisms}
            </p>
          ) : null}
        </fieldset>
        <Kept user={user} chosen={draft.mechanisms} />
        <NumberField
          label="Iterations"
          inputClassName="max-w-40"
          min={SCRAM_ITERATIONS.least}
          max={SCRAM_ITERATIONS.most}
          value={draft.iterations}
          onChange={(iterations) => set({ iterations })}
          error={isTouched ? problems.iterations : null}
          help="More make guessing and logging in slower."
        />
        {user === null ? null : (
          <p className="text-table text-muted">
            Connections that are open stay open; clients need the new password at their next login.
          </p>
        )}
        <Failure error={save.error} />
        {problems.name === null && problems.iterations === null && draft.mechanisms.length > 0 ? (
          <details className="text-table">
            <summary className="w-fit text-accent hover:underline">The same as a command</summary>
            <div className="mt-2">
              <CopyBlock
                what="command"
                text={passwordCommand(servers, draft.name, draft.mechanisms, Number(draft.iterations))}
              />
            </div>
          </details>
        ) : null}
      </form>
    </Dialog>
  );
}

/** The one time that settings come with the password: nobody can read it back. */
function Done({ draft, isNew, where, onClose }: { draft: Draft; isNew: boolean; where: Where; onClose: () => void }) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={isNew ? 'User created' : 'Password changed'}
      description={<span className="break-all font-mono">{draft.name}</span>}
      testId="password-done"
      width="wide"
      footer={
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <Notice level="notice">
          <p>Copy the password now: the cluster keeps only what it was hashed to, and nobody can show it again.</p>
          <div className="mt-1">
            <CopyButton text={() => draft.password} what="password" isLabelled />
          </div>
        </Notice>
        <Settings where={where} user={draft.name} mechanisms={draft.mechanisms} password={draft.password} />
      </div>
    </Dialog>
  );
}
