'use client';
// One run of a browse: batches gather outside React and reach it once per animation frame.
import { useRef, useState } from 'react';
import type { BrowseBatch, BrowseParams, Problem, RecordRow } from '../../server/live/contract.ts';
import type { LiveError } from '../live/core/live-error.ts';
import { useStream } from '../live/use-stream.ts';

export interface BrowseState {
  readonly records: readonly RecordRow[];
  readonly scannedRecords: number;
  readonly scannedBytes: number;
  readonly progress: number | null;
  readonly problems: readonly Problem[];
  readonly done: BrowseBatch['done'];
  readonly error: LiveError | null;
}
const nothing: BrowseState = {
  records: [],
  scannedRecords: 0,
  scannedBytes: 0,
  progress: null,
  problems: [],
  done: null,
  error: null,
};

/** Newest on top when reading backwards, oldest on top when reading forwards; within a partition always by offset. */
function sorted(records: readonly RecordRow[], isBackward: boolean): RecordRow[] {
  const sign = isBackward ? -1 : 1;
  return records.toSorted((a, b) =>
    a.partition === b.partition
      ? sign * (a.offset - b.offset)
      : sign * (a.timestampMs - b.timestampMs) || a.partition - b.partition,
  );
}

/** What `runKey` has read so far: never the records of the run before, not even for one frame. */
export function useBrowse(params: BrowseParams | null, runKey: string): BrowseState {
  const [state, setState] = useState({ runKey, browse: nothing });
  const gathered = useRef({ runKey, records: [] as RecordRow[], latest: nothing, frame: 0 });
  const isBackward =
    params !== null &&
    (params.cursor === null ? params.start.from === 'newest' : params.cursor.direction === 'backward');
  const flushSoon = () => {
    const box = gathered.current;
    if (box.frame !== 0) return;
    box.frame = requestAnimationFrame(() => {
      box.frame = 0;
      setState({ runKey: box.runKey, browse: { ...box.latest, records: sorted(box.records, isBackward) } });
    });
  };
  useStream('browse', params, runKey, {
    onStart: () => {
      const box = gathered.current;
      if (box.frame !== 0) cancelAnimationFrame(box.frame);
      Object.assign(box, { runKey, records: [], latest: nothing, frame: 0 });
      setState({ runKey, browse: nothing });
    },
    onBatch: ({ records, scannedRecords, scannedBytes, progress, problems, done }) => {
      const box = gathered.current;
      box.records.push(...records);
      box.latest = { records: [], scannedRecords, scannedBytes, progress, problems, done, error: null };
      flushSoon();
    },
    onError: (error) => {
      gathered.current.latest = { ...gathered.current.latest, error };
      flushSoon();
    },
  });
  return state.runKey === runKey ? state.browse : nothing;
}
