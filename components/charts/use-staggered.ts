'use client';
// Charts on one page never redraw in the same commit: each takes new data in its own phase of the second, and none while out of view.
import { type RefObject, useEffect, useRef, useState } from 'react';

const PHASES = 5;
const PHASE_MS = 160;
let nextPhase = 0;

export function useStaggered<T>(value: T, frame: RefObject<HTMLElement | null>): T {
  const [shown, setShown] = useState(value);
  const [isInView, setIsInView] = useState(true);
  const phase = useRef(-1);
  useEffect(() => {
    const node = frame.current;
    if (node === null) return;
    const observer = new IntersectionObserver(([entry]) => setIsInView(entry?.isIntersecting ?? true));
    observer.observe(node);
    return () => observer.disconnect();
  }, [frame]);
  useEffect(() => {
    if (!isInView) return;
    if (phase.current < 0) phase.current = nextPhase++ % PHASES;
    const timer = setTimeout(() => setShown(value), phase.current * PHASE_MS);
    return () => clearTimeout(timer);
  }, [value, isInView]);
  return shown;
}
