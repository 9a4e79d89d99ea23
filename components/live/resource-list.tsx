'use client';
// The list page. A subject says what it asks for, its columns, filters, sorts, words and what opens beside; everything that lists have
// in common is here: header, freshness, search, view state in the address, the window of rows in view, keys, selection, chosen columns,
// cards on phones, what is announced, problems and failure, and the empty states. The server searches, sorts and cuts.
import { Plus } from 'lucide-react';
import { type ReactNode, useDeferredValue, useEffect } from 'react';
import type { CallName, ChannelName, Channels, FirstPaint, RowWindow, Sampled } from '../../server/live/contract.ts';
import { announce } from '../ui/announce.tsx';
import { Button } from '../ui/button.tsx';
import { plural } from '../ui/format.ts';
import type { UrlFields } from '../ui/hooks/url-field.ts';
import { type SetAddress, useUrlState } from '../ui/hooks/use-url-state.ts';
import { useWindow } from '../ui/hooks/use-window.ts';
import { Empty, Failure, NotKnownYet, PageSkeleton, Problems } from '../ui/notice.tsx';
import { Page, PageHeader } from '../ui/page.tsx';
import { type Column, Table } from '../ui/table/table.tsx';
import { ActionButton } from './action-button.tsx';
import { type LiveCore, stableKey } from './core/live-core.ts';
import { useClusterId, useLiveCore } from './core/live-provider.tsx';
import { type ListAddress, WINDOW_ROWS } from './resource-list/address.ts';
import { shownColumns, useRememberedColumns } from './resource-list/columns.ts';
import { SelectionBar } from './resource-list/selection-bar.tsx';
import { type ListFilter, type ListSort, Tools } from './resource-list/tools.tsx';
import { type ListSelection, useSelection } from './resource-list/use-selection.ts';
import { useChannel } from './use-channel.ts';
import { Freshness } from './words/freshness.tsx';

interface View<R> extends Sampled {
  readonly total: number;
  readonly matching: number;
  readonly offset: number;
  readonly rows: readonly R[];
}
type ListChannel = { [N in ChannelName]: Channels[N]['data'] extends View<unknown> ? N : never }[ChannelName];
type ViewOf<N extends ChannelName> = Channels[N]['data'];
type RowOf<N extends ChannelName> = ViewOf<N> extends { readonly rows: readonly (infer R)[] } ? R : never;
type Asked<N extends ChannelName> = Omit<Channels[N]['params'], keyof RowWindow>;

/** What the parts of a page are told. */
export interface ListState<N extends ListChannel, V> {
  readonly view: ViewOf<N>;
  readonly address: V;
  readonly set: SetAddress<V>;
  /** The view belongs to the address before, until the new one is answered. */
  readonly isPrevious: boolean;
  /** Closes what is open beside. */
  close(): void;
}

export interface ResourceListProps<N extends ListChannel, V extends ListAddress> {
  channel: N;
  initial: FirstPaint<N>;
  /** A constant, from the subject's params file, as is `asked`: the server reads the same address by them. */
  fields: UrlFields<V>;
  asked: (address: V) => Asked<N>;
  title: string;
  /** "topic", "topics". */
  nouns: readonly [one: string, many: string];
  /** What is counted, where that has another name. */
  counted?: readonly [one: string, many: string];
  placeholder: string;
  testIds: { readonly row: string; readonly search?: string; readonly count?: string };
  columns: readonly Column<RowOf<N>>[];
  filters?: readonly ListFilter<V, ViewOf<N>>[];
  sorts: readonly ListSort<V['sort']>[];
  keyOf: (row: RowOf<N>) => string;
  /** Where the key is no name for people. */
  nameOf?: (row: RowOf<N>) => string;
  hrefOf: (row: RowOf<N>) => string;
  /** Rows open beside the list: which one does, and what is to change in the address for it; the empty key closes. */
  opens?: { readonly key: (address: V) => string; readonly to: (key: string) => Partial<V> };
  /** The one thing to do from here. */
  action?: {
    readonly label: string;
    readonly testId: string;
    readonly to: Partial<V>;
    readonly needs: CallName;
  } | null;
  facts: (view: ViewOf<N>) => ReactNode;
  /** Between the header and the list, and below it. */
  above?: (state: ListState<N, V>) => ReactNode;
  below?: ReactNode;
  beside?: (state: ListState<N, V>) => ReactNode;
  /** In place of a list that has nothing at all: it teaches how to begin. */
  empty: ReactNode;
  /** How the search works, for who found nothing. */
  searchHint?: string;
  bulkActions?: (selection: ListSelection) => ReactNode;
}

/** What a channel of lists carries is a view, and its params are what is asked with a window: ListChannel takes no other. */
const viewOf = <N extends ListChannel>(data: ViewOf<N> | undefined) => data as View<RowOf<N>> | undefined;
const paramsOf = <N extends ListChannel>(asked: Asked<N>, window: RowWindow) =>
  ({ ...asked, ...window }) as unknown as Channels[N]['params'];

/** One reading of a channel. */
function readOnce(core: LiveCore, cluster: string, channel: string, params: unknown): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const stop = core.subscribe(cluster, channel, params, { onValue: resolve, onError: reject });
  return promise.finally(stop);
}

