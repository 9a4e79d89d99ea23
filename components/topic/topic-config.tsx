'use client';
// A topic's configuration: every setting with its help, edited one at a time, reset to its default.
import { type FormEvent, useState } from 'react';
import { toast } from 'sonner';
import type { ConfigRow } from '../../server/live/contract.ts';
import { ActionButton } from '../live/action-button.tsx';
import { ConfigTable, Documentation, isChanged, readingOf } from '../live/tables/config-table.tsx';
import { useCall, useRead } from '../live/use-call.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField, TextField } from '../ui/form.tsx';
import { Failure, PageSkeleton } from '../ui/notice.tsx';

function EditSetting({
  topic,
  row,
  onClose,
  onSaved,
}: {
  topic: string;
  row: ConfigRow;
  onClose: () => void;
  onSaved: () => void;
}) {
  const alter = useCall('topic.alterConfigs');
  const [value, setValue] = useState(row.value ?? '');
  const save = (next: string | null) =>
    alter.mutate(
      { name: topic, changes: { [row.name]: next } },
      {
        onSuccess: () => {
          toast.success(next === null ? `${row.name} is back at its default` : `${row.name} is ${next} now`);
          onSaved();
        },
      },
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save(value);
  };
  const shared = { label: row.name, value, error: alter.error?.message ?? null };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Change ${row.name}`}
      testId="edit-config-dialog"
      footer={
        <>
          {row.source === 'TOPIC' ? (
            <Button className="mr-auto" isBusy={alter.isPending} onClick={() => save(null)}>
              Reset to default
            </Button>
          ) : null}
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            type="submit"
            form="edit-config"
            isBusy={alter.isPending}
            disabled={value === row.value && row.source === 'TOPIC'}
          >
            Save
          </Button>
        </>
      }
    >
      <form id="edit-config" onSubmit={submit} className="flex flex-col gap-3">
        {row.documentation === null ? null : <Documentation text={row.documentation} />}
        {row.type === 'BOOLEAN' ? (
          <SelectField {...shared} onChange={(event) => setValue(event.target.value)}>
            <option value="true">true</option>
            <option value="false">false</option>
          </SelectField>
        ) : (
          <TextField
            {...shared}
            inputClassName="font-mono text-table"
            onChange={(event) => setValue(event.target.value)}
            help={
              readingOf(row.name, value) ??
              `Type: ${row.type.toLowerCase()}${row.type === 'LIST' ? ', separated by commas' : ''}`
            }
          />
        )}
        {row.defaultValue === null ? null : (
          <p className="text-caption text-muted">
            Default: <span className="font-mono">{row.defaultValue === '' ? '(empty)' : row.defaultValue}</span>{' '}
            {readingOf(row.name, row.defaultValue)}
          </p>
        )}
      </form>
    </Dialog>
  );
}

const verbFor = (row: ConfigRow): string => (isChanged(row) && row.source === 'TOPIC' ? 'Change or reset' : 'Change');

export function TopicConfig({ topic }: { topic: string }) {
  const configs = useRead('topic.configs', { name: topic });
  const [editing, setEditing] = useState<string | null>(null);
  if (!configs.data) {
    return configs.error ? (
      <Failure
        error={configs.error}
        action={
          <Button size="sm" onClick={() => void configs.refetch()}>
            Read again
          </Button>
        }
      />
    ) : (
      <PageSkeleton what="configuration" />
    );
  }
  const row = configs.data.find((each) => each.name === editing);
  return (
    <>
      <ConfigTable
        rows={configs.data}
        action={(each) =>
          each.isReadOnly ? null : (
            <ActionButton
              needs="topic.alterConfigs"
              size="sm"
              onClick={() => setEditing(each.name)}
              aria-label={`${verbFor(each)} ${each.name}`}
            >
              {verbFor(each)}
            </ActionButton>
          )
        }
      />
      {row ? (
        <EditSetting
          topic={topic}
          row={row}
          onClose={() => setEditing(null)}
          onSaved={() => {
            setEditing(null);
            void configs.refetch();
          }}
        />
      ) : null}
    </>
  );
}
