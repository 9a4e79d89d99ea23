'use client';
// The links between nodes: one button for each pair, and a list of those that are cut or slow.
import clsx from 'clsx';
import { Check, Clock, Unplug } from 'lucide-react';
import { useState } from 'react';
import type { LabLink, LabNodeRow, LabView } from '../../../server/live/contract.ts';
import { useCall } from '../../live/use-call.ts';
import { Button } from '../../ui/button.tsx';
import { Failure, LevelIcon } from '../../ui/notice.tsx';
import { TimeOfDay } from '../time-of-day.tsx';
import { LinkDialog } from './link-dialog.tsx';
import { linkOf, linkText, longName, type NodePair, shortName } from './link-text.ts';

function Cell({ pair, link, onChoose }: { pair: NodePair; link: LabLink | undefined; onChoose: () => void }) {
  const [one, other] = pair;
  const Icon = link === undefined ? Check : link.fault.kind === 'cut' ? Unplug : Clock;
  return (
    <button
      type="button"
      data-testid="lab-link"
      data-state={link?.fault.kind ?? 'sound'}
      aria-label={`Link between ${longName(one)} and ${longName(other)}: ${link === undefined ? 'sound' : linkText(link, pair)}`}
      onClick={onChoose}
      className={clsx(
        'flex size-10 items-center justify-center rounded border',
        link === undefined && 'text-muted hover:bg-s2',
        link?.fault.kind === 'cut' && 'border-critical bg-critical-soft text-critical',
        link?.fault.kind === 'delay' && 'border-warn bg-warn-soft text-warn',
      )}
    >
      <Icon aria-hidden className="size-4" />
    </button>
  );
}

function Faulty({ link, nodes }: { link: LabLink; nodes: readonly LabNodeRow[] }) {
  const heal = useCall('lab.setLink');
  const one = nodes.find(({ id }) => id === link.from);
  const other = nodes.find(({ id }) => id === link.to);
  if (one === undefined || other === undefined) return null;
  return (
    <li
      data-testid="lab-faulty-link"
      className="flex flex-wrap items-center justify-between gap-2 border-b py-2 text-table last:border-b-0"
    >
      <span className="flex min-w-0 items-start gap-2">
        <LevelIcon level={link.fault.kind === 'cut' ? 'critical' : 'warn'} className="mt-0.5" />
        <span>
          <span className="first-letter:uppercase inline-block">{linkText(link, [one, other])}</span>{' '}
          <span className="text-caption text-muted">
            since <TimeOfDay atMs={link.sinceMs} />
          </span>
        </span>
      </span>
      <Button
        size="sm"
        look="primary"
        isBusy={heal.isPending}
        aria-label={`Heal the link between ${longName(one)} and ${longName(other)}`}
        onClick={() => heal.mutate({ from: link.from, to: link.to, fault: null })}
      >
        Heal
      </Button>
      <Failure error={heal.error} />
    </li>
  );
}

export function Links({ nodes, links }: Pick<LabView, 'nodes' | 'links'>) {
  const [chosen, setChosen] = useState<NodePair | null>(null);
  return (
    <div className="flex flex-col gap-3 rounded border bg-s1 p-4">
      <p className="max-w-3xl text-table text-muted">
        Choose a pair to cut the link between them, in one direction or both, or to make it slow. Clients still reach
        every broker.
      </p>
      <div className="max-w-full overflow-x-auto">
        <table data-testid="lab-links" className="border-separate border-spacing-1 text-table">
          <caption className="sr-only">Links between nodes</caption>
          <thead>
            <tr>
              <td />
              {nodes.slice(1).map((node) => (
                <th key={node.id} scope="col" className="text-caption font-medium text-muted" title={longName(node)}>
                  {shortName(node)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {nodes.slice(0, -1).map((row, index) => (
              <tr key={row.id}>
                <th scope="row" className="pr-2 text-left text-caption font-medium text-muted" title={longName(row)}>
                  {shortName(row)}
                </th>
                {nodes.slice(1).map((column, at) => (
                  <td key={column.id}>
                    {at < index ? null : (
                      <Cell
                        pair={[row, column]}
                        link={linkOf(links, row.id, column.id)}
                        onChoose={() => setChosen([row, column])}
                      />
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {links.length === 0 ? null : (
        <ul className="border-t">
          {links.map((link) => (
            <Faulty key={`${link.from}-${link.to}`} link={link} nodes={nodes} />
          ))}
        </ul>
      )}
      {chosen === null ? null : (
        <LinkDialog pair={chosen} link={linkOf(links, chosen[0].id, chosen[1].id)} onClose={() => setChosen(null)} />
      )}
    </div>
  );
}
