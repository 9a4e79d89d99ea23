'use client';
// A reassignment on its way or at its end: how far it is, its throttle, its cancel button, and every partition.
import Link from 'next/link';
import { useEffect, useRef, useState } from 'react';
import type { ReassignMoveState, ReassignRun, ReassignView } from '../../server/live/contract.ts';
import { useCall } from '../live/use-call.ts';
import { usePaths } from '../live/use-connection.ts';
import { announce } from '../ui/announce.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField, TextField } from '../ui/form.tsx';
import { bytes, bytesPerSecond, exact, plural } from '../ui/format.ts';
import { Empty, Failure, type Level, Notice, StateWord } from '../ui/notice.tsx';
import { Fact, Section } from '../ui/page.tsx';
import { Bar } from './bar.tsx';
import { MovesUnderWay } from './moves.tsx';
import { Pager } from './pager.tsx';
import { BrokerEmpty } from './preview.tsx';
import { endOf, goalOf, moveStates, notGivenYet, queryOf, shareDone, throttleOf, timeLeft } from './wanted.ts';

const words: Readonly<Record<ReassignRun['state'], readonly [Level, string]>> = {
  running: ['notice', 'Under way'],
  electing: ['notice', 'Electing leaders'],
  cancelling: ['warn', 'Cancelling'],
  done: ['ok', 'Done'],
  cancelled: ['offline', 'Cancelled'],
};

export interface RowsState {
  readonly q: string;
  readonly page: number;
  readonly state: ReassignMoveState | '';
}

/** Says aloud how it ended, once. */
function useSpokenEnd(run: ReassignRun): void {
  const before = useRef(run.state);
  useEffect(() => {
    if (before.current !== run.state && run.endedAtMs !== null) announce(`${words[run.state][1]}. ${endOf(run)}`);
    before.current = run.state;
  }, [run]);
}

export function UnderWay({
  view,
  run,
  list,
  set,
  onPutAway,
}: {
  view: ReassignView;
  run: ReassignRun;
  list: RowsState;
  set: (changes: Partial<RowsState>) => void;
  onPutAway: () => void;
}) {
  useSpokenEnd(run);
  const [level, text] =
    run.state === 'done' && run.counts.failed > 0 ? (['warn', 'Done in part'] as const) : words[run.state];
  const isActive = run.endedAtMs === null;
  return (
    <>
      <section
        aria-label={goalOf(run.request)}
        data-testid="reassign-run"
        data-state={run.state}
        className="flex flex-col gap-3 rounded border bg-s1 p-4"
      >
        <div className="flex flex-wrap items-center justify-between gap-2">
          <h2 className="flex min-w-0 flex-wrap items-center gap-2 text-section font-medium text-ink-strong">
            <span className="min-w-0 break-words">{goalOf(run.request)}</span>
            <StateWord level={level}>{text}</StateWord>
          </h2>
          {isActive ? <Cancel run={run} /> : <PutAway onDone={onPutAway} />}
        </div>
        {isActive ? <Meter run={run} /> : <p data-testid="reassign-summary">{endOf(run)}</p>}
        <Counts run={run} />
        <Waiting run={run} />
        {run.warnings.length > 0 ? (
          <Notice level="warn">
            {run.warnings.map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </Notice>
        ) : null}
        <Drained run={run} />
        {isActive ? <Throttle run={run} /> : null}
      </section>
      <Rows view={view} run={run} list={list} set={set} />
    </>
  );
}

function Meter({ run }: { run: ReassignRun }) {
  const share = shareDone(run);
  const parts = [
    run.bytes > 0 ? `${bytes(run.copiedBytes)} of ${bytes(run.bytes)}` : null,
    run.bytesPerSecond === null ? null : bytesPerSecond(run.bytesPerSecond),
    run.secondsLeft === null || run.secondsLeft === 0 ? null : `${timeLeft(run.secondsLeft)} left`,
  ].filter((part) => part !== null);
  return (
    <div className="flex flex-col gap-1">
      <span className="num flex flex-wrap justify-between gap-x-4 text-table">
        <span className="font-medium text-ink-strong" data-testid="reassign-share">
          {Math.floor(share * 100)} %
        </span>
        <span className="text-muted" data-testid="reassign-meter">
          {parts.join(' · ')}
        </span>
      </span>
      <Bar label="Progress" share={share} />
    </div>
  );
}

function Counts({ run }: { run: ReassignRun }) {
  const labels: Readonly<Record<ReassignMoveState, string>> = {
    waiting: 'waiting',
    moving: 'moving',
    done: 'done',
    failed: 'failed',
    cancelled: 'went back',
  };
  return (
    <p className="flex flex-wrap gap-x-5 gap-y-1 text-table text-muted">
      {moveStates
        .filter((state) => run.counts[state] > 0 || state === 'done')
        .map((state) => (
          <Fact key={state} label={labels[state]}>
            {exact(run.counts[state])}
          </Fact>
        ))}
      {run.request === null ? (
        <span>
          Another tool began it, or this dashboard before it was restarted; then partitions that had waited stayed where
          they were.
        </span>
      ) : null}
    </p>
  );
}

function Waiting({ run }: { run: ReassignRun }) {
  const sentence = notGivenYet(run);
  const paths = usePaths();
  if (sentence === null || run.request === null) return null;
  const address = `${paths.reassign}?${queryOf(run.request)}&begun=1`;
  return (
    <p className="max-w-3xl text-table text-muted" data-testid="reassign-waiting">
      {sentence}{' '}
      <Link href={address} className="text-accent underline underline-offset-2">
        {lowerFirst(goalOf(run.request))}
      </Link>
      .
    </p>
  );
}

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);

