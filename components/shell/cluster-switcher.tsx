'use client';
// Names the cluster in the address, in its own hue, and switches to another.
import { ChevronsUpDown } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useClusterId } from '../live/core/live-provider.tsx';
import { useCluster, useClusters } from '../live/use-connection.ts';
import { rootOf } from '../sections.ts';
import { Menu } from '../ui/menu.tsx';

/** Without the two that look like a warning or an alarm. */
const clusterHues = [1, 3, 4, 5, 7, 8] as const;

/** A hue of its own for each cluster, so that nobody mistakes one for another. */
function clusterHue(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 997;
  return clusterHues[sum % clusterHues.length] ?? 1;
}

export function ClusterSwitcher({ isCollapsed, isCompact = false }: { isCollapsed: boolean; isCompact?: boolean }) {
  const id = useClusterId();
  const cluster = useCluster();
  const clusters = useClusters();
  const router = useRouter();
  const name = cluster?.name ?? id;
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={isCollapsed ? `${name}, switch cluster` : undefined}
          title="Switch cluster"
          className="flex w-full min-w-0 items-center gap-2 rounded border bg-s1 px-2 py-1.5 text-left hover:bg-s2"
        >
          <span
            aria-hidden
            className="size-2.5 shrink-0 rounded-sm"
            style={{ background: `var(--series-${clusterHue(id)})` }}
          />
          {isCollapsed ? null : (
            <>
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium text-ink-strong">{name}</span>
                {isCompact ? null : (
                  <span className="block truncate text-caption text-muted">
                    {cluster?.mode === 'external' ? 'external' : 'in this process'}
                  </span>
                )}
              </span>
              <ChevronsUpDown aria-hidden className="size-3.5 text-muted" />
            </>
          )}
        </button>
      }
      entries={clusters.map((each) => ({ label: each.name, onSelect: () => router.push(rootOf(each.id)) }))}
    />
  );
}
