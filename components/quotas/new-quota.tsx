'use client';
// A new quota: whom it is for, its limits, and the command that does the same. Open while the address says ?new=.
import { type FormEvent, useState } from 'react';
import { toast } from 'sonner';
import type { QuotaEntity, QuotaKind, QuotaPartType } from '../../server/live/contract.ts';
import { useCall } from '../live/use-call.ts';
import { useCluster } from '../live/use-connection.ts';
import { Button } from '../ui/button.tsx';
import { CopyBlock } from '../ui/copy-button.tsx';
import { Drawer } from '../ui/dialog.tsx';
import { CheckField, SelectField, TextField } from '../ui/form.tsx';
import { Failure } from '../ui/notice.tsx';
import { Section } from '../ui/page.tsx';
import { quotaCommand } from './command.ts';
import { entityOf, entityWords, whomItHolds, whoShares } from './entity.ts';
import { LimitFields, type TypedLimits, typedChanges } from './limit-fields.tsx';
import { Precedence } from './precedence.tsx';

const typesOf: Readonly<Record<QuotaKind, readonly QuotaPartType[]>> = {
  user: ['user'],
  'user-client': ['user', 'client-id'],
  client: ['client-id'],
  ip: ['ip'],
};
const kindLabels: Readonly<Record<QuotaKind, string>> = {
  user: 'A user',
  'user-client': 'A user with a client id',
  client: 'A client id',
  ip: 'An address',
};
const partTexts: Readonly<Record<QuotaPartType, { label: string; others: string; placeholder: string; help: string }>> =
  {
    user: {
      label: 'User',
      others: 'Every other user: the default',
      placeholder: 'alice',
      help: 'As it logs in. ANONYMOUS is everyone who does not.',
    },
    'client-id': {
      label: 'Client id',
      others: 'Every other client id: the default',
      placeholder: 'orders-app',
      help: 'The client.id that programs give themselves.',
    },
    ip: {
      label: 'Address',
      others: 'Every other address: the default',
      placeholder: '10.0.0.7',
      help: 'IPv4 or IPv6, as brokers see it.',
    },
  };
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|[\da-f]*:[\da-f:.]*)$/i;

interface Named {
  readonly name: string;
  readonly isDefault: boolean;
}
type Names = Readonly<Record<QuotaPartType, Named>>;
const unnamed: Named = { name: '', isDefault: false };

function startOf(id: string): { kind: QuotaKind; names: Names } {
  const entity = entityOf(id) ?? [];
  const named = (type: QuotaPartType): Named => {
    const part = entity.find((each) => each.type === type);
    return part === undefined ? unnamed : { name: part.name ?? '', isDefault: part.name === null };
  };
  const has = (type: QuotaPartType) => entity.some((part) => part.type === type);
  const ofClient: QuotaKind = has('client-id') ? 'client' : 'user';
  const kind: QuotaKind = has('ip') ? 'ip' : has('user') && has('client-id') ? 'user-client' : ofClient;
  return { kind, names: { user: named('user'), 'client-id': named('client-id'), ip: named('ip') } };
}

function problemWith(type: QuotaPartType, { name, isDefault }: Named): string | null {
  if (isDefault) return null;
  if (name.trim() === '')
    return `Name ${type === 'ip' ? 'an address' : type === 'user' ? 'a user' : 'a client id'}, or choose every other.`;
  return type === 'ip' && !ADDRESS.test(name.trim()) ? 'Write an address such as 10.0.0.7 or ::1.' : null;
}

export function NewQuota({ from, onClose }: { from: string; onClose: () => void }) {
  const servers = useCluster()?.bootstrapServers ?? [];
  const [{ kind, names }, setWhom] = useState(() => startOf(from));
  const [typed, setTyped] = useState<TypedLimits>({});
  const [isTouched, setTouched] = useState(false);
  const types = typesOf[kind];
  const entity: QuotaEntity = types.map((type) => ({
    type,
    name: names[type].isDefault ? null : names[type].name.trim(),
  }));
  const isNamed = types.every((type) => problemWith(type, names[type]) === null);
  const changes = typedChanges(entity, typed, {});
  const hasLimit = changes !== null && Object.values(changes).some((value) => value !== null);
  const alter = useCall('quota.alter', () => {
    toast.success(`Quota set: ${entityWords(entity)}`);
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    if (!isNamed || !hasLimit || changes === null) return;
    alter.mutate({ entity, limits: changes, expected: {} });
  };
  const setName = (type: QuotaPartType, named: Named) => setWhom({ kind, names: { ...names, [type]: named } });
  return (
    <Drawer
      isOpen
      onClose={onClose}
      title="Set a quota"
      description="Who is over it waits and loses nothing; changes of partitions are refused until later."
      testId="new-quota"
      width="wide"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form="new-quota-form" isBusy={alter.isPending}>
            Set quota
          </Button>
        </>
      }
    >
      <form id="new-quota-form" onSubmit={submit} noValidate className="flex flex-col gap-5">
        <Section title="For whom" className="gap-3">
          <SelectField
            label="Kind"
            className="w-full sm:w-72"
            value={kind}
            onChange={(event) =>
              setWhom({
                kind: (event.target.value as QuotaKind) in typesOf ? (event.target.value as QuotaKind) : kind,
                names,
              })
            }
          >
            {(Object.keys(typesOf) as QuotaKind[]).map((each) => (
              <option key={each} value={each}>
                {kindLabels[each]}
              </option>
            ))}
          </SelectField>
          <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
            {types.map((type) => (
              <div key={type} className="flex flex-col gap-1">
                <TextField
                  label={partTexts[type].label}
                  value={names[type].isDefault ? '' : names[type].name}
                  disabled={names[type].isDefault}
                  placeholder={names[type].isDefault ? 'every other' : partTexts[type].placeholder}
                  maxLength={1_000}
                  inputClassName="font-mono text-table"
                  data-testid={`new-quota-${type}`}
                  onChange={(event) => setName(type, { name: event.target.value, isDefault: false })}
                  error={isTouched ? problemWith(type, names[type]) : null}
                  help={partTexts[type].help}
                />
                <CheckField
                  label={partTexts[type].others}
                  isChecked={names[type].isDefault}
                  onChange={(isDefault) => setName(type, { name: names[type].name, isDefault })}
                />
              </div>
            ))}
          </div>
          {isNamed ? (
            <p className="text-table text-muted" data-testid="new-quota-explained">
              {whomItHolds(entity)} {whoShares(entity)}
            </p>
          ) : null}
        </Section>
        <Section title="Limits">
          <LimitFields entity={entity} typed={typed} onChange={setTyped} />
          {isTouched && changes !== null && !hasLimit ? (
            <p role="alert" className="text-caption text-critical">
              Give at least one limit.
            </p>
          ) : null}
        </Section>
        <Failure error={alter.error} />
        {isNamed && hasLimit && changes !== null ? (
          <Section title="The same as a command">
            <CopyBlock what="command" text={quotaCommand(servers, entity, changes)} />
          </Section>
        ) : null}
        <Precedence />
      </form>
    </Drawer>
  );
}
