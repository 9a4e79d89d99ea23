'use client';
// One quota in a drawer: whom it holds, its limits to change, what goes before it, and taking it away.
import Link from 'next/link';
import { useState } from 'react';
import { toast } from 'sonner';
import type { QuotaKey, QuotaRow } from '../../server/live/contract.ts';
import { useCall } from '../live/use-call.ts';
import { useCluster } from '../live/use-connection.ts';
import { Button } from '../ui/button.tsx';
import { CopyBlock } from '../ui/copy-button.tsx';
import { Dialog, Drawer } from '../ui/dialog.tsx';
import { plural } from '../ui/format.ts';
import { Empty, Failure, Notice } from '../ui/notice.tsx';
import { Section } from '../ui/page.tsx';
import { quotaCommand } from './command.ts';
import { entityWords, whomItHolds, whoShares } from './entity.ts';
import { LimitFields, typedChanges, typedLimits } from './limit-fields.tsx';
import { keysOf, limitTexts, limitWords } from './limits.ts';
import { Precedence } from './precedence.tsx';

interface QuotaProps {
  row: QuotaRow;
  closer: readonly QuotaRow[];
  canAlter: boolean;
  hrefOf: (row: QuotaRow) => string;
  onClose: () => void;
}

/** Removes every limit of the entity; what it had can be set again at once. */
function Remove({
  row,
  closer,
  onClose,
  onRemoved,
}: Pick<QuotaProps, 'row' | 'closer' | 'onClose'> & { onRemoved: () => void }) {
  const undo = useCall('quota.alter', () => toast.success('The quota is back'));
  const keys = keysOf(row.entity).filter((key) => row.limits[key] !== undefined);
  const remove = useCall('quota.alter', () => {
    toast.success(`Quota removed: ${entityWords(row.entity)}`, {
      action: {
        label: 'Undo',
        onClick: () => undo.mutate({ entity: row.entity, limits: row.limits, expected: {} }),
      },
      duration: 10_000,
    });
    onRemoved();
  });
  const hasUser = row.entity.some(({ type, name }) => type === 'user' && name !== null);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Remove the quota"
      description={entityWords(row.entity)}
      testId="remove-quota"
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            look="danger"
            isBusy={remove.isPending}
            onClick={() =>
              remove.mutate({
                entity: row.entity,
                limits: Object.fromEntries(keys.map((key) => [key, null])),
                expected: row.limits,
              })
            }
          >
            Remove quota
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Notice level="warn" testId="remove-quota-hits">
          <p>
            {keys.map((key) => `${limitTexts[key].label} ${limitWords(key, row.limits[key] ?? 0)}`).join(', ')}: gone at
            once, on every broker. Its clients fall to the next quota that names them, and to no limit where there is
            none.
          </p>
          {closer.length === 0 ? null : <p>{plural(closer.length, 'closer quota stays', 'closer quotas stay')}.</p>}
          {hasUser ? <p>The user itself, its password and its other quotas are not touched.</p> : null}
        </Notice>
        <Failure error={remove.error} />
      </div>
    </Dialog>
  );
}

function Closer({ closer, hrefOf }: Pick<QuotaProps, 'closer' | 'hrefOf'>) {
  if (closer.length === 0) return null;
  return (
    <Section title="Closer quotas go before it">
      <ul className="text-table">
        {closer.map((each) => (
          <li key={each.id} className="border-b py-1.5">
            <Link href={hrefOf(each)} scroll={false} className="text-accent hover:underline">
              {entityWords(each.entity)}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function Quota({ row, closer, canAlter, hrefOf, onClose }: QuotaProps) {
  const servers = useCluster()?.bootstrapServers ?? [];
  // What the fields began from: a change by somebody else meanwhile is refused, not overwritten.
  const [before] = useState(row.limits);
  const [typed, setTyped] = useState(() => typedLimits(row.limits));
  const [isRemoving, setRemoving] = useState(false);
  const alter = useCall('quota.alter', () => {
    toast.success(`Quota saved: ${entityWords(row.entity)}`);
    onClose();
  });
  const changes = typedChanges(row.entity, typed, before);
  const keys = changes === null ? [] : (Object.keys(changes) as QuotaKey[]);
  const isEmptied =
    changes !== null &&
    keysOf(row.entity).every((key) => (changes[key] ?? (key in changes ? null : before[key])) == null);
  return (
    <Drawer
      isOpen
      onClose={onClose}
      title={<span className="break-words">{entityWords(row.entity)}</span>}
      description="Client quota"
      testId="quota"
      width="wide"
      footer={
        canAlter ? (
          <>
            <Button look="danger" onClick={() => setRemoving(true)}>
              Remove quota
            </Button>
            <Button
              look="primary"
              type="submit"
              form="quota-form"
              disabled={keys.length === 0 || isEmptied}
              isBusy={alter.isPending}
            >
              Save changes
            </Button>
          </>
        ) : null
      }
    >
      <div className="flex flex-col gap-5">
        <div className="flex flex-col gap-1" data-testid="quota-explained">
          <p>{whomItHolds(row.entity)}</p>
          <p>{whoShares(row.entity)}</p>
        </div>
        <form
          id="quota-form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (changes === null || keys.length === 0 || isEmptied) return;
            alter.mutate({ entity: row.entity, limits: changes, expected: before });
          }}
        >
          <LimitFields entity={row.entity} typed={typed} onChange={setTyped} />
        </form>
        {isEmptied ? (
          <Notice level="notice">
            <p>Without any limit there is no quota left: remove it instead.</p>
          </Notice>
        ) : null}
        <Failure error={alter.error} />
        <Closer closer={closer} hrefOf={hrefOf} />
        <Section title={keys.length > 0 ? 'The same change as a command' : 'The same quota as a command'}>
          <CopyBlock
            what="command"
            text={quotaCommand(servers, row.entity, changes !== null && keys.length > 0 ? changes : before)}
          />
        </Section>
        <Precedence />
      </div>
      {isRemoving ? <Remove row={row} closer={closer} onClose={() => setRemoving(false)} onRemoved={onClose} /> : null}
    </Drawer>
  );
}

/** The address names a quota that is not there. */
export function QuotaGone({ words, onClose }: { words: string; onClose: () => void }) {
  return (
    <Drawer isOpen onClose={onClose} title={words} description="Client quota" testId="quota">
      <Empty title="There is no such quota" action={<Button onClick={onClose}>Close</Button>}>
        <p>It was removed, or its address is misspelt.</p>
      </Empty>
    </Drawer>
  );
}
