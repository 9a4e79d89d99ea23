'use client';
// One live chart of lines over time. Rules: no animation, at most 150 points, updates staggered, the right edge is now unless
// zoomed; a table of the same numbers is one key (t) or click away.
import clsx from 'clsx';
import { Table2 } from 'lucide-react';
import { createContext, type ReactNode, useContext, useId, useMemo, useRef, useState } from 'react';
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { Series } from '../../server/live/contract.ts';
import { Button } from '../ui/button.tsx';
import { timeOfDay } from '../ui/format.ts';
import { niceCeiling, type Point, pointsOf, spread, type TimeRange } from './points.ts';
import { useStaggered } from './use-staggered.ts';

export interface LineSpec {
  readonly column: string;
  readonly label: string;
  /** 1..8: one entity keeps its hue on every page. */
  readonly hue: number;
  readonly isEstimate?: boolean;
}

interface Group {
  readonly syncId: string;
  readonly range: TimeRange | null;
  readonly setRange: (range: TimeRange | null) => void;
}
const GroupContext = createContext<Group | null>(null);

/** Charts within share the crosshair and the zoomed range. */
export function ChartGroup({ children }: { children: ReactNode }) {
  const syncId = useId();
  const [range, setRange] = useState<TimeRange | null>(null);
  const group = useMemo(() => ({ syncId, range, setRange }), [syncId, range]);
  return <GroupContext value={group}>{children}</GroupContext>;
}

interface LiveLinesProps {
  title: string;
  series: Series | undefined;
  lines: readonly LineSpec[];
  write: (value: number | null) => string;
  heightPx?: number;
  /** What would fill an empty chart. */
  emptyHint: ReactNode;
  testId?: string;
}

const PLOT_TOP = 6;
const AXIS_PX = 22;
/** Holds "500.0 MB/s" on one line. */
const AXIS_WIDTH_PX = 80;
const empty: Series = { timesMs: [], columns: {} };

