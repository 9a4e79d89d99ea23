'use client';
// A plan before it is carried out: what each broker holds before and after, every move, how long it takes, and the confirmation
// that begins it.
import { RefreshCw } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import type { ReassignPlan, ReassignRequest } from '../../server/live/contract.ts';
import { useCall, useRead } from '../live/use-call.ts';
import { useCluster, usePaths } from '../live/use-connection.ts';
import { announce } from '../ui/announce.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/form.tsx';
import { bytes, bytesPerSecond, plural, word } from '../ui/format.ts';
import { Empty, Failure, Notice, PageSkeleton } from '../ui/notice.tsx';
import { Fact, Section } from '../ui/page.tsx';
import { BrokersBeforeAfter } from './brokers-table.tsx';
import { PlannedMoves } from './moves.tsx';
import { Pager } from './pager.tsx';
import { goalOf, inPortions, PAGE_ROWS, shortestTime, throttleOf } from './wanted.ts';

interface ListState {
  readonly q: string;
  readonly page: number;
  readonly throttle: string;
}
type SetList = (changes: Partial<ListState>) => void;

export function Preview({
  request,
  list,
  set,
  onStarted,
}: {
  request: ReassignRequest;
  list: ListState;
  set: SetList;
  onStarted: () => void;
}) {
  const plan = useRead('reassign.plan', { request });
  const again = () => void plan.refetch();
  if (plan.error) {
    return (
      <Failure
        error={plan.error}
        action={
          <Button size="sm" isBusy={plan.isFetching} onClick={again}>
            Plan anew
          </Button>
        }
      />
    );
  }
  if (!plan.data) return <PageSkeleton what="plan" />;
  return (
    <Planned
      plan={plan.data}
      list={list}
      set={set}
      isPlanning={plan.isFetching}
      onAgain={again}
      onStarted={onStarted}
    />
  );
}

interface PlannedProps {
  readonly plan: ReassignPlan;
  readonly list: ListState;
  readonly set: SetList;
  readonly isPlanning: boolean;
  readonly onAgain: () => void;
  readonly onStarted: () => void;
}

function Planned({ plan, list, set, isPlanning, onAgain, onStarted }: PlannedProps) {
  const [isAsked, setIsAsked] = useState(false);
  const throttle = throttleOf(list.throttle);
  const isNothing = plan.partitions === 0 && plan.elections === 0;
  const replan = (
    <Button
      size="sm"
      isBusy={isPlanning}
      onClick={onAgain}
      icon={<RefreshCw aria-hidden className="size-3.5" />}
      title="Read sizes and placement again"
    >
      Plan anew
    </Button>
  );
  return (
    <>
      <Limits plan={plan} />
      <Section title={`Plan: ${lower(goalOf(plan.request))}`} aside={replan}>
        {isNothing ? null : <PlanFacts plan={plan} throttle={throttle ?? null} />}
        <BrokersBeforeAfter rows={plan.brokers} />
        {isNothing ? null : (
          <div className="flex flex-wrap items-end gap-x-4 gap-y-3 py-2">
            <TextField
              label="Throttle, MB/s for each broker"
              inputMode="decimal"
              className="w-60"
              value={list.throttle}
              error={throttle === undefined ? 'Write megabytes a second, such as 50, or nothing.' : null}
              placeholder="no limit"
              onChange={(event) => set({ throttle: event.target.value })}
            />
            <Button
              look="primary"
              data-testid="reassign-review"
              disabled={throttle === undefined}
              onClick={() => setIsAsked(true)}
            >
              {verbOf(plan)}
            </Button>
          </div>
        )}
      </Section>
      {isNothing ? <NothingToDo plan={plan} /> : null}
      {plan.partitions > 0 ? <Moves plan={plan} list={list} set={set} onAgain={onAgain} /> : null}
      {isAsked && throttle !== undefined ? (
        <Confirm
          plan={plan}
          throttle={throttle}
          onClose={() => setIsAsked(false)}
          onStarted={onStarted}
          onAgain={onAgain}
        />
      ) : null}
    </>
  );
}

