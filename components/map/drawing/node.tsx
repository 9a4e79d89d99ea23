'use client';
// One thing on the map that can be reached and chosen: focus ring, flash, dimming and keys are the same for all.
import type { ReactNode } from 'react';
import type { Rect } from './layout.ts';

export interface NodeState {
  readonly selectedId: string | null;
  /** Null: nothing is selected, nothing is dimmed. */
  readonly related: ReadonlySet<string> | null;
  readonly focusId: string | null;
  readonly flashing: ReadonlySet<string>;
  readonly onChoose: (id: string) => void;
  readonly onFocus: (id: string) => void;
}

interface MapNodeProps {
  id: string;
  /** What choosing it selects, where that is not itself: a replica selects its partition. */
  selects?: string;
  label: string;
  rect: Rect;
  radius?: number;
  state: NodeState;
  children: ReactNode;
  /** Facts for tests and styles. */
  data?: Readonly<Record<`data-${string}`, string | number>>;
}

export function MapNode({ id, selects = id, label, rect, radius = 6, state, children, data }: MapNodeProps) {
  const isSelected = state.selectedId === selects;
  const isDimmed = state.related !== null && !state.related.has(id);
  const outline = (by: number) => ({
    x: rect.x - by,
    y: rect.y - by,
    width: rect.width + 2 * by,
    height: rect.height + 2 * by,
    rx: radius + by,
  });
  // The picture lies below its button, not in it: what is written there is short, the button's name says it in full.
  return (
    <>
      <g aria-hidden pointerEvents="none" opacity={isDimmed ? 0.42 : 1}>
        {children}
      </g>
      {/* biome-ignore lint/a11y/useSemanticElements: an SVG has no button element. */}
      <g
        role="button"
        tabIndex={state.focusId === id ? 0 : -1}
        aria-label={label}
        aria-pressed={isSelected}
        data-map-id={id}
        {...data}
        className="map-node"
        onClick={() => state.onChoose(id)}
        onFocus={() => state.onFocus(id)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ' ') return;
          event.preventDefault();
          state.onChoose(id);
        }}
      >
        <title>{label}</title>
        <rect {...outline(0)} fill="transparent" />
        {isSelected ? <rect {...outline(2)} fill="none" stroke="var(--accent)" strokeWidth={2} /> : null}
        {state.flashing.has(id) ? <rect {...outline(3)} className="map-flash" data-testid="map-flash" /> : null}
        <rect {...outline(4)} className="map-focus" />
      </g>
    </>
  );
}
