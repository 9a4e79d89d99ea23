'use client';
// A topic's messages: browse with search and paging, or follow live. Everything that shapes the view is in the address.
import { ChevronLeft, ChevronRight, ExternalLink, Pause, Play, Square } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import type { RecordRow, TopicView } from '../../server/live/contract.ts';
import { ActionLink } from '../live/action-button.tsx';
import { useRead } from '../live/use-call.ts';
import { useChannel } from '../live/use-channel.ts';
import { useCluster, usePaths } from '../live/use-connection.ts';
import { announce } from '../ui/announce.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { CopyBlock } from '../ui/copy-button.tsx';
import { Drawer } from '../ui/dialog.tsx';
import { bytes, exact, perSecond, plural } from '../ui/format.ts';
import { choiceField, flagField, numbersField, textField } from '../ui/hooks/url-field.ts';
import { useUrlState } from '../ui/hooks/use-url-state.ts';
import { Empty, Failure, PageSkeleton, Problems } from '../ui/notice.tsx';
import { cursorField, placeField, startOf, starts } from './browse-url.ts';
import { RecordDetail } from './record-detail.tsx';
import { RecordTable, recordKey } from './record-table.tsx';
import { Toolbar } from './toolbar.tsx';
import { type BrowseState, useBrowse } from './use-browse.ts';
import { useTail } from './use-tail.ts';

const PAGE_RECORDS = 100;
const READ_AGAIN_MS = 1_000;
/** How far the page may be scrolled before the tail holds its rows still. */
const HOLD_AFTER_PX = 80;
const fields = {
  from: choiceField(starts, 'newest'),
  at: textField(),
  p: numbersField(),
  q: textField(),
  live: flagField(),
  committed: flagField(),
  cur: cursorField,
  open: placeField,
};

function NoMessages({
  topic,
  isFiltered,
  isUnread,
  onAgain,
}: {
  topic: string;
  isFiltered: boolean;
  /** Some partitions could not be read, so nothing is claimed of what is in them. */
  isUnread: boolean;
  onAgain: () => void;
}) {
  const servers = useCluster()?.bootstrapServers.join(',') ?? 'localhost:9092';
  if (isUnread)
    return (
      <Empty title="Not every partition could be read" action={<Button onClick={onAgain}>Read again</Button>}>
        The reason stands above. What is in those partitions shows here once they have a leader again.
      </Empty>
    );
  if (isFiltered)
    return (
      <Empty title="Nothing found in what was read">
        The line above says how far the search went. Go on with Older or Newer, or start elsewhere.
      </Empty>
    );
  return (
    <Empty
      title="No messages here yet"
      action={
        <>
          <ActionLink needs="record.produce" look="primary" href="?produce=1" scroll={false}>
            Produce a message
          </ActionLink>
          <ActionLink needs="traffic.startProducer" href="?traffic=1" scroll={false}>
            Start test traffic
          </ActionLink>
        </>
      }
    >
      <p>Send one with any client:</p>
      <CopyBlock what="kcat command" text={`echo 'hello' | kcat -b ${servers} -t ${topic} -P`} />
    </Empty>
  );
}

function ProgressLine({
  browse,
  isRunning,
  isCancelled,
  onCancel,
}: {
  browse: BrowseState;
  isRunning: boolean;
  isCancelled: boolean;
  onCancel: () => void;
}) {
  const scanned = `${plural(browse.scannedRecords, 'record')} read, ${bytes(browse.scannedBytes)}`;
  return (
    <div
      className="flex min-h-8 min-w-0 flex-1 basis-64 flex-wrap items-center gap-x-3 gap-y-1 text-table text-muted num"
      data-testid="browse-status"
      data-state={isRunning ? 'running' : isCancelled ? 'cancelled' : 'done'}
    >
      {isRunning ? (
        <>
          <progress
            aria-label="Share of the range read"
            value={browse.progress ?? undefined}
            max={1}
            className="h-1.5 w-28 accent-(--accent-fill)"
          />
          <span>
            {exact(browse.records.length)} found, {scanned}
          </span>
          <Button size="sm" onClick={onCancel} icon={<Square aria-hidden className="size-3" />}>
            Cancel
          </Button>
        </>
      ) : (
        <span>
          {plural(browse.records.length, 'message')}
          {isCancelled ? '; cancelled' : browse.done ? `; ${browse.done.reason}` : ''} ({scanned})
        </span>
      )}
    </div>
  );
}

