'use client';
// Where clients log in as a user, over the list of users.
import { Notice } from '../ui/notice.tsx';
import type { Where } from './where.ts';

/** Where clients log in, or what it means that they cannot. */
export function Login({ where }: { where: Where }) {
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