function Limits({ plan }: { plan: ReassignPlan }) {
  if (plan.limits.length === 0 && plan.unknownSizes === 0) return null;
  return (
    <Notice level="warn" testId="plan-limits">
      {plan.limits.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {plan.unknownSizes > 0 ? (
        <p>
          The size of {plural(plan.unknownSizes, 'partition that moves is', 'partitions that move is')} not known, so
          more is copied than stands here.
        </p>
      ) : null}
    </Notice>
  );
}

function PlanFacts({ plan, throttle }: { plan: ReassignPlan; throttle: number | null }) {
  const time = shortestTime(plan.busiestBrokerBytes, throttle);
  return (
    <p data-testid="plan-facts" className="flex flex-wrap items-baseline gap-x-5 gap-y-1 text-table text-muted">
      <Fact label={`${word(plan.partitions, 'partition')} ${plan.partitions === 1 ? 'moves' : 'move'}`}>
        {plan.partitions}
      </Fact>
      <Fact label="to copy">{bytes(plan.bytesToMove)}</Fact>
      <Fact label={`${word(plan.elections, 'leader')} ${plan.elections === 1 ? 'changes' : 'change'}`}>
        {plan.elections}
      </Fact>
      {plan.reordered > 0 ? <Fact label="only in order">{plan.reordered}</Fact> : null}
      {time === null ? null : (
        <span>
          {time} at {bytesPerSecond(throttle)}
        </span>
      )}
    </p>
  );
}

function NothingToDo({ plan }: { plan: ReassignPlan }) {
  const paths = usePaths();
  const { request } = plan;
  if (request.kind === 'drain' && plan.limits.length === 0) {
    return <BrokerEmpty brokerId={request.brokerId} />;
  }
  const titles = {
    spread: 'Everything is spread evenly already',
    drain: 'Nothing can leave this broker',
    replicationFactor: 'Every partition has that many replicas already',
    byHand: 'These are the replicas it has now',
  } as const;
  return (
    <Empty title={titles[request.kind]} action={<ButtonLink href={paths.brokers}>Brokers</ButtonLink>}>
      <p>
        {request.kind === 'drain' ? 'The reason stands above.' : 'No replica has to move and no leader has to change.'}
      </p>
    </Empty>
  );
}

/** A broker without a replica: what can be done now. */
export function BrokerEmpty({ brokerId }: { brokerId: number }) {
  const paths = usePaths();
  return (
    <Notice level="ok" testId="broker-empty">
      <p>Broker {brokerId} holds nothing now and can be removed.</p>
      <p className="mt-2 flex flex-wrap gap-2">
        <LabLink />
        <ButtonLink size="sm" href={paths.broker(brokerId)}>
          Broker {brokerId}
        </ButtonLink>
      </p>
    </Notice>
  );
}

function LabLink() {
  const paths = usePaths();
  const hasLab = useCluster()?.capabilities.lab ?? false;
  return hasLab ? (
    <ButtonLink size="sm" look="primary" href={paths.lab}>
      Remove it in the lab
    </ButtonLink>
  ) : null;
}

function Moves({
  plan,
  list,
  set,
  onAgain,
}: {
  plan: ReassignPlan;
  list: ListState;
  set: SetList;
  onAgain: () => void;
}) {
  const query = useDeferredValue(list.q.trim());
  const offset = (list.page - 1) * PAGE_ROWS;
  const moves = useRead('reassign.planMoves', { planId: plan.planId, query, offset, limit: PAGE_ROWS }, 60_000);
  const matching = moves.data?.matching ?? plan.partitions;
  return (
    <Section title="Moves" aside={<Pager page={list.page} matching={matching} onPage={(page) => set({ page })} />}>
      {plan.partitions > 5 || list.q !== '' ? (
        <TextField
          label="Search topics that move"
          isBare
          type="search"
          placeholder="Search topics  /"
          value={list.q}
          onChange={(event) => set({ q: event.target.value, page: 1 })}
          className="w-full sm:w-80"
        />
      ) : null}
      {moves.error ? (
        <Failure
          error={moves.error}
          action={
            <Button size="sm" onClick={onAgain}>
              Plan anew
            </Button>
          }
        />
      ) : matching === 0 ? (
        <Empty title={`No move of “${list.q}”`}>
          <p>{plural(plan.partitions, 'partition moves', 'partitions move')} in all.</p>
        </Empty>
      ) : (
        <PlannedMoves rows={moves.data?.rows} />
      )}
    </Section>
  );
}

interface ConfirmProps {
  readonly plan: ReassignPlan;
  readonly throttle: number | null;
  readonly onClose: () => void;
  readonly onStarted: () => void;
  readonly onAgain: () => void;
}

function Confirm({ plan, throttle, onClose, onStarted, onAgain }: ConfirmProps) {
  const start = useCall('reassign.start', () => {
    announce('The reassignment has begun');
    onStarted();
  });
  const time = shortestTime(plan.busiestBrokerBytes, throttle);
  const portions = inPortions(plan.partitions);
  const getting = plan.brokers.filter(({ before, after }) => after.replicas > before.replicas).map(({ id }) => id);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={goalOf(plan.request)}
      testId="reassign-confirm"
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            look="primary"
            isBusy={start.isPending}
            onClick={() => start.mutate({ planId: plan.planId, throttleBytesPerSecond: throttle })}
          >
            {verbOf(plan)}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3" data-testid="reassign-hits">
        <ul className="list-disc space-y-1 pl-5">
          {plan.partitions > 0 ? (
            <li>
              {plural(plan.partitions, 'partition moves', 'partitions move')}: {bytes(plan.bytesToMove)}{' '}
              {plan.bytesToMove === 0 ? 'to copy' : 'are copied'}
              {getting.length > 0 && getting.length <= 6
                ? ` to ${word(getting.length, 'broker')} ${getting.join(', ')}`
                : ''}
              .
            </li>
          ) : null}
          {plan.elections > 0 ? (
            <li>
              {plural(plan.elections, 'partition gets', 'partitions get')} another leader at the end; clients follow by
              themselves.
            </li>
          ) : null}
          <li>
            {throttle === null
              ? 'Nothing holds the copies back: they may slow down clients.'
              : `No broker spends more than ${bytesPerSecond(throttle)} on it${time === null ? '' : `: ${time}`}.`}
          </li>
          {portions === null ? null : <li>{portions}</li>}
          <li>Producers and consumers go on. It can be cancelled at any time.</li>
        </ul>
        <Failure
          error={start.error}
          action={
            start.error?.name === 'PLAN_OUTDATED' || start.error?.name === 'PLAN_UNKNOWN' ? (
              <Button
                size="sm"
                onClick={() => {
                  onClose();
                  onAgain();
                }}
              >
                Plan anew
              </Button>
            ) : undefined
          }
        />
      </div>
    </Dialog>
  );
}

function verbOf(plan: ReassignPlan): string {
  return plan.partitions > 0
    ? `Move ${plural(plan.partitions, 'partition')}`
    : `Elect ${plural(plan.elections, 'leader')}`;
}

function lower(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
