'use client';
// Ids that changed within the last moments, so that they flash. The first view and another choice of topics are no change.
import { useEffect, useRef, useState } from 'react';
import type { MapView } from '../../../server/live/contract.ts';
import { changedIds } from './flash.ts';

const FLASH_MS = 3_500;
const nothing: ReadonlySet<string> = new Set();

export function useFlashing(view: MapView | undefined): ReadonlySet<string> {
  const before = useRef<MapView | undefined>(undefined);
  const until = useRef(new Map<string, number>());
  const [flashing, setFlashing] = useState(nothing);
  useEffect(() => {
    const old = before.current;
    before.current = view;
    if (old === undefined || view === undefined || old === view) return;
    const nowMs = performance.now();
    const changed = changedIds(old, view);
    for (const id of changed) until.current.set(id, nowMs + FLASH_MS);
    if (changed.length > 0) setFlashing(new Set(until.current.keys()));
  }, [view]);
  useEffect(() => {
    if (flashing.size === 0) return;
    const timer = setTimeout(() => {
      const nowMs = performance.now();
      for (const [id, endMs] of until.current) if (endMs <= nowMs + 50) until.current.delete(id);
      setFlashing(until.current.size === 0 ? nothing : new Set(until.current.keys()));
    }, FLASH_MS);
    return () => clearTimeout(timer);
  }, [flashing]);
  return flashing;
}