export function ResourceList<N extends ListChannel, V extends ListAddress>(props: ResourceListProps<N, V>) {
  const { channel, nouns, filters = [], sorts, keyOf, nameOf = keyOf, opens, action } = props;
  const counted = props.counted ?? nouns;
  const core = useLiveCore();
  const cluster = useClusterId();
  const [address, set] = useUrlState(props.fields);
  // What is typed shows at once; the list follows when there is time.
  const followed = useDeferredValue(address);
  const [offset, onWindow] = useWindow();
  const asked = props.asked(followed);
  const { data, error, ...channelState } = useChannel(channel, paramsOf(asked, { offset, limit: WINDOW_ROWS }), {
    first: props.initial,
    keepsPrevious: true,
  });
  const view = viewOf<N>(data);
  const isPrevious = channelState.isPrevious || stableKey(props.asked(address)) !== stableKey(asked);

  const matching = view?.matching;
  const [one, many] = nouns;
  useEffect(() => {
    if (matching !== undefined && !isPrevious) announce(plural(matching, `${one} matches`, `${many} match`));
  }, [matching, isPrevious, one, many]);

  const [remembered, remember] = useRememberedColumns(channel);
  const choice = address.cols ?? remembered;
  useEffect(() => {
    // So that a copied address shows to others what is seen here.
    if (address.cols === null && remembered !== null) set({ cols: remembered } as Partial<V>);
  }, [address.cols, remembered, set]);

  const selectable = (row: RowOf<N>) => ({ key: keyOf(row), name: nameOf(row) });
  const rows = view?.rows ?? [];
  const selection = useSelection({
    nouns: counted,
    asked: stableKey(asked),
    matching: matching ?? 0,
    offset: view?.offset ?? 0,
    rows: rows.map(selectable),
    read: async (window) =>
      viewOf<N>((await readOnce(core, cluster, channel, paramsOf(asked, window))) as ViewOf<N>)?.rows.map(selectable) ??
      [],
  });

  if (data === undefined || view === undefined)
    return <Page>{error ? <Failure error={error} /> : <PageSkeleton what={many} />}</Page>;

  const isSampled = view.freshness.sampledAtMs !== null;
  const narrowing = filters.filter(({ kind, field }) => kind === 'choice' && address[field] !== '');
  const onSort = (key: string) => {
    const sort = sorts.find((each) => each.key === key) ?? sorts[0];
    if (sort === undefined) return;
    const desc = sort.key === address.sort ? !address.desc : sort.isHighFirst === true;
    set({ sort: sort.key, desc } as Partial<V>);
  };
  const clear = () =>
    set({ q: '', ...Object.fromEntries(narrowing.map(({ field }) => [field, ''])) } as unknown as Partial<V>);
  const state: ListState<N, V> = {
    view: data,
    address,
    set,
    isPrevious,
    close: () => opens && set(opens.to(''), true),
  };

  return (
    <Page>
      <PageHeader
        title={props.title}
        facts={isSampled ? props.facts(data) : null}
        freshness={<Freshness of={view.freshness} />}
        actions={
          action ? (
            <ActionButton
              needs={action.needs}
              look="primary"
              data-testid={action.testId}
              onClick={() => set(action.to, true)}
              icon={<Plus aria-hidden className="size-4" />}
            >
              {action.label}
            </ActionButton>
          ) : null
        }
      />
      <Failure error={error} />
      <Problems problems={view.problems} />
      {props.above?.(state)}
      <Tools
        what={many}
        placeholder={props.placeholder}
        searchTestId={props.testIds.search}
        {...{ address, set, filters, sorts, onSort, choice }}
        view={data}
        count={plural(view.matching, ...counted)}
        countTestId={props.testIds.count}
        columns={props.columns}
        onColumns={(next) => {
          remember(next);
          set({ cols: next } as Partial<V>);
        }}
      />
      {!isSampled ? (
        <NotKnownYet what={many} />
      ) : view.matching > 0 ? (
        <Table
          label={props.title}
          columns={shownColumns(props.columns, choice)}
          count={view.matching}
          rowAt={(index) => view.rows[index - view.offset]}
          keyOf={keyOf}
          hrefOf={props.hrefOf}
          rowTestId={props.testIds.row}
          sort={{ by: address.sort, isDescending: address.desc, onSort }}
          onWindow={onWindow}
          hasKeys
          {...(opens && {
            onOpen: (row: RowOf<N>) => set(opens.to(keyOf(row)), true),
            selectedKey: opens.key(address) || null,
          })}
          selection={{ ...selection, allLabel: `Select all ${many}`, nameOf }}
        />
      ) : address.q !== '' || narrowing.length > 0 ? (
        <Empty
          title={`No ${counted[0]} matches${narrowing.length > 0 ? '' : ` “${address.q}”`}`}
          action={<Button onClick={clear}>{narrowing.length > 0 ? 'Clear the filter' : 'Clear search'}</Button>}
        >
          <p>
            {plural(view.total, `${counted[0]} exists`, `${counted[1]} exist`)}
            {props.searchHint === undefined ? '.' : `; ${props.searchHint}`}
          </p>
        </Empty>
      ) : // That there is nothing at all is not said of what was asked for before.
      isPrevious ? null : (
        props.empty
      )}
      {props.below}
      <SelectionBar selection={selection} nouns={counted} matching={view.matching}>
        {props.bulkActions?.(selection)}
      </SelectionBar>
      {props.beside?.(state)}
    </Page>
  );
}