function Drained({ run }: { run: ReassignRun }) {
  if (run.request?.kind !== 'drain' || run.replicasLeft === null) return null;
  const { brokerId } = run.request;
  if (run.replicasLeft === 0) return run.endedAtMs === null ? null : <BrokerEmpty brokerId={brokerId} />;
  if (run.endedAtMs === null) {
    return (
      <p className="text-table text-muted">
        Broker {brokerId} still holds {plural(run.replicasLeft, 'replica')}.
      </p>
    );
  }
  return (
    <Notice level="warn">
      <p>
        Broker {brokerId} still holds {plural(run.replicasLeft, 'replica')}: do not remove it yet. Plan the drain again
        to see what is left.
      </p>
    </Notice>
  );
}

function Throttle({ run }: { run: ReassignRun }) {
  const now = run.throttleBytesPerSecond;
  const [text, setText] = useState<string | null>(null);
  const change = useCall('reassign.setThrottle', () => setText(null));
  const shown = text ?? (now === null ? '' : String(now / 1_000_000));
  const wanted = throttleOf(shown);
  const isCancelling = run.state !== 'running';
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (wanted !== undefined) change.mutate({ bytesPerSecond: wanted });
      }}
    >
      <TextField
        label="Throttle, MB/s for each broker"
        inputMode="decimal"
        className="w-60"
        placeholder="no limit"
        disabled={isCancelling}
        value={shown}
        error={wanted === undefined ? 'Write megabytes a second, such as 50, or nothing.' : null}
        onChange={(event) => setText(event.target.value)}
      />
      <Button
        type="submit"
        isBusy={change.isPending}
        disabled={text === null || wanted === undefined || wanted === now || isCancelling}
      >
        Change throttle
      </Button>
      <div className="basis-full empty:hidden">
        <Failure error={change.error} />
      </div>
    </form>
  );
}

function Cancel({ run }: { run: ReassignRun }) {
  const [isAsked, setIsAsked] = useState(false);
  const cancel = useCall('reassign.cancel', () => setIsAsked(false));
  const { moving, waiting, done } = run.counts;
  return (
    <>
      <Button look="danger" disabled={run.state !== 'running'} onClick={() => setIsAsked(true)}>
        Cancel
      </Button>
      {isAsked && run.state === 'running' ? (
        <Dialog
          isOpen
          onClose={() => setIsAsked(false)}
          title="Cancel the reassignment"
          testId="reassign-cancel"
          footer={
            <>
              <Button onClick={() => setIsAsked(false)}>Let it go on</Button>
              <Button look="danger" isBusy={cancel.isPending} onClick={() => cancel.mutate({})}>
                Cancel reassignment
              </Button>
            </>
          }
        >
          <div className="flex flex-col gap-3">
            <ul className="list-disc space-y-1 pl-5">
              {moving > 0 ? (
                <li>
                  {plural(moving, 'partition')} under way: back to the replicas they had; what was copied is thrown
                  away.
                </li>
              ) : null}
              {waiting > 0 ? <li>{plural(waiting, 'partition')} waiting: not begun.</li> : null}
              {done > 0 ? <li>{plural(done, 'partition')} done: they stay where they are now.</li> : null}
            </ul>
            <Failure error={cancel.error} />
          </div>
        </Dialog>
      ) : null}
    </>
  );
}

function PutAway({ onDone }: { onDone: () => void }) {
  const putAway = useCall('reassign.putAway', onDone);
  return (
    <Button look="primary" isBusy={putAway.isPending} onClick={() => putAway.mutate({})}>
      Plan another
    </Button>
  );
}

function Rows({
  view,
  run,
  list,
  set,
}: {
  view: ReassignView;
  run: ReassignRun;
  list: RowsState;
  set: (changes: Partial<RowsState>) => void;
}) {
  const total = moveStates.reduce((sum, state) => sum + run.counts[state], 0);
  if (total === 0) return null;
  return (
    <Section
      title="Partitions"
      aside={<Pager page={list.page} matching={view.matching} onPage={(page) => set({ page })} />}
    >
      <div className="flex flex-wrap items-center gap-2">
        <TextField
          label="Search topics"
          isBare
          type="search"
          placeholder="Search topics  /"
          value={list.q}
          onChange={(event) => set({ q: event.target.value, page: 1 })}
          className="w-full sm:w-80"
        />
        <SelectField
          label="State"
          isBare
          value={list.state}
          onChange={(event) => set({ state: moveStates.find((state) => state === event.target.value) ?? '', page: 1 })}
        >
          <option value="">Every state</option>
          {moveStates.map((state) => (
            <option key={state} value={state}>
              {state === 'cancelled' ? 'went back' : state}
            </option>
          ))}
        </SelectField>
      </div>
      {view.matching === 0 ? (
        <Empty
          title="No partition matches"
          action={<Button onClick={() => set({ q: '', state: '', page: 1 })}>Show all</Button>}
        >
          <p>{plural(total, 'partition belongs', 'partitions belong')} to this reassignment.</p>
        </Empty>
      ) : (
        <MovesUnderWay rows={view.rows} />
      )}
    </Section>
  );
}
