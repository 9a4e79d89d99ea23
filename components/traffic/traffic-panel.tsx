'use client';
// Starts and stops test producers and test consumer groups: ordinary clients of the cluster, run by the server, always bounded.
import { Square } from 'lucide-react';
import Link from 'next/link';
import { type FormEvent, useState } from 'react';
import { toast } from 'sonner';
import type { TrafficConsumer, TrafficProducer, TrafficView } from '../../server/live/contract.ts';
import { ActionButton } from '../live/action-button.tsx';
import { useCall } from '../live/use-call.ts';
import { useChannel } from '../live/use-channel.ts';
import { usePaths } from '../live/use-connection.ts';
import { Freshness } from '../live/words/freshness.tsx';
import { Button } from '../ui/button.tsx';
import { MinutesField, NumberField, SelectField, TextField } from '../ui/form.tsx';
import { bytes, exact, perSecond, plural, relative } from '../ui/format.ts';
import { useNow } from '../ui/hooks/use-now.ts';
import { Failure, Problems } from '../ui/notice.tsx';
import { Section } from '../ui/page.tsx';

function ProducerForm({ topic }: { topic: string }) {
  const start = useCall('traffic.startProducer');
  const [form, setForm] = useState({ topic, rate: '100', size: '200', keys: '100', acks: '-1', minutes: 5 });
  const set = (changes: Partial<typeof form>) => setForm({ ...form, ...changes });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate(
      {
        topic: form.topic.trim(),
        recordsPerSecond: Number(form.rate),
        recordBytes: Number(form.size),
        keys: Number(form.keys),
        acks: Number(form.acks) as 0 | 1 | -1,
        durationSeconds: form.minutes * 60,
      },
      { onSuccess: () => toast.success(`Producing ${form.rate} records per second to ${form.topic}`) },
    );
  };
  return (
    <form onSubmit={submit} aria-label="Start a producer" className="flex flex-col gap-3 rounded border bg-s1 p-4">
      <h2 className="font-medium text-ink-strong">Producer</h2>
      <TextField
        label="Topic"
        required
        value={form.topic}
        onChange={(event) => set({ topic: event.target.value })}
        inputClassName="font-mono text-table"
        help="An existing topic, or a new one, which then gets three partitions."
      />
      <div className="grid grid-cols-2 gap-3">
        <NumberField
          label="Records per second"
          min={1}
          max={100000}
          value={form.rate}
          onChange={(rate) => set({ rate })}
        />
        <NumberField
          label="Record size in bytes"
          min={1}
          max={1000000}
          value={form.size}
          onChange={(size) => set({ size })}
        />
        <NumberField
          label="Different keys"
          min={0}
          max={1000000}
          value={form.keys}
          onChange={(keys) => set({ keys })}
          help="0: no key"
        />
        <SelectField
          label="Acknowledged by (acks)"
          value={form.acks}
          onChange={(event) => set({ acks: event.target.value })}
        >
          <option value="-1">all in sync</option>
          <option value="1">the leader (1)</option>
          <option value="0">nobody (0)</option>
        </SelectField>
        <MinutesField label="Stops after" value={form.minutes} onChange={(minutes) => set({ minutes })} />
      </div>
      <Failure error={start.error} />
      <div>
        <ActionButton
          needs="traffic.startProducer"
          type="submit"
          look="primary"
          isBusy={start.isPending}
          data-testid="start-producer"
        >
          Start producer
        </ActionButton>
      </div>
    </form>
  );
}

function ConsumerForm({ topic }: { topic: string }) {
  const start = useCall('traffic.startConsumer');
  const [form, setForm] = useState({ topic, groupId: 'test-readers', members: '2', rate: '50', minutes: 5 });
  const set = (changes: Partial<typeof form>) => setForm({ ...form, ...changes });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate(
      {
        topic: form.topic.trim(),
        groupId: form.groupId.trim(),
        members: Number(form.members),
        recordsPerSecond: Number(form.rate),
        durationSeconds: form.minutes * 60,
      },
      { onSuccess: () => toast.success(`Group ${form.groupId} reads ${form.topic}`) },
    );
  };
  return (
    <form
      onSubmit={submit}
      aria-label="Start a consumer group"
      className="flex flex-col gap-3 rounded border bg-s1 p-4"
    >
      <h2 className="font-medium text-ink-strong">Consumer group</h2>
      <TextField
        label="Topic to read"
        required
        value={form.topic}
        onChange={(event) => set({ topic: event.target.value })}
        inputClassName="font-mono text-table"
      />
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label="Group"
          required
          value={form.groupId}
          onChange={(event) => set({ groupId: event.target.value })}
          inputClassName="font-mono text-table"
        />
        <NumberField label="Members" min={1} max={16} value={form.members} onChange={(members) => set({ members })} />
        <NumberField
          label="Reads per second"
          min={0}
          max={100000}
          value={form.rate}
          onChange={(rate) => set({ rate })}
          help="All members together; 0: as fast as it can. Slower than the producer, lag rises."
        />
        <MinutesField label="Stops after" value={form.minutes} onChange={(minutes) => set({ minutes })} />
      </div>
      <Failure error={start.error} />
      <div>
        <ActionButton
          needs="traffic.startConsumer"
          type="submit"
          look="primary"
          isBusy={start.isPending}
          data-testid="start-consumer"
        >
          Start group
        </ActionButton>
      </div>
    </form>
  );
}

