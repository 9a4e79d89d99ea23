'use client';
// Who is held by what: a user, a client id and an address go in, and for each limit the quota that applies comes out, with those that
// it passes over.
import Link from 'next/link';
import type { HeldLimit, QuotaClient, QuotaRow } from '../../server/live/contract.ts';
import { ButtonLink } from '../ui/button.tsx';
import { TextField } from '../ui/form.tsx';
import { Section } from '../ui/page.tsx';
import { entityOfClient, entityWords, idOf, whoShares } from './entity.ts';
import { exactLimit, limitTexts, limitWords } from './limits.ts';

type SetClient = (changes: { user?: string; client?: string; ip?: string }) => void;
type HrefOf = (row: QuotaRow) => string;

function RuleLink({ row, hrefOf }: { row: QuotaRow; hrefOf: HrefOf }) {
  return (
    <Link href={hrefOf(row)} scroll={false} className="text-accent underline underline-offset-2">
      {entityWords(row.entity)}
    </Link>
  );
}

function Row({ held, client, hrefOf }: { held: HeldLimit; client: QuotaClient; hrefOf: HrefOf }) {
  const { key, rule, passedOver } = held;
  const value = rule?.limits[key];
  const isUnasked = key === 'connection_creation_rate' && client.ip === '' && rule === null;
  return (
    <li
      data-testid="held-limit"
      data-key={key}
      data-value={value ?? ''}
      className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-0.5 border-b py-2 text-table sm:grid-cols-[9rem_8rem_minmax(0,1fr)]"
    >
      <span className="text-ink">{limitTexts[key].label}</span>
      <span
        className="num font-medium text-ink-strong"
        title={value === undefined ? undefined : exactLimit(key, value)}
      >
        {value === undefined ? <span className="font-normal text-muted">no limit</span> : limitWords(key, value)}
      </span>
      <span className="min-w-0 text-muted max-sm:col-span-2" data-testid="held-rule">
        {rule === null ? (
          isUnasked ? (
            'Goes by address: give one to see it.'
          ) : (
            'No quota that names it has this limit.'
          )
        ) : (
          <>
            by <RuleLink row={rule} hrefOf={hrefOf} />. {whoShares(rule.entity)}
          </>
        )}
        {passedOver.length === 0 ? null : (
          <span className="block">
            passes over{' '}
            {passedOver.map((row, index) => (
              <span key={row.id}>
                {index === 0 ? '' : '; '}
                <RuleLink row={row} hrefOf={hrefOf} /> ({limitWords(key, row.limits[key] ?? 0)})
              </span>
            ))}
          </span>
        )}
      </span>
    </li>
  );
}

function whoIs({ user, clientId, ip }: QuotaClient): string {
  const parts = [
    user === '' ? 'user ANONYMOUS (not logged in)' : `user ${user}`,
    clientId === '' ? 'no client id' : `client id ${clientId}`,
    ...(ip === '' ? [] : [`from ${ip}`]),
  ];
  return parts.join(', ');
}

export function Held({
  typed,
  client,
  held,
  set,
  hrefOf,
}: {
  /** As it stands in the fields. */
  typed: QuotaClient;
  /** What was asked; null: nothing. */
  client: QuotaClient | null;
  held: readonly HeldLimit[];
  set: SetClient;
  hrefOf: HrefOf;
}) {
  const own = client === null ? null : entityOfClient(client);
  const isOwnRule = own !== null && held.some(({ rule }) => rule !== null && rule.id === idOf(own));
  return (
    <Section title="Who is held by what" className="rounded border bg-s1 px-4 py-3">
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-3 max-sm:[&>:last-child]:col-span-2">
        <TextField
          label="User"
          value={typed.user}
          placeholder="ANONYMOUS"
          data-testid="held-user"
          inputClassName="font-mono text-table"
          onChange={(event) => set({ user: event.target.value })}
        />
        <TextField
          label="Client id"
          value={typed.clientId}
          placeholder="orders-app"
          data-testid="held-client"
          inputClassName="font-mono text-table"
          onChange={(event) => set({ client: event.target.value })}
        />
        <TextField
          label="Address"
          value={typed.ip}
          placeholder="10.0.0.7"
          data-testid="held-ip"
          inputClassName="font-mono text-table"
          onChange={(event) => set({ ip: event.target.value })}
        />
      </div>
      {client === null ? (
        <p className="text-table text-muted">
          Type a user or a client id to see which quota holds it, limit by limit, and which rule says so.
        </p>
      ) : (
        <>
          <p className="pt-1 text-table" data-testid="held-client-words">
            A client of {whoIs(client)}:
          </p>
          <ul aria-label="Limits that apply" className="border-t">
            {held.map((each) => (
              <Row key={each.key} held={each} client={client} hrefOf={hrefOf} />
            ))}
          </ul>
          {own === null || isOwnRule ? null : (
            <div>
              <ButtonLink size="sm" href={`?new=${encodeURIComponent(idOf(own))}`} scroll={false}>
                Set a quota for {entityWords(own).toLowerCase().startsWith('address') ? 'this address' : 'just this'}
              </ButtonLink>
            </div>
          )}
        </>
      )}
    </Section>
  );
}
