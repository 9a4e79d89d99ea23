'use client';
// The drawer that writes messages: open while the address says ?produce=1; ?again=<partition>:<offset> fills it from a record.
import { Plus, X } from 'lucide-react';
import Link from 'next/link';
import { type FormEvent, useState } from 'react';
import { toast } from 'sonner';
import type { Payload, PayloadInput, RecordRow } from '../../server/live/contract.ts';
import { useCall, useRead } from '../live/use-call.ts';
import { useChannel } from '../live/use-channel.ts';
import { usePaths } from '../live/use-connection.ts';
import { announce } from '../ui/announce.tsx';
import { Button } from '../ui/button.tsx';
import { Drawer } from '../ui/dialog.tsx';
import { CheckField, NumberField, Segments, SelectField, TextArea, TextField } from '../ui/form.tsx';
import { plural } from '../ui/format.ts';
import { flagField, type UrlField } from '../ui/hooks/url-field.ts';
import { useUrlState } from '../ui/hooks/use-url-state.ts';
import { Failure, Notice, PageSkeleton } from '../ui/notice.tsx';

type Encoding = PayloadInput['encoding'];
const encodings = [
  { value: 'utf8', label: 'Text' },
  { value: 'base64', label: 'Base64' },
] as const;

/** "3:1200" → the record to copy. */
const againField: UrlField<{ partition: number; offset: number } | null> = {
  read: (text) => {
    const match = text === null ? null : /^(\d{1,9}):(\d{1,16})$/.exec(text);
    return match ? { partition: Number(match[1]), offset: Number(match[2]) } : null;
  },
  write: (place) => (place === null ? null : `${place.partition}:${place.offset}`),
};
const fields = { produce: flagField(), again: againField };

interface Draft {
  key: string;
  keyEncoding: Encoding;
  hasKey: boolean;
  value: string;
  valueEncoding: Encoding;
  isTombstone: boolean;
  headers: { key: string; value: string }[];
  partition: string;
  count: string;
}
const blank: Draft = {
  key: '',
  keyEncoding: 'utf8',
  hasKey: false,
  value: '',
  valueEncoding: 'utf8',
  isTombstone: false,
  headers: [],
  partition: '',
  count: '1',
};

const textOf = (payload: Payload): string => payload.text ?? payload.base64 ?? '';
const encodingOf = (payload: Payload): Encoding =>
  payload.text === null && payload.base64 !== null ? 'base64' : 'utf8';
function draftOf(record: RecordRow): Draft {
  return {
    ...blank,
    key: textOf(record.key),
    keyEncoding: encodingOf(record.key),
    hasKey: record.key.sizeBytes >= 0,
    value: textOf(record.value),
    valueEncoding: encodingOf(record.value),
    isTombstone: record.value.sizeBytes < 0,
    headers: record.headers.map((header) => ({ key: header.key, value: header.value.text ?? '' })),
  };
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const base64Problem = (encoding: Encoding, data: string): string | null =>
  encoding === 'base64' && !base64.test(data.trim()) ? 'This is not base64.' : null;
const inputOf = (encoding: Encoding, data: string): PayloadInput => ({
  encoding,
  data: encoding === 'base64' ? data.trim() : data,
});

export function ProduceDrawer({ topic }: { topic: string }) {
  const [{ produce, again }, set] = useUrlState(fields);
  const source = useRead('record.get', produce && again !== null ? { topic, ...again } : null, 60_000);
  // The page below has it already.
  const { data: view } = useChannel('topic', { name: topic });
  const close = () => set({ produce: false, again: null });
  if (!produce) return null;
  const isWaiting = again !== null && !source.data && !source.error;
  if (isWaiting) {
    return (
      <Drawer isOpen onClose={close} title={`Produce to ${topic}`} testId="produce-drawer">
        <PageSkeleton what="message to produce again" />
      </Drawer>
    );
  }
  return (
    <ProduceForm
      key={again === null ? 'new' : `${again.partition}:${again.offset}`}
      topic={topic}
      partitions={view?.topic.partitions ?? 1}
      source={source.data ?? null}
      sourceError={source.error}
      onClose={close}
    />
  );
}

interface ProduceFormProps {
  topic: string;
  partitions: number;
  source: RecordRow | null;
  sourceError: Error | null;
  onClose: () => void;
}

function HeaderFields({
  headers,
  onChange,
}: {
  headers: Draft['headers'];
  onChange: (headers: Draft['headers']) => void;
}) {
  const change = (at: number, changes: Partial<Draft['headers'][number]>) =>
    onChange(headers.map((header, index) => (index === at ? { ...header, ...changes } : header)));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="pb-1 text-table font-medium text-ink">Headers</legend>
      {headers.map((header, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: names may repeat while they are typed.
        <div key={index} className="flex gap-2">
          <TextField
            label={`Header ${index + 1} name`}
            isBare
            placeholder="name"
            value={header.key}
            onChange={(event) => change(index, { key: event.target.value })}
            className="flex-1"
          />
          <TextField
            label={`Header ${index + 1} value`}
            isBare
            placeholder="value"
            value={header.value}
            onChange={(event) => change(index, { value: event.target.value })}
            className="flex-[2]"
          />
          <Button
            look="quiet"
            size="icon"
            aria-label={`Remove header ${index + 1}`}
            onClick={() => onChange(headers.filter((_, at) => at !== index))}
            icon={<X aria-hidden className="size-4" />}
          />
        </div>
      ))}
      <div>
        <Button
          size="sm"
          onClick={() => onChange([...headers, { key: '', value: '' }])}
          icon={<Plus aria-hidden className="size-3.5" />}
        >
          Add header
        </Button>
      </div>
    </fieldset>
  );
}

