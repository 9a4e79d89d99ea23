'use client';
// What should move: one of four kinds, and what each needs to know. All of it is in the address.
import clsx from 'clsx';
import { ArrowRightLeft, Hand, Layers2, Share2 } from 'lucide-react';
import { useDeferredValue, useId } from 'react';
import type { BrokerRow, ReassignKind } from '../../server/live/contract.ts';
import { useRead } from '../live/use-call.ts';
import { useChannel } from '../live/use-channel.ts';
import { NumberField, SelectField, TextField } from '../ui/form.tsx';
import { Failure, Notice } from '../ui/notice.tsx';
import { kinds, type Wanted } from './wanted.ts';

type Set = (changes: Partial<Wanted>, isStep?: boolean) => void;

const texts: Readonly<Record<ReassignKind, { label: string; meaning: string; icon: typeof Share2 }>> = {
  spread: {
    label: 'Spread over all brokers',
    meaning: 'Evens replicas, leaders and bytes with as few moves as can be. After a broker was added.',
    icon: Share2,
  },
  drain: {
    label: 'Drain a broker',
    meaning: 'Moves everything it holds to the others, so that it can be removed.',
    icon: ArrowRightLeft,
  },
  replicationFactor: {
    label: 'Change a replication factor',
    meaning: 'Gives every partition of a topic more replicas, or fewer.',
    icon: Layers2,
  },
  byHand: {
    label: 'Move by hand',
    meaning: 'Says for one partition which brokers hold it and who leads.',
    icon: Hand,
  },
};

export function Choose({ state, set }: { state: Wanted; set: Set }) {
  const name = useId();
  const { data } = useChannel('brokers', {});
  const brokers = data?.rows ?? [];
  return (
    <div className="flex flex-col gap-4">
      <fieldset className="grid gap-2 sm:grid-cols-2 xl:grid-cols-4">
        <legend className="mb-2 text-base font-medium text-ink-strong">What should happen?</legend>
        {kinds.map((kind) => {
          const { label, meaning, icon: Icon } = texts[kind];
          return (
            <label
              key={kind}
              data-testid={`reassign-${kind}`}
              className={clsx(
                'flex cursor-pointer gap-3 rounded border p-3 has-focus-visible:outline-2 has-focus-visible:outline-accent',
                state.kind === kind ? 'border-accent bg-accent-soft' : 'bg-s1 hover:bg-s2',
              )}
            >
              <input
                type="radio"
                className="sr-only"
                name={name}
                checked={state.kind === kind}
                onChange={() => set({ kind }, true)}
              />
              <Icon
                aria-hidden
                className={clsx('mt-0.5 size-4 shrink-0', state.kind === kind ? 'text-accent' : 'text-muted')}
              />
              <span className="min-w-0">
                <span className="block font-medium text-ink-strong">{label}</span>
                <span className="block text-table text-muted">{meaning}</span>
              </span>
            </label>
          );
        })}
      </fieldset>
      {state.kind === 'drain' ? <DrainFields state={state} set={set} brokers={brokers} /> : null}
      {state.kind === 'replicationFactor' ? <FactorFields state={state} set={set} /> : null}
      {state.kind === 'byHand' ? <HandFields state={state} set={set} brokers={brokers} /> : null}
    </div>
  );
}

const nameOf = ({ id, rack, isUp }: BrokerRow): string =>
  `Broker ${id}${rack === null ? '' : `, rack ${rack}`}${isUp ? '' : ' (down)'}`;

function DrainFields({ state, set, brokers }: { state: Wanted; set: Set; brokers: readonly BrokerRow[] }) {
  return (
    <SelectField
      label="Broker to drain"
      className="w-full sm:w-72"
      value={state.broker}
      onChange={(event) => set({ broker: event.target.value })}
    >
      <option value="">Choose a broker</option>
      {brokers.map((broker) => (
        <option key={broker.id} value={broker.id}>
          {nameOf(broker)}
        </option>
      ))}
    </SelectField>
  );
}

function TopicField({ state, set }: { state: Wanted; set: Set }) {
  const listId = useId();
  const query = useDeferredValue(state.topic.trim());
  const found = useRead('search', { query }, 2_000);
  return (
    <>
      <TextField
        label="Topic"
        className="w-full sm:w-72"
        inputClassName="font-mono text-table"
        list={listId}
        value={state.topic}
        onChange={(event) => set({ topic: event.target.value, partition: '', replicas: null })}
      />
      <datalist id={listId}>
        {(found.data?.topics ?? []).map((topic) => (
          <option key={topic} value={topic} />
        ))}
      </datalist>
    </>
  );
}

function FactorFields({ state, set }: { state: Wanted; set: Set }) {
  return (
    <div className="flex flex-wrap items-start gap-3">
      <TopicField state={state} set={set} />
      <NumberField
        label="Replicas of each partition"
        className="w-52"
        min={1}
        max={100}
        value={state.factor}
        onChange={(factor) => set({ factor })}
      />
    </div>
  );
}

function HandFields({ state, set, brokers }: { state: Wanted; set: Set; brokers: readonly BrokerRow[] }) {
  const { data: view, error } = useChannel('topic', { name: state.topic }, { isEnabled: state.topic !== '' });
  const rows = state.topic === '' ? [] : (view?.partitions ?? []);
  const chosen = rows.find((row) => String(row.partition) === state.partition);
  const replicas = state.replicas ?? chosen?.replicas ?? [];
  const put = (place: number, broker: number) => {
    const next = [...replicas];
    const other = next.indexOf(broker);
    // A broker that is named already changes places: none has two replicas.
    if (other >= 0) next[other] = next[place] ?? broker;
    next[place] = broker;
    set({ replicas: next });
  };
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-start gap-3">
        <TopicField state={state} set={set} />
        <SelectField
          label="Partition"
          className="w-52"
          value={state.partition}
          disabled={rows.length === 0}
          onChange={(event) => {
            const row = rows.find(({ partition }) => String(partition) === event.target.value);
            set({ partition: event.target.value, replicas: row?.replicas ?? null });
          }}
        >
          <option value="">Choose a partition</option>
          {rows.map(({ partition, replicas: now }) => (
            <option key={partition} value={partition}>
              {partition} (on {now.join(', ')})
            </option>
          ))}
        </SelectField>
      </div>
      {error && state.topic !== '' && rows.length === 0 ? <Failure error={error} /> : null}
      {replicas.length > 0 ? (
        <fieldset className="flex flex-wrap items-start gap-3">
          <legend className="sr-only">Replicas</legend>
          {replicas.map((broker, place) => (
            <SelectField
              // biome-ignore lint/suspicious/noArrayIndexKey: the place is what the field is about.
              key={place}
              label={place === 0 ? 'Replica 1, leads' : `Replica ${place + 1}`}
              className="w-52"
              value={broker}
              onChange={(event) => put(place, Number(event.target.value))}
            >
              {brokers.map((row) => (
                <option key={row.id} value={row.id} disabled={!row.isUp && !replicas.includes(row.id)}>
                  {nameOf(row)}
                </option>
              ))}
            </SelectField>
          ))}
        </fieldset>
      ) : null}
      {chosen === undefined && state.partition !== '' && rows.length > 0 ? (
        <Notice level="warn">
          <p>
            {state.topic} has no partition {state.partition}.
          </p>
        </Notice>
      ) : null}
    </div>
  );
}