function NumbersTable({
  title,
  points,
  lines,
  write,
}: {
  title: string;
  points: readonly Point[];
  lines: readonly LineSpec[];
  write: LiveLinesProps['write'];
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
    <section className="h-full overflow-y-auto" tabIndex={0} aria-label={`${title}, as a table`}>
      <table className="w-full text-table">
        <thead className="sticky top-0 bg-s0 text-left text-caption text-muted">
          <tr>
            <th className="font-medium">Time</th>
            {lines.map((line) => (
              <th key={line.column} className="text-right font-medium">
                {line.isEstimate ? '≈ ' : ''}
                {line.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="num">
          {points.toReversed().map((point) => (
            <tr key={point.timeMs} className="border-t">
              <td>{timeOfDay(point.timeMs)}</td>
              {lines.map((line) => (
                <td key={line.column} className="text-right">
                  {write(point.values[line.column] ?? null)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function EndLabels({
  lines,
  points,
  topValue,
  plotPx,
  write,
}: {
  lines: readonly LineSpec[];
  points: readonly Point[];
  topValue: number;
  plotPx: number;
  write: LiveLinesProps['write'];
}) {
  const shown = lines.map((line) => ({
    line,
    value: points.findLast((point) => point.values[line.column] !== null)?.values[line.column] ?? null,
  }));
  const places = spread(
    shown.map(({ value }) => PLOT_TOP + plotPx * (1 - Math.min(1, (value ?? 0) / topValue)) - 14),
    32,
    plotPx - 20,
  );
  return (
    <div className="relative w-[96px] shrink-0">
      {shown.map(({ line, value }, index) => (
        <div
          key={line.column}
          className="absolute left-2 text-caption leading-4"
          style={{ top: Math.max(0, places[index] ?? 0) }}
        >
          <div className="font-medium" style={{ color: `var(--series-${line.hue})` }}>
            <span className="text-ink">{line.label}</span>
          </div>
          <div className="live num whitespace-nowrap text-ink-strong">
            <span
              aria-hidden
              className="mr-1 inline-block h-[3px] w-2 -translate-y-[3px] rounded-full"
              style={{ background: `var(--series-${line.hue})` }}
            />
            {line.isEstimate ? '≈ ' : ''}
            {write(value)}
          </div>
        </div>
      ))}
    </div>
  );
}

function Crosshair({
  active,
  payload,
  label,
  lines,
  write,
}: {
  active?: boolean;
  payload?: readonly { payload?: Point }[];
  label?: unknown;
  lines: readonly LineSpec[];
  write: LiveLinesProps['write'];
}) {
  const point = payload?.[0]?.payload;
  if (!active || !point) return null;
  return (
    <div className="rounded border bg-s1 px-2 py-1 text-caption shadow-overlay num">
      <div className="text-muted">{timeOfDay(Number(label))}</div>
      {lines.map((line) => (
        <div key={line.column} className="flex items-center gap-2">
          <span
            aria-hidden
            className="h-[3px] w-2.5 rounded-full"
            style={{ background: `var(--series-${line.hue})` }}
          />
          <span className="text-ink">{line.label}</span>
          <span className="ml-auto pl-3 text-ink-strong">
            {line.isEstimate ? '≈ ' : ''}
            {write(point.values[line.column] ?? null)}
          </span>
        </div>
      ))}
    </div>
  );
}

export function LiveLines({ title, series = empty, lines, write, heightPx = 168, emptyHint, testId }: LiveLinesProps) {
  const frame = useRef<HTMLDivElement>(null);
  const group = useContext(GroupContext);
  const shownSeries = useStaggered(series, frame);
  const [isTable, setIsTable] = useState(false);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const range = group?.range ?? null;
  const points = useMemo(
    () =>
      pointsOf(
        shownSeries,
        lines.map((line) => line.column),
        range,
      ),
    [shownSeries, lines, range],
  );
  const numbers = points
    .flatMap((point) => lines.map((line) => point.values[line.column] ?? null))
    .filter((value) => value !== null);
  const topValue = niceCeiling(Math.max(0, ...numbers));
  const isEmpty = numbers.length < 2;
  const isAllZero = numbers.every((value) => value === 0);
  const plotPx = heightPx - AXIS_PX - PLOT_TOP;

  const endDrag = () => {
    if (drag !== null && group !== null && Math.abs(drag.to - drag.from) >= 2_000) {
      group.setRange({ fromMs: Math.min(drag.from, drag.to), toMs: Math.max(drag.from, drag.to) });
    }
    setDrag(null);
  };
  const timeOf = (state: { activeLabel?: unknown }): number | null => {
    const time = Number(state.activeLabel);
    return Number.isFinite(time) && time > 0 ? time : null;
  };

  return (
    <figure
      ref={frame}
      data-testid={testId}
      className="flex min-w-0 flex-col gap-1"
      onKeyDown={(event) => {
        if (event.key === 't' && !event.ctrlKey && !event.metaKey) setIsTable(!isTable);
      }}
    >
      <figcaption className="flex h-7 items-center justify-between gap-2 text-table text-muted">
        <span>{title}</span>
        <span className="flex items-center gap-1">
          {range !== null ? (
            <Button look="quiet" size="sm" onClick={() => group?.setRange(null)}>
              Back to now
            </Button>
          ) : null}
          <Button
            look="quiet"
            size="sm"
            aria-pressed={isTable}
            aria-label={`${title} as ${isTable ? 'chart' : 'table'}`}
            title="Same numbers as a table (t)"
            onClick={() => setIsTable(!isTable)}
            icon={<Table2 aria-hidden className="size-3.5" />}
          />
        </span>
      </figcaption>
      <div
        style={{ height: heightPx }}
        className={clsx('flex min-w-0', isEmpty && 'items-center justify-center border-b')}
      >
        {isEmpty ? (
          <p className="max-w-md px-4 text-center text-table text-muted">{emptyHint}</p>
        ) : isTable ? (
          <div className="min-w-0 flex-1">
            <NumbersTable title={title} points={points} lines={lines} write={write} />
          </div>
        ) : (
          <>
            <div className="min-w-0 flex-1 select-none overflow-x-clip">
              <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 600, height: heightPx }}>
                <ComposedChart
                  data={points as Point[]}
                  margin={{ top: PLOT_TOP, right: 2, bottom: 0, left: 0 }}
                  {...(group ? { syncId: group.syncId, syncMethod: 'value' as const } : {})}
                  onMouseDown={(state) => {
                    const time = timeOf(state);
                    if (time !== null && group !== null) setDrag({ from: time, to: time });
                  }}
                  onMouseMove={(state) => {
                    const time = timeOf(state);
                    if (drag !== null && time !== null) setDrag({ ...drag, to: time });
                  }}
                  onMouseUp={endDrag}
                  onDoubleClick={() => group?.setRange(null)}
                >
                  <CartesianGrid vertical={false} stroke="var(--line)" />
                  <XAxis
                    dataKey="timeMs"
                    type="number"
                    scale="time"
                    domain={['dataMin', 'dataMax']}
                    tickFormatter={timeOfDay}
                    height={AXIS_PX}
                    minTickGap={64}
                    tickLine={false}
                    axisLine={{ stroke: 'var(--line)' }}
                    tick={{ fill: 'var(--ink-muted)', fontSize: 11 }}
                  />
                  <YAxis
                    domain={[0, topValue]}
                    ticks={isAllZero ? [0] : [0, topValue / 2, topValue]}
                    tickFormatter={write}
                    width={AXIS_WIDTH_PX}
                    tickLine={false}
                    axisLine={false}
                    tick={{ fill: 'var(--ink-muted)', fontSize: 11 }}
                  />
                  <Tooltip
                    isAnimationActive={false}
                    cursor={{ stroke: 'var(--line-strong)', strokeDasharray: '2 2' }}
                    content={(props) => (
                      <Crosshair
                        active={props.active}
                        payload={props.payload as readonly { payload?: Point }[]}
                        label={props.label}
                        lines={lines}
                        write={write}
                      />
                    )}
                  />
                  {lines.map((line) => (
                    <Area
                      key={`${line.column}-area`}
                      dataKey={(point: Point) => point.values[line.column]}
                      stroke="none"
                      fill={`var(--series-${line.hue})`}
                      fillOpacity={0.08}
                      isAnimationActive={false}
                      activeDot={false}
                      tooltipType="none"
                    />
                  ))}
                  {lines.map((line) => (
                    <Line
                      key={line.column}
                      dataKey={(point: Point) => point.values[line.column]}
                      name={line.label}
                      stroke={`var(--series-${line.hue})`}
                      strokeWidth={1.5}
                      strokeDasharray={line.isEstimate ? '4 3' : undefined}
                      dot={false}
                      activeDot={{ r: 2.5, strokeWidth: 0 }}
                      isAnimationActive={false}
                    />
                  ))}
                  {drag !== null ? (
                    <ReferenceArea x1={drag.from} x2={drag.to} fill="var(--accent)" fillOpacity={0.12} />
                  ) : null}
                </ComposedChart>
              </ResponsiveContainer>
            </div>
            <EndLabels lines={lines} points={points} topValue={topValue} plotPx={plotPx} write={write} />
          </>
        )}
      </div>
    </figure>
  );
}