function ProduceForm({ topic, partitions, source, sourceError, onClose }: ProduceFormProps) {
  const produce = useCall('record.produce');
  const paths = usePaths();
  const [draft, setDraft] = useState<Draft>(() => (source === null ? blank : draftOf(source)));
  const set = (changes: Partial<Draft>) => setDraft({ ...draft, ...changes });
  const keyProblem = draft.hasKey ? base64Problem(draft.keyEncoding, draft.key) : null;
  const valueProblem = draft.isTombstone ? null : base64Problem(draft.valueEncoding, draft.value);
  const isCut = source !== null && (source.key.isTruncated || source.value.isTruncated);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (keyProblem !== null || valueProblem !== null) return;
    produce.mutate(
      {
        topic,
        partition: draft.partition === '' ? null : Number(draft.partition),
        key: draft.hasKey ? inputOf(draft.keyEncoding, draft.key) : null,
        value: draft.isTombstone ? null : inputOf(draft.valueEncoding, draft.value),
        headers: draft.headers.filter((header) => header.key !== ''),
        count: Number(draft.count),
      },
      {
        onSuccess: ({ produced, first }) => {
          const text = `${plural(produced, 'message')} written, the first to partition ${first.partition} at offset ${first.offset}`;
          announce(text);
          toast.success(`${plural(produced, 'message')} written`, {
            description: (
              <Link
                href={paths.message(topic, first.partition, first.offset)}
                className="underline"
              >{`Partition ${first.partition}, offset ${first.offset}`}</Link>
            ),
          });
        },
      },
    );
  };
  return (
    <Drawer
      isOpen
      onClose={onClose}
      title={`Produce to ${topic}`}
      testId="produce-drawer"
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button
            look="primary"
            type="submit"
            form="produce-form"
            isBusy={produce.isPending}
            disabled={keyProblem !== null || valueProblem !== null}
          >
            Produce
          </Button>
        </>
      }
    >
      <form
        id="produce-form"
        onSubmit={submit}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
        }}
        className="flex flex-col gap-5"
      >
        {sourceError === null ? null : <Failure error={sourceError} />}
        {isCut ? (
          <Notice level="warn">The message was too large to be copied whole: what is below is its beginning.</Notice>
        ) : null}
        <div className="flex flex-col gap-1">
          <div className="flex flex-wrap items-center justify-between gap-2">
            <CheckField label="With a key" isChecked={draft.hasKey} onChange={(hasKey) => set({ hasKey })} />
            {draft.hasKey ? (
              <Segments
                label="Key encoding"
                value={draft.keyEncoding}
                onChange={(keyEncoding) => set({ keyEncoding })}
                options={encodings}
              />
            ) : null}
          </div>
          {draft.hasKey ? (
            <TextField
              label="Key"
              value={draft.key}
              onChange={(event) => set({ key: event.target.value })}
              error={keyProblem}
              inputClassName="font-mono text-table"
            />
          ) : null}
        </div>
        <div className="flex flex-col gap-1">
          <div className="flex flex-wrap items-center justify-between gap-2">
            <CheckField
              label="Tombstone (null value)"
              isChecked={draft.isTombstone}
              onChange={(isTombstone) => set({ isTombstone })}
            />
            {draft.isTombstone ? null : (
              <Segments
                label="Value encoding"
                value={draft.valueEncoding}
                onChange={(valueEncoding) => set({ valueEncoding })}
                options={encodings}
              />
            )}
          </div>
          {draft.isTombstone ? null : (
            <TextArea
              label="Value"
              rows={9}
              value={draft.value}
              onChange={(event) => set({ value: event.target.value })}
              error={valueProblem}
            />
          )}
        </div>
        <HeaderFields headers={draft.headers} onChange={(headers) => set({ headers })} />
        <div className="grid grid-cols-2 gap-4">
          <SelectField
            label="Partition"
            value={draft.partition}
            onChange={(event) => set({ partition: event.target.value })}
            help={
              draft.partition === ''
                ? draft.hasKey
                  ? 'Chosen by the key’s hash, as Kafka’s clients do.'
                  : 'Spread over all partitions.'
                : undefined
            }
          >
            <option value="">{draft.hasKey ? 'By key' : 'Any'}</option>
            {Array.from({ length: Math.min(partitions, 1000) }, (_, partition) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: partitions are numbered and never move.
              <option key={partition} value={partition}>
                {partition}
              </option>
            ))}
          </SelectField>
          <NumberField
            label="Copies"
            min={1}
            max={10000}
            value={draft.count}
            onChange={(count) => set({ count })}
            help="{{n}} in key and value becomes the copy’s number."
          />
        </div>
        <Failure error={produce.error} />
      </form>
    </Drawer>
  );
}