function useHold(isLive: boolean, isPaused: boolean): boolean {
  const [isScrolled, setScrolled] = useState(false);
  useEffect(() => {
    if (!isLive) return;
    const onScroll = () => setScrolled(window.scrollY > HOLD_AFTER_PX + 160);
    window.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      window.removeEventListener('scroll', onScroll);
      setScrolled(false);
    };
  }, [isLive]);
  return isPaused || isScrolled;
}

/** Sum of the end offsets; null while one is unknown. */
function endOf(view: TopicView | undefined, chosen: readonly number[] | null): number | null {
  let sum = 0;
  for (const { partition, endOffset } of view?.partitions ?? []) {
    if (chosen !== null && !chosen.includes(partition)) continue;
    if (endOffset === null) return null;
    sum += endOffset;
  }
  return view === undefined ? null : sum;
}

/** How many records were written since the page was read to its end; reads again by itself while there is nothing to disturb. */
function useNewer(isDone: boolean, end: number | null, isEmpty: boolean, again: () => void): number {
  const [base, setBase] = useState<number | null>(null);
  if (!isDone && base !== null) setBase(null);
  else if (isDone && base === null && end !== null) setBase(end);
  const newer = base === null || end === null ? 0 : Math.max(0, end - base);
  const readAgain = useEffectEvent(again);
  useEffect(() => {
    if (isEmpty && newer > 0) readAgain();
  }, [isEmpty, newer]);
  return newer;
}

