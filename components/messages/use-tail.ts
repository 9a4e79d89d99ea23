'use client';
// A live tail: a ring outside React, shown anew at most once per animation frame, and not at all while held.
import { useEffect, useRef, useState } from 'react';
import type { Problem, RecordRow, TailParams } from '../../server/live/contract.ts';
import { sentenceOf } from '../live/core/live-error.ts';
import { useStream } from '../live/use-stream.ts';
import { TailRing } from './tail-ring.ts';

export const TAIL_ROWS = 1_000;

export interface TailState {
  readonly records: readonly RecordRow[];
  readonly matched: number;
  readonly dropped: number;
  readonly recordsPerSecond: number;
  /** Records that came since the rows shown. */
  readonly waiting: number;
  readonly problems: readonly Problem[];
  readonly error: string | null;
}
const nothing: TailState = {
  records: [],
  matched: 0,
  dropped: 0,
  recordsPerSecond: 0,
  waiting: 0,
  problems: [],
  error: null,
};

const samePlaces = (a: readonly Problem[], b: readonly Problem[]): boolean =>
  a.length === b.length && a.every((problem, index) => problem.sentence === b[index]?.sentence);

/** `isHeld` keeps the rows still while counting goes on. */
export function useTail(params: TailParams | null, isHeld: boolean): TailState {
  const [state, setState] = useState<TailState>(nothing);
  const box = useRef({ ring: new TailRing(TAIL_ROWS), frame: 0, shownArrived: 0, isHeld, paramsKey: '' });
  box.current.isHeld = isHeld;
  const flushSoon = () => {
    const { current } = box;
    if (current.frame !== 0) return;
    current.frame = requestAnimationFrame(() => {
      current.frame = 0;
      const { ring } = current;
      if (!current.isHeld) current.shownArrived = ring.arrived;
      setState((old) => ({
        ...old,
        records: current.isHeld ? old.records : ring.newest(),
        matched: ring.matched,
        dropped: ring.dropped,
        recordsPerSecond: ring.recordsPerSecond,
        waiting: ring.arrived - current.shownArrived,
        error: null,
      }));
    });
  };
  const paramsKey = JSON.stringify(params);
  useStream('tail', params, '', {
    onStart: () => {
      const { current } = box;
      if (current.paramsKey === paramsKey) {
        current.ring.restart();
        return;
      }
      current.paramsKey = paramsKey;
      current.ring = new TailRing(TAIL_ROWS);
      current.shownArrived = 0;
      setState(nothing);
    },
    onBatch: (batch) => {
      box.current.ring.push(batch);
      setState((old) => (samePlaces(old.problems, batch.problems) ? old : { ...old, problems: batch.problems }));
      flushSoon();
    },
    onError: (error) => setState((old) => ({ ...old, error: sentenceOf(error) })),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: letting go shows what gathered.
  useEffect(() => {
    if (!isHeld) flushSoon();
  }, [isHeld]);
  return state;
}
