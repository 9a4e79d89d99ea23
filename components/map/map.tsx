'use client';
// The live map: brokers, partitions, producers and consumers as a picture that moves, with a table of the same facts and the log of what
// changed. What is chosen, selected and shown stands in the address.
import { Pause, Play, SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import type { FirstPaint, MapView } from '../../server/live/contract.ts';
import { useChannel } from '../live/use-channel.ts';
import { usePaths } from '../live/use-connection.ts';
import { Freshness } from '../live/words/freshness.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Segments } from '../ui/form.tsx';
import { short } from '../ui/format.ts';
import { choiceField, flagField, textField, type UrlField } from '../ui/hooks/url-field.ts';
import { useIsNarrow, useMedia } from '../ui/hooks/use-media.ts';
import { useUrlState } from '../ui/hooks/use-url-state.ts';
import { Empty, Failure, Notice, PageSkeleton, Problems } from '../ui/notice.tsx';
import { Fact, Page, PageHeader } from '../ui/page.tsx';
import { Canvas } from './drawing/canvas.tsx';
import { useFlashing } from './drawing/use-flashing.ts';
import { FactsTable, factTabs } from './facts/facts-table.tsx';
import { Legend } from './legend.tsx';
import { Log } from './log.tsx';
import { readTopics } from './map-params.ts';
import { Panel } from './panel.tsx';
import { map as section } from './section.ts';
import { readSelection, type Selection, writeSelection } from './selection.ts';
import { TopicChooser } from './topic-chooser.tsx';

const topicsField: UrlField<readonly string[]> = {
  read: readTopics,
  write: (topics) => (topics.length === 0 ? null : topics.join(',')),
};
const selectionField: UrlField<Selection | null> = { read: readSelection, write: writeSelection };
const views = ['auto', 'map', 'both', 'table'] as const;
const fields = {
  topics: topicsField,
  sel: selectionField,
  view: choiceField(views, 'auto'),
  tab: choiceField(factTabs, 'partitions'),
  sort: textField('name'),
  desc: flagField(),
  still: flagField(),
};

function Facts({ view }: { view: MapView }) {
  const up = view.brokers.filter(({ isUp }) => isUp).length;
  const drawn = view.partitions.length;
  return (
    <>
      <Fact label={`of ${view.brokers.length} brokers up`}>{up}</Fact>
      <Fact label={`of ${short(view.topicCount)} ${view.topicCount === 1 ? 'topic' : 'topics'} drawn`}>
        {view.topics.length}
      </Fact>
      <span data-testid="map-drawn" data-drawn={drawn}>
        <Fact
          label={`of ${short(view.partitionCount)} ${view.partitionCount === 1 ? 'partition' : 'partitions'} drawn`}
        >
          {drawn}
        </Fact>
      </span>
    </>
  );
}

function Nothing() {
  const paths = usePaths();
  return (
    <Empty
      title="No topic to draw yet"
      action={
        <ButtonLink look="primary" href={`${paths.topics}?create=1`}>
          Create a topic
        </ButtonLink>
      }
    >
      <p>
        The brokers stand here already. As soon as there is a topic its partitions appear on them, and whoever writes
        and reads beside them.
      </p>
    </Empty>
  );
}

export function LiveMap({ first }: { first: FirstPaint<'map'> }) {
  const [url, setUrl] = useUrlState(fields);
  const { data, error } = useChannel('map', { topics: url.topics }, { first, keepsPrevious: true });
  const [isChoosing, setChoosing] = useState(false);
  const [recordsPerDot, setRecordsPerDot] = useState(1);
  const isNarrow = useIsNarrow();
  const isStill = useMedia('(prefers-reduced-motion: reduce)');
  const flashing = useFlashing(data);
  if (!data) return <Page>{error ? <Failure error={error} /> : <PageSkeleton what="map" />}</Page>;
  const shown = url.view === 'auto' ? (isNarrow ? 'table' : 'both') : url.view;
  const isMoving = !url.still;
  const select = (selection: Selection | null) => setUrl({ sel: selection }, true);
  return (
    <Page>
      <PageHeader
        title={section.title}
        facts={<Facts view={data} />}
        freshness={<Freshness of={data.freshness} />}
        actions={
          <>
            {isStill || isNarrow || shown === 'table' ? null : (
              <Button
                onClick={() => setUrl({ still: isMoving })}
                aria-pressed={!isMoving}
                icon={isMoving ? <Pause aria-hidden className="size-4" /> : <Play aria-hidden className="size-4" />}
              >
                {isMoving ? 'Pause dots' : 'Move dots'}
              </Button>
            )}
            <Segments
              label="Show"
              value={shown}
              options={[
                { value: 'map', label: 'Map' },
                { value: 'both', label: 'Both' },
                { value: 'table', label: 'Table' },
              ]}
              onChange={(view) => setUrl({ view })}
            />
            <Button
              look="primary"
              onClick={() => setChoosing(true)}
              icon={<SlidersHorizontal aria-hidden className="size-4" />}
            >
              Choose topics
            </Button>
          </>
        }
      />
      <Failure error={error} />
      <Problems problems={data.problems} />
      {data.missingTopics.length > 0 ? (
        <Notice level="notice">There is no topic {data.missingTopics.join(', ')} in this cluster (any more).</Notice>
      ) : null}
      <div className="grid min-w-0 gap-4 min-[1560px]:grid-cols-[minmax(0,1fr)_320px]">
        <div className="order-2 flex min-w-0 flex-col gap-3 min-[1560px]:order-1">
          {shown === 'table' ? null : (
            <>
              <Canvas
                view={data}
                selection={url.sel}
                flashing={flashing}
                isMoving={isMoving}
                onSelect={select}
                onScale={setRecordsPerDot}
              />
              <Legend
                recordsPerDot={recordsPerDot}
                isMoving={isMoving}
                isCompact={isNarrow}
                producers={data.producers}
              />
            </>
          )}
          {data.topics.length === 0 ? <Nothing /> : null}
          {shown === 'map' || data.topics.length === 0 ? null : (
            <FactsTable
              view={data}
              tab={url.tab}
              sort={{ by: url.sort, isDescending: url.desc }}
              selection={url.sel}
              onTab={(tab) => setUrl({ tab, sort: 'name', desc: false })}
              onSort={({ by, isDescending }) => setUrl({ sort: by, desc: isDescending })}
              onSelect={select}
            />
          )}
        </div>
        <div className="order-1 grid min-w-0 gap-4 max-lg:content-start min-[1560px]:content-start lg:h-44 lg:grid-cols-2 min-[1560px]:order-2 min-[1560px]:h-auto min-[1560px]:grid-cols-1">
          <Panel view={data} selection={url.sel} onClear={() => select(null)} />
          <Log events={data.events} />
        </div>
      </div>
      <TopicChooser
        chosen={url.topics}
        isOpen={isChoosing}
        onClose={() => setChoosing(false)}
        onChange={(topics) => setUrl({ topics, sel: null })}
      />
    </Page>
  );
}