/** A page that found nothing because partitions could not be read tries again, once they have a leader. */
function useReadOnceLed(isUnread: boolean, view: TopicView | undefined, again: () => void): void {
  const isLed = view?.topic.offlinePartitions === 0;
  const readAgain = useEffectEvent(again);
  useEffect(() => {
    if (!isUnread || !isLed) return;
    const timer = setTimeout(() => readAgain(), READ_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [isUnread, isLed]);
}

function Opened({
  topic,
  row,
  place,
  onClose,
}: {
  topic: string;
  row: RecordRow | undefined;
  place: { partition: number; offset: number } | null;
  onClose: () => void;
}) {
  const paths = usePaths();
  const read = useRead('record.get', place !== null && row === undefined ? { topic, ...place } : null, 60_000);
  const record = row ?? read.data;
  return (
    <Drawer
      isOpen={place !== null}
      onClose={onClose}
      title={place === null ? '' : `Partition ${place.partition}, offset ${place.offset}`}
      description={topic}
      width="wide"
      testId="record-drawer"
      footer={
        place === null ? null : (
          <ButtonLink
            href={paths.message(topic, place.partition, place.offset)}
            icon={<ExternalLink aria-hidden className="size-4" />}
          >
            Open as a page
          </ButtonLink>
        )
      }
    >
      {record ? (
        <RecordDetail key={recordKey(record)} topic={topic} record={record} />
      ) : read.error ? (
        <Failure error={read.error} />
      ) : (
        <PageSkeleton what="message" />
      )}
    </Drawer>
  );
}

export function Messages({ topic, initial }: { topic: string; initial: TopicView | null }) {
  const { data: view } = useChannel('topic', { name: topic }, { initial });
  const [choice, set] = useUrlState(fields);
  const [run, setRun] = useState(0);
  const [cancelledRun, setCancelledRun] = useState('');
  const [isPaused, setPaused] = useState(false);
  const isHeld = useHold(choice.live, isPaused);
  const start = startOf(choice.from, choice.at);
  const params =
    choice.live || start === null
      ? null
      : {
          topic,
          partitions: choice.p,
          start,
          contains: choice.q,
          isCommittedOnly: choice.committed,
          limit: PAGE_RECORDS,
          cursor: choice.cur,
        };
  const runKey = `${JSON.stringify(params)} ${run}`;
  const isCancelled = cancelledRun === runKey;
  const browse = useBrowse(isCancelled ? null : params, runKey);
  const tail = useTail(choice.live ? { topic, partitions: choice.p, contains: choice.q } : null, isHeld);
  const isRunning = params !== null && !isCancelled && browse.done === null && browse.error === null;
  const records = choice.live ? tail.records : browse.records;
  const place = choice.open;
  const openRow =
    place === null
      ? undefined
      : records.find((row) => row.partition === place.partition && row.offset === place.offset);
  const reason = browse.done?.reason;
  const found = browse.records.length;
  useEffect(() => {
    if (reason !== undefined) announce(`${plural(found, 'message')}; ${reason}`);
  }, [reason, found]);
  const isNewest = !choice.live && choice.from === 'newest' && choice.cur === null;
  const readAgain = () => {
    set({ cur: null });
    setRun(run + 1);
  };
  const newer = useNewer(
    isNewest && browse.done !== null,
    endOf(view, choice.p),
    isNewest && browse.done !== null && found === 0 && choice.q === '',
    readAgain,
  );
  useReadOnceLed(browse.done !== null && browse.problems.length > 0 && found === 0, view, readAgain);
  const isEmpty = records.length === 0 && (choice.live || !isRunning);

  return (
    <div className="flex min-w-0 flex-col gap-3">
      <Toolbar
        choice={choice}
        partitions={view?.topic.partitions ?? 1}
        onChange={(changes) => {
          setPaused(false);
          set({ ...changes, cur: null });
        }}
        onAgain={readAgain}
      />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {choice.live ? (
          <>
            <Button
              size="sm"
              data-testid="pause-tail"
              onClick={() => {
                setPaused(!isHeld);
                if (isHeld) window.scrollTo({ top: 0 });
              }}
              icon={isHeld ? <Play aria-hidden className="size-3.5" /> : <Pause aria-hidden className="size-3.5" />}
            >
              {isHeld ? 'Resume' : 'Pause'}
            </Button>
            <span
              className="flex min-h-8 flex-wrap items-center gap-x-4 text-table text-muted num"
              data-testid="tail-status"
              data-state={isHeld ? 'held' : 'running'}
            >
              <span className="min-w-[11ch]">{perSecond(Math.round(tail.recordsPerSecond * 10) / 10)}</span>
              <span data-testid="tail-matched" data-value={tail.matched}>
                {exact(tail.matched)} matched
              </span>
              <span
                data-testid="tail-dropped"
                data-value={tail.dropped}
                className={tail.dropped > 0 ? 'text-warn' : ''}
                title="Matched records that were not sent because this browser was slower"
              >
                {exact(tail.dropped)} dropped
              </span>
              {isHeld ? (
                <span className="text-ink-strong" data-testid="tail-waiting" data-value={tail.waiting}>
                  {isPaused ? 'Paused' : 'Holding your place'}: {exact(tail.waiting)} new
                </span>
              ) : null}
            </span>
          </>
        ) : (
          <>
            <ProgressLine
              browse={browse}
              isRunning={isRunning}
              isCancelled={isCancelled}
              onCancel={() => setCancelledRun(runKey)}
            />
            <span className="flex flex-wrap gap-2">
              {newer > 0 ? (
                <Button size="sm" onClick={readAgain} data-testid="newer-messages">
                  <span>
                    <span className="num">{exact(newer)} newer</span>: read again
                  </span>
                </Button>
              ) : null}
              <Button
                size="sm"
                disabled={!browse.done?.previous}
                onClick={() => set({ cur: browse.done?.previous ?? null }, true)}
                icon={<ChevronLeft aria-hidden className="size-4" />}
              >
                Older
              </Button>
              <Button
                size="sm"
                disabled={!browse.done?.next}
                onClick={() => set({ cur: browse.done?.next ?? null }, true)}
              >
                Newer
                <ChevronRight aria-hidden className="size-4" />
              </Button>
            </span>
          </>
        )}
      </div>
      <Problems problems={choice.live ? tail.problems : browse.problems} />
      <Failure error={choice.live ? (tail.error === null ? null : new Error(tail.error)) : browse.error} />
      {isEmpty ? (
        choice.live ? (
          <p className="py-10 text-center text-muted">Waiting for messages. They appear here as they are written.</p>
        ) : browse.error ? null : (
          <NoMessages
            topic={topic}
            isUnread={browse.problems.length > 0}
            onAgain={readAgain}
            isFiltered={
              choice.committed ||
              choice.q !== '' ||
              choice.p !== null ||
              choice.from !== 'newest' ||
              choice.cur !== null
            }
          />
        )
      ) : null}
      {records.length > 0 ? (
        <RecordTable
          topic={topic}
          records={records}
          selected={place === null ? null : recordKey(place)}
          onOpen={(row) => set({ open: { partition: row.partition, offset: row.offset } }, true)}
        />
      ) : null}
      <Opened topic={topic} row={openRow} place={place} onClose={() => set({ open: null })} />
    </div>
  );
}
