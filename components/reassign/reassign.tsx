'use client';
// Reassignment: choose what should move, see what that means, begin it, watch it, cancel it. The whole choice is in the address.
import type { FirstPaint } from '../../server/live/contract.ts';
import { Freshness } from '../live/freshness.tsx';
import { useChannel } from '../live/use-channel.ts';
import { useCluster, usePaths } from '../live/use-connection.ts';
import { ButtonLink } from '../ui/button.tsx';
import { Empty, Failure, PageSkeleton, Problems } from '../ui/notice.tsx';
import { Page, PageHeader } from '../ui/page.tsx';
import { choiceField, numbersField, textField, type UrlField, useUrlState } from '../ui/use-url-state.ts';
import { Choose } from './choose.tsx';
import { LeftThrottles } from './left-throttles.tsx';
import { Preview } from './preview.tsx';
import { UnderWay } from './under-way.tsx';
import { kinds, moveStates, PAGE_ROWS, requestOf } from './wanted.ts';

const ALTER_PARTITION_REASSIGNMENTS = 45;

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
};

export function Reassign({ initial }: { initial: FirstPaint<'reassign'> }) {
  const paths = usePaths();
  const cluster = useCluster();
  const [state, set] = useUrlState(fields);
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
  const apis = cluster?.capabilities.apis ?? {};
  const isKnownWithout = Object.keys(apis).length > 0 && apis[ALTER_PARTITION_REASSIGNMENTS] === undefined;
  if (isKnownWithout) {
    return (
      <Page>
        <Empty
          isPage
          title="This cluster cannot move replicas"
          action={<ButtonLink href={paths.brokers}>Brokers</ButtonLink>}
        >
          <p>Its brokers do not serve AlterPartitionReassignments (Apache Kafka has it since 2.4).</p>
        </Empty>
      </Page>
    );
  }
  if (!data) return <Page>{error ? <Failure error={error} /> : <PageSkeleton what="reassignments" />}</Page>;
  const { run } = data;
  const isShown = run !== null && (run.endedAtMs === null || state.kind === '');
  const request = requestOf(state);
  const list = { q: state.q, page: state.page, throttle: state.throttle };
  return (
    <Page>
      <PageHeader
        crumbs={[{ label: 'Brokers', href: paths.brokers }]}
        title="Reassign partitions"
        freshness={<Freshness of={data.freshness} />}
      />
      <Failure error={error} />
      <Problems problems={data.problems} />
      <LeftThrottles left={data.leftThrottles} />
      {isShown ? (
        <UnderWay view={data} run={run} list={{ ...list, state: state.state }} set={set} />
      ) : (
        <>
          <Choose state={state} set={(changes, isStep) => set({ ...changes, q: '', page: 1 }, isStep)} />
          {request === null ? null : (
            <Preview
              key={JSON.stringify(request)}
              request={request}
              list={list}
              set={set}
              onStarted={() =>
                set(
                  {
                    kind: '',
                    broker: '',
                    topic: '',
                    partition: '',
                    factor: '',
                    replicas: null,
                    q: '',
                    page: 1,
                    state: '',
                  },
                  true,
                )
              }
            />
          )}
        </>
      )}
    </Page>
  );
}