function Running({
  traffic,
  onStop,
  stopping,
}: {
  traffic: TrafficView;
  onStop: (id: string) => void;
  stopping: string | null;
}) {
  const paths = usePaths();
  const nowMs = useNow();
  const ends = (row: TrafficProducer | TrafficConsumer) =>
    nowMs === null ? '' : `stops ${relative(row.stopsAtMs, Math.min(nowMs, row.stopsAtMs))}`;
  const line = 'flex flex-wrap items-center gap-x-4 gap-y-1 border-b px-2 py-2 text-table';
  const stop = (id: string, what: string) => (
    <Button
      size="sm"
      isBusy={stopping === id}
      onClick={() => onStop(id)}
      aria-label={`Stop ${what}`}
      icon={<Square aria-hidden className="size-3" />}
    >
      Stop
    </Button>
  );
  return (
    <ul aria-label="Running test traffic">
      {traffic.producers.map((row) => (
        <li key={row.id} className={line} data-testid="traffic-row">
          <span className="min-w-0 flex-1 basis-52">
            Producer to{' '}
            <Link className="font-mono text-ink-strong hover:text-accent hover:underline" href={paths.topic(row.topic)}>
              {row.topic}
            </Link>
            <span className="block text-caption text-muted num">
              {perSecond(row.recordsPerSecond)} of {bytes(row.recordBytes)},{' '}
              {row.keys === 0 ? 'no keys' : plural(row.keys, 'key')}, acks={row.acks === -1 ? 'all' : row.acks};{' '}
              {ends(row)}
            </span>
            {row.lastError === null ? null : <span className="block text-caption text-critical">{row.lastError}</span>}
          </span>
          <span className="live num">
            {exact(row.sent)} sent
            {row.failed > 0 ? <span className="text-critical">, {exact(row.failed)} failed</span> : null}
          </span>
          {stop(row.id, `producer to ${row.topic}`)}
        </li>
      ))}
      {traffic.consumers.map((row) => (
        <li key={row.id} className={line} data-testid="traffic-row">
          <span className="min-w-0 flex-1 basis-52">
            Group{' '}
            <Link
              className="font-mono text-ink-strong hover:text-accent hover:underline"
              href={paths.group(row.groupId)}
            >
              {row.groupId}
            </Link>{' '}
            reads <span className="font-mono">{row.topic}</span>
            <span className="block text-caption text-muted num">
              {plural(row.members, 'member')},{' '}
              {row.recordsPerSecond === 0 ? 'as fast as it can' : perSecond(row.recordsPerSecond)}; {ends(row)}
            </span>
            {row.lastError === null ? null : <span className="block text-caption text-critical">{row.lastError}</span>}
          </span>
          <span className="live num">{exact(row.read)} read</span>
          {stop(row.id, `group ${row.groupId}`)}
        </li>
      ))}
    </ul>
  );
}

export function TrafficPanel({ topic, initial }: { topic: string; initial?: TrafficView | null }) {
  const { data, error } = useChannel('traffic', {}, { initial });
  const stop = useCall('traffic.stop');
  const count = (data?.producers.length ?? 0) + (data?.consumers.length ?? 0);
  const onStop = (id: string) =>
    stop.mutate({ id }, { onSuccess: ({ stopped }) => toast.success(`Stopped ${plural(stopped, 'client')}`) });
  return (
    <div className="flex flex-col gap-5">
      <Section
        title="Running"
        aside={
          <span className="flex items-center gap-3">
            <Freshness of={data?.freshness} />
            {count > 0 ? (
              <Button
                size="sm"
                look="danger"
                isBusy={stop.isPending && stop.variables?.id === 'all'}
                onClick={() => onStop('all')}
                data-testid="stop-all"
              >
                Stop all
              </Button>
            ) : null}
          </span>
        }
      >
        <Problems problems={data?.problems} />
        <Failure error={error ?? stop.error} />
        {data && count > 0 ? (
          <Running traffic={data} onStop={onStop} stopping={stop.isPending ? (stop.variables?.id ?? null) : null} />
        ) : (
          <p className="text-muted">
            Nothing runs. Start a producer, then a group that reads more slowly, and watch its lag rise; start it again
            faster and watch it fall.
          </p>
        )}
      </Section>
      <div className="grid gap-4 [grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr))]">
        <ProducerForm topic={topic} key={`p ${topic}`} />
        <ConsumerForm topic={topic} key={`c ${topic}`} />
      </div>
    </div>
  );
}
