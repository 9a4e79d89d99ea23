'use client';
// A new fault rule: which requests of clients, what happens to them, how often and for how long.
import { type FormEvent, useState } from 'react';
import type { LabFaultAction, LabFaultApi } from '../../../server/live/contract.ts';
import { useCall } from '../../live/use-call.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { MinutesField, NumberField, SelectField, TextField } from '../../ui/form.tsx';
import { Failure } from '../../ui/notice.tsx';
import { faultErrors } from './fault-errors.ts';

const ANY = '';

const start = {
  clientId: '*',
  api: 'Produce',
  topic: '*',
  kind: 'delay' as LabFaultAction['kind'],
  delayMs: '300',
  errorCode: '6',
  often: 'always' as 'always' | 'times',
  times: '1',
  minutes: 5,
};

function actionOf({ kind, delayMs, errorCode }: typeof start): LabFaultAction {
  if (kind === 'delay') return { kind, delayMs: Number(delayMs) };
  return kind === 'error' ? { kind, errorCode: Number(errorCode) } : { kind };
}

export function FaultForm({ apis, onClose }: { apis: readonly LabFaultApi[]; onClose: () => void }) {
  const add = useCall('lab.addFault', onClose);
  const [form, setForm] = useState(start);
  const set = (changes: Partial<typeof start>) => setForm({ ...form, ...changes });
  const api = apis.find(({ name }) => name === form.api);
  const namesTopics = form.api === ANY || api?.namesTopics === true;
  const carriesErrors = api?.carriesErrors === true;
  const kind = form.kind === 'error' && !carriesErrors ? 'delay' : form.kind;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const topic = form.topic.trim();
    add.mutate({
      clientId: form.clientId.trim(),
      api: form.api === ANY ? null : form.api,
      topic: !namesTopics || topic === '' || topic === '*' ? null : topic,
      action: actionOf({ ...form, kind }),
      times: form.often === 'always' ? null : Number(form.times),
      durationSeconds: form.minutes * 60,
    });
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Add a fault rule"
      description="It hits requests of clients at every broker, and ends by itself."
      testId="lab-fault-form"
      width="wide"
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button look="primary" type="submit" form="fault-form" isBusy={add.isPending}>
            Add rule
          </Button>
        </>
      }
    >
      <form id="fault-form" onSubmit={submit} className="grid gap-3 sm:grid-cols-2">
        <SelectField label="Request" value={form.api} onChange={(event) => set({ api: event.target.value })}>
          <option value={ANY}>Every request</option>
          {apis.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </SelectField>
        <TextField
          label="Topic"
          value={namesTopics ? form.topic : ''}
          disabled={!namesTopics}
          maxLength={249}
          onChange={(event) => set({ topic: event.target.value })}
          inputClassName="font-mono text-table"
          help={namesTopics ? 'A name, or a pattern such as orders-*' : `${form.api} names no topic`}
        />
        <TextField
          label="Client id"
          required
          maxLength={249}
          value={form.clientId}
          onChange={(event) => set({ clientId: event.target.value })}
          inputClassName="font-mono text-table"
          help="* is every client; brokers (broker-…) and this dashboard (barnabas-dashboard) only when named"
        />
        <SelectField
          label="What happens"
          value={kind}
          onChange={(event) => set({ kind: event.target.value as typeof kind })}
          help={carriesErrors ? undefined : 'Its answer has no single place for an error'}
        >
          <option value="delay">It takes longer</option>
          {carriesErrors ? <option value="error">It is answered with an error</option> : null}
          <option value="drop">The connection is closed</option>
        </SelectField>
        {kind === 'delay' ? (
          <NumberField
            label="Longer by, ms"
            min={1}
            max={60000}
            value={form.delayMs}
            onChange={(delayMs) => set({ delayMs })}
          />
        ) : null}
        {kind === 'error' ? (
          <SelectField
            label="Error"
            value={form.errorCode}
            onChange={(event) => set({ errorCode: event.target.value })}
          >
            {faultErrors.map(({ code, name }) => (
              <option key={code} value={code}>
                {name} ({code})
              </option>
            ))}
          </SelectField>
        ) : null}
        <SelectField
          label="How often"
          value={form.often}
          onChange={(event) => set({ often: event.target.value as typeof form.often })}
        >
          <option value="always">Every time</option>
          <option value="times">A number of times</option>
        </SelectField>
        {form.often === 'times' ? (
          <NumberField
            label="Times"
            min={1}
            max={1000000}
            value={form.times}
            onChange={(times) => set({ times })}
            help="At all brokers together"
          />
        ) : null}
        <MinutesField label="Ends after" value={form.minutes} onChange={(minutes) => set({ minutes })} />
        <div className="sm:col-span-2">
          <Failure error={add.error} />
        </div>
      </form>
    </Dialog>
  );
}
