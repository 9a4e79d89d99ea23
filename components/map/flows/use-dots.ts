'use client';
// Records as dots that move along the lines: drawn outside React, since sixty pictures a second are not state. Each line starts dots at the
// rate that was measured; nothing moves while the tab is hidden, on request, or where the system asks for less motion.
import { type RefObject, useEffect, useRef } from 'react';
import { phaseOf, startingDots } from './dot-scale.ts';
import { type Flow, lengthOf, sample, toSvg } from './flows.ts';

const SPEED_PX_PER_SECOND = 210;
const DURATION_MS = { least: 500, most: 2_600 } as const;
const FRAME_MS = 30;
const MAX_DOTS = 200;
const POINTS = 60;

export interface DottedFlow extends Flow {
  readonly hue: string;
  readonly isDimmed: boolean;
}
interface Track {
  readonly d: string;
  readonly points: Float32Array;
  readonly durationMs: number;
  due: number;
}
interface Dot {
  readonly circle: SVGCircleElement;
  key: string;
  startedAtMs: number;
}

export function useDots(
  group: RefObject<SVGGElement | null>,
  flows: readonly DottedFlow[],
  scale: number,
  isRunning: boolean,
): void {
  const newest = useRef({ flows, scale });
  useEffect(() => {
    newest.current = { flows, scale };
  }, [flows, scale]);

  useEffect(() => {
    const parent = group.current;
    if (parent === null || !isRunning) return;
    const tracks = new Map<string, Track>();
    const moving: Dot[] = [];
    const idle: SVGCircleElement[] = [];
    let lastMs = performance.now();
    let frame = 0;

    const start = (flow: DottedFlow, nowMs: number) => {
      if (moving.length >= MAX_DOTS) return;
      const circle = idle.pop() ?? document.createElementNS('http://www.w3.org/2000/svg', 'circle');
      circle.setAttribute('r', flow.kind === 'produce' ? '3' : '2.6');
      circle.style.fill = flow.hue;
      circle.dataset.dot = flow.kind;
      parent.append(circle);
      moving.push({ circle, key: flow.key, startedAtMs: nowMs });
    };
    const step = (nowMs: number) => {
      frame = requestAnimationFrame(step);
      const elapsedMs = nowMs - lastMs;
      if (elapsedMs < FRAME_MS) return;
      lastMs = nowMs;
      const { flows: current, scale: records } = newest.current;
      const byKey = new Map<string, DottedFlow>();
      for (const flow of current) {
        byKey.set(flow.key, flow);
        const track = trackOf(tracks, flow);
        const rate = flow.recordsPerSecond ?? 0;
        if (rate <= 0) continue;
        // A tab that was hidden goes on where it was instead of making up for the pause.
        const { count, due } = startingDots(track.due, rate, records, Math.min(elapsedMs, 100));
        track.due = due;
        for (let each = 0; each < count; each += 1) start(flow, nowMs - (each * FRAME_MS) / count);
      }
      for (let at = moving.length - 1; at >= 0; at -= 1) {
        const dot = moving[at];
        if (dot !== undefined && !place(dot, byKey.get(dot.key), tracks.get(dot.key), nowMs)) {
          dot.circle.remove();
          idle.push(dot.circle);
          moving.splice(at, 1);
        }
      }
      for (const key of tracks.keys()) if (!byKey.has(key)) tracks.delete(key);
    };
    frame = requestAnimationFrame(step);
    return () => {
      cancelAnimationFrame(frame);
      parent.replaceChildren();
    };
  }, [group, isRunning]);
}

function trackOf(tracks: Map<string, Track>, flow: Flow): Track {
  const d = toSvg(flow.path);
  const known = tracks.get(flow.key);
  if (known !== undefined && known.d === d) return known;
  const durationMs = (lengthOf(flow.path) / SPEED_PX_PER_SECOND) * 1000;
  const track = {
    d,
    points: sample(flow.path, POINTS),
    durationMs: Math.max(DURATION_MS.least, Math.min(DURATION_MS.most, durationMs)),
    due: known?.due ?? phaseOf(flow.key),
  };
  tracks.set(flow.key, track);
  return track;
}

/** False at the end of its way. */
function place(dot: Dot, flow: DottedFlow | undefined, track: Track | undefined, nowMs: number): boolean {
  if (flow === undefined || track === undefined) return false;
  const part = (nowMs - dot.startedAtMs) / track.durationMs;
  if (part >= 1) return false;
  const at = Math.max(0, Math.floor(part * POINTS)) * 2;
  const [x, y] = [track.points[at] ?? 0, track.points[at + 1] ?? 0];
  dot.circle.setAttribute('transform', `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
  dot.circle.setAttribute('opacity', flow.isDimmed ? '0.12' : '1');
  return true;
}
