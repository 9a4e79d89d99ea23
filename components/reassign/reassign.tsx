'use client';
// Reassignment: choose what should move, see what that means, begin it, watch it, cancel it. The whole choice is in the address.
import { useEffect, useState } from 'react';
import type { FirstPaint, ReassignRequest } from '../../server/live/contract.ts';
import { Unserved } from '../live/unserved.tsx';
import { useChannel } from '../live/use-channel.ts';
import { useCrumbs } from '../live/use-connection.ts';
import { useLack } from '../live/use-lack.ts';
import { Freshness } from '../live/words/freshness.tsx';
import { choiceField, flagField, numbersField, textField, type UrlField } from '../ui/hooks/url-field.ts';
import { useUrlState } from '../ui/hooks/use-url-state.ts';
import { Failure, Notice, PageSkeleton, Problems } from '../ui/notice.tsx';
import { Page, PageHeader } from '../ui/page.tsx';
import { Choose } from './choose.tsx';
import { LeftThrottles } from './left-throttles.tsx';
import { Preview } from './preview.tsx';
import { reassign as section } from './section.ts';
import { UnderWay } from './under-way.tsx';
import { goalOf, kinds, moveStates, PAGE_ROWS, requestOf } from './wanted.ts';

const pageField: UrlField<number> = {
  read: (text) => (text !== null && /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 1),
  write: (page) => (page <= 1 ? null : String(page)),
};
const fields = {
  kind: choiceField(['', ...kinds], ''),
  broker: textField(),
  topic: textField(),
  partition: textField(),
  factor: textField(),
  replicas: numbersField(),
  /** MB/s. */
  throttle: textField('50'),
  q: textField(),
  state: choiceField(['', ...moveStates], ''),
  page: pageField,
  /** The choice was carried out: its run is shown while the dashboard knows it, then a plan of what is left. */
  begun: flagField(),
};

const nothingChosen = {
  kind: '',
  broker: '',
  topic: '',
  partition: '',
  factor: '',
  replicas: null,
  q: '',
  page: 1,
  state: '',
  begun: false,
} as const;

/** The address tells of a reassignment that this dashboard no longer follows. */
function Forgotten({ request, isUnderWay }: { request: ReassignRequest; isUnderWay: boolean }) {
  return (
    <Notice level="notice" testId="reassign-forgotten">
      <p>
        “{goalOf(request)}” was begun here, and this dashboard no longer follows it: it was restarted since, or somebody
        put it away.{' '}
        {isUnderWay
          ? 'What the cluster was given goes on below; once that has ended, what is left of it is planned here.'
          : 'The plan below is what is left of it.'}
      </p>
    </Notice>
  );
}

export function Reassign({ initial }: { initial: FirstPaint<'reassign'> }) {
  const crumbs = useCrumbs();
  const why = useLack('reassign.start');
  const [state, set] = useUrlState(fields);
  // From the answer to the click until the run arrives.
  const [isBeginning, setBeginning] = useState(false);
  const { data, error } = useChannel(
    'reassign',
    {
      query: state.q.trim(),
      state: state.state === '' ? null : state.state,
      offset: (state.page - 1) * PAGE_ROWS,
      limit: PAGE_ROWS,
    },
    { first: initial, keepsPrevious: true },
  );
  const isRunning = data?.run?.endedAtMs === null;
  useEffect(() => {
    if (isRunning) setBeginning(false);
  }, [isRunning]);
  if (why !== null) return <Unserved title="This cluster cannot move replicas" why={why} />;
  if (!data) return <Page>{error ? <Failure error={error} /> : <PageSkeleton what="reassignments" />}</Page>;
  const { run } = data;
  const request = requestOf(state);
  const isOurs =
    state.begun && request !== null && run !== null && run.request !== null && goalOf(run.request) === goalOf(request);
  const isShown = run !== null && (run.endedAtMs === null || state.kind === '' || isOurs);
  const isForgotten = state.begun && request !== null && !isOurs && !isBeginning;
  const list = { q: state.q, page: state.page, throttle: state.throttle };
  return (
    <Page>
      <PageHeader crumbs={crumbs} title={section.title} freshness={<Freshness of={data.freshness} />} />
      <Failure error={error} />
      <Problems problems={data.problems} />
      <LeftThrottles left={data.leftThrottles} />
      {isForgotten ? <Forgotten request={request} isUnderWay={isShown} /> : null}
      {isShown ? (
        <UnderWay
          view={data}
          run={run}
          list={{ ...list, state: state.state }}
          set={set}
          onPutAway={() => set(nothingChosen, true)}
        />
      ) : (
        <>
          <Choose state={state} set={(changes, isStep) => set({ ...changes, begun: false, q: '', page: 1 }, isStep)} />
          {request === null ? null : (
            <Preview
              key={JSON.stringify(request)}
              request={request}
              list={list}
              set={set}
              onStarted={() => {
                setBeginning(true);
                set({ begun: true, q: '', page: 1, state: '' }, true);
              }}
            />
          )}
        </>
      )}
    </Page>
  );
}
