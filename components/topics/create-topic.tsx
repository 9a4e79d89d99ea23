'use client';
// The dialog that creates a topic; open while the address says ?create=1.
import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { toast } from 'sonner';
import { useCall } from '../live/use-call.ts';
import { usePaths } from '../live/use-connection.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NumberField, SelectField, TextArea, TextField } from '../ui/form.tsx';
import { Failure } from '../ui/notice.tsx';
import { topicNameHint, topicNameProblem } from './topic-name.ts';

const DAY_MS = 86_400_000;
const retentions: readonly [string, string][] = [
  ['', 'the broker’s default'],
  [String(3_600_000), '1 hour'],
  [String(DAY_MS), '1 day'],
  [String(7 * DAY_MS), '7 days'],
  [String(30 * DAY_MS), '30 days'],
  ['-1', 'for ever'],
];

/** "name=value" lines → settings; a line that is neither is an error. */
function parseConfigs(text: string): { configs: Record<string, string>; problem: string | null } {
  const configs: Record<string, string> = {};
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '') continue;
    const cut = line.indexOf('=');
    if (cut < 1) return { configs, problem: `“${line}” is not name=value.` };
    configs[line.slice(0, cut).trim()] = line.slice(cut + 1).trim();
  }
  return { configs, problem: null };
}

export function CreateTopic({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return isOpen ? <Form onClose={onClose} /> : null;
}

function Form({ onClose }: { onClose: () => void }) {
  const create = useCall('topic.create');
  const router = useRouter();
  const paths = usePaths();
  const [form, setForm] = useState({
    name: '',
    partitions: '3',
    replicationFactor: '1',
    cleanup: '',
    retention: '',
    more: '',
  });
  const [isTouched, setTouched] = useState(false);
  const set = (changes: Partial<typeof form>) => setForm({ ...form, ...changes });
  const nameProblem = topicNameProblem(form.name);
  const more = parseConfigs(form.more);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    if (nameProblem !== null || more.problem !== null) return;
    const configs = {
      ...(form.cleanup ? { 'cleanup.policy': form.cleanup } : {}),
      ...(form.retention ? { 'retention.ms': form.retention } : {}),
      ...more.configs,
    };
    create.mutate(
      {
        name: form.name,
        partitions: Number(form.partitions),
        replicationFactor: Number(form.replicationFactor),
        configs,
      },
      {
        onSuccess: ({ name }) => {
          toast.success(`Topic ${name} created`);
          router.push(paths.topic(name));
        },
      },
    );
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Create a topic"
      testId="create-topic-dialog"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form="create-topic-form" isBusy={create.isPending}>
            Create topic
          </Button>
        </>
      }
    >
      <form id="create-topic-form" onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <TextField
          label="Name"
          value={form.name}
          onChange={(event) => set({ name: event.target.value })}
          onBlur={() => setTouched(form.name !== '')}
          error={isTouched ? nameProblem : null}
          help={topicNameHint(form.name)}
          inputClassName="font-mono text-table"
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <NumberField
            label="Partitions"
            min={1}
            max={10000}
            value={form.partitions}
            onChange={(partitions) => set({ partitions })}
            help="Can be raised later, never lowered."
          />
          <NumberField
            label="Replication factor"
            min={1}
            max={100}
            value={form.replicationFactor}
            onChange={(replicationFactor) => set({ replicationFactor })}
            help="Copies of each partition."
          />
          <SelectField
            label="When a log grows old"
            value={form.cleanup}
            onChange={(event) => set({ cleanup: event.target.value })}
          >
            <option value="">the broker’s default</option>
            <option value="delete">delete old segments</option>
            <option value="compact">keep the last value of each key (compact)</option>
            <option value="compact,delete">both</option>
          </SelectField>
          <SelectField
            label="Keep records for"
            value={form.retention}
            onChange={(event) => set({ retention: event.target.value })}
          >
            {retentions.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </SelectField>
        </div>
        <TextArea
          label="More settings"
          placeholder="max.message.bytes=2097152"
          rows={3}
          value={form.more}
          onChange={(event) => set({ more: event.target.value })}
          error={more.problem}
          help="One name=value a line."
        />
        <Failure error={create.error} />
      </form>
    </Dialog>
  );
}
