'use client';
// The settings with which a client logs in, for the tool of choice, to copy. A password is hidden on screen until it is asked for.
import { useState } from 'react';
import type { ScramMechanism } from '../../server/live/contract.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Segments } from '../ui/form.tsx';
import { clientSettings, NO_PASSWORD, type Tool, toolNames, tools } from './client-settings.ts';
import type { Where } from './where.ts';

const HIDDEN = '••••••••';

export function Settings({
  where,
  user,
  mechanisms,
  password = null,
}: {
  where: Where;
  user: string;
  /** Of the user. */
  mechanisms: readonly ScramMechanism[];
  /** null: not known, which is all there is but in the moment it was set. */
  password?: string | null;
}) {
  const [tool, setTool] = useState<Tool>('kcat');
  const [isShown, setShown] = useState(false);
  if (where.is === 'unknown') return null;
  if (where.is === 'open') return <p className="text-table text-muted">{where.sentence}</p>;
  const mechanism = mechanisms.findLast((each) => where.mechanisms.includes(each));
  if (mechanism === undefined)
    return (
      <p className="text-table text-muted">
        The brokers take {where.mechanisms.join(', ')} only: set a password for that to log in as this user.
      </p>
    );
  const login = { listener: where.listener, mechanism, user };
  const shown = clientSettings(tool, {
    ...login,
    password: password === null ? NO_PASSWORD : isShown ? password : HIDDEN,
  });
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Segments
          label="Client"
          value={tool}
          options={tools.map((value) => ({ value, label: toolNames[value] }))}
          onChange={setTool}
        />
        {password === null ? null : (
          <Button size="sm" look="quiet" onClick={() => setShown(!isShown)} aria-pressed={isShown}>
            {isShown ? 'Hide the password' : 'Show the password'}
          </Button>
        )}
      </div>
      <div className="flex items-start gap-2 rounded border bg-s2 py-1 pl-3 pr-1">
        <pre
          data-testid="client-settings"
          className="min-w-0 flex-1 overflow-x-auto whitespace-pre-wrap break-all py-1 font-mono text-caption text-ink-strong"
        >
          {shown}
        </pre>
        <CopyButton
          what="client settings"
          text={() => clientSettings(tool, { ...login, password: password ?? NO_PASSWORD })}
        />
      </div>
      {password === null ? null : <p className="text-caption text-muted">What is copied has the password in it.</p>}
    </div>
  );
}
