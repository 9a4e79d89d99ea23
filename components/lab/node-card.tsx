'use client';
// One node: its state, what it leads and holds, and what can be done to it now.
import { useState } from 'react';
import type { LabNodeRow, LabNodeState, LabVerb } from '../../server/live/contract.ts';
import { useCall } from '../live/use-call.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Failure, type Level, Notice, StateWord } from '../ui/notice.tsx';
import { Quantity } from '../ui/numbers.tsx';
import { SlowDisk } from './faults/slow-disk.tsx';
import { RemoveBroker } from './remove-broker.tsx';
import { TimeOfDay } from './time-of-day.tsx';
import { blastRadius, nameOf, verbsFor, verbTexts } from './verbs.ts';

const states: Readonly<Record<LabNodeState, readonly [Level, string]>> = {
  running: ['ok', 'Running'],
  starting: ['notice', 'Starting'],
  stopping: ['notice', 'Stopping'],
  frozen: ['warn', 'Frozen'],
  stopped: ['offline', 'Stopped'],
  failed: ['critical', 'Failed'],
};

function useVerbs() {
  return {
    stop: useCall('lab.stop'),
    kill: useCall('lab.kill'),
    start: useCall('lab.start'),
    freeze: useCall('lab.freeze'),
    thaw: useCall('lab.thaw'),
    restart: useCall('lab.restart'),
    wipe: useCall('lab.wipe'),
  } satisfies Record<LabVerb, unknown>;
}

function Facts({ node }: { node: LabNodeRow }) {
  if (node.role === 'controller') {
    return <p className="text-table text-muted">Elects leaders, keeps the list of topics, watches the brokers.</p>;
  }
  const facts: readonly (readonly [string, number | null])[] = [
    ['Leads', node.leaders],
    ['Holds', node.replicas],
    ['Holds alone', node.onlyReplicas],
  ];
  return (
    <dl className="grid grid-cols-3 gap-2 text-table">
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt className="text-caption text-muted">{label}</dt>
          <dd className="font-medium text-ink-strong">
            <Quantity value={value} unit="exact" />
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface ConfirmProps {
  readonly verb: LabVerb;
  readonly node: LabNodeRow;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
}

function levelOf(verb: LabVerb, { leaders, onlyReplicas, role }: LabNodeRow): Level {
  if (verb === 'wipe' || (onlyReplicas ?? 1) > 0) return 'critical';
  return leaders === 0 && role === 'broker' ? 'notice' : 'warn';
}

function Confirm({ verb, node, onClose, onConfirm }: ConfirmProps) {
  const { label, meaning, isDanger } = verbTexts[verb];
  const name = nameOf(node);
  const hits = node.state === 'running' || verb === 'wipe' ? blastRadius(verb, node) : [];
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`${label} ${node.role === 'controller' ? `the ${name}` : name}`}
      description={meaning}
      testId="lab-confirm"
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button look={isDanger ? 'danger' : 'primary'} onClick={onConfirm}>
            {label} {name}
          </Button>
        </>
      }
    >
      {hits.length === 0 ? (
        <p>It is {states[node.state][1].toLowerCase()} now.</p>
      ) : (
        <Notice level={levelOf(verb, node)} testId="lab-hits">
          {hits.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </Notice>
      )}
    </Dialog>
  );
}

export function NodeCard({ node, canRemove }: { node: LabNodeRow; canRemove: boolean }) {
  const calls = useVerbs();
  const [asked, setAsked] = useState<LabVerb | null>(null);
  const [last, setLast] = useState<LabVerb | null>(null);
  const [level, word] = states[node.state];
  const name = nameOf(node);
  const run = (verb: LabVerb) => {
    setAsked(null);
    setLast(verb);
    calls[verb].mutate({ nodeId: node.id });
  };
  const failure = last === null ? null : calls[last].error;
  return (
    <li
      data-testid="lab-node"
      data-node={node.id}
      data-state={node.state}
      className="flex min-w-0 flex-col gap-3 rounded border bg-s1 p-4"
    >
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <h3 className="font-medium text-ink-strong first-letter:uppercase">{name}</h3>
        <StateWord level={level}>{word}</StateWord>
      </div>
      <p className="flex flex-wrap gap-x-3 text-caption text-muted">
        {node.address === null ? null : <span className="font-mono">{node.address}</span>}
        {node.rack === null ? null : <span>rack {node.rack}</span>}
        <span>
          since <TimeOfDay atMs={node.sinceMs} />
          {node.reason === 'killed' ? ' (killed)' : ''}
        </span>
      </p>
      <Facts node={node} />
      {node.state === 'failed' ? (
        <Notice level="critical">
          <p className="break-words">{node.reason?.split('\n')[0]}</p>
        </Notice>
      ) : null}
      {node.slowDisk === null ? null : (
        <Notice level="warn" testId="lab-disk">
          <p>
            Slow disk: {node.slowDisk.appendMs} ms more per append, {node.slowDisk.flushMs} ms per flush.
          </p>
        </Notice>
      )}
      <Failure error={failure} />
      {/* biome-ignore lint/a11y/useSemanticElements: buttons, not fields. */}
      <div role="group" aria-label={`Actions on ${name}`} className="mt-auto flex flex-wrap gap-1.5">
        {verbsFor(node).map((verb) => (
          <Button
            key={verb}
            size="sm"
            look={verb === 'start' || verb === 'thaw' ? 'primary' : verbTexts[verb].isDanger ? 'danger' : 'secondary'}
            isBusy={last === verb && calls[verb].isPending}
            aria-label={`${verbTexts[verb].label} ${name}`}
            onClick={() => (verbTexts[verb].meaning === null ? run(verb) : setAsked(verb))}
          >
            {verbTexts[verb].label}
          </Button>
        ))}
        <SlowDisk node={node} />
        {node.role === 'broker' && canRemove ? <RemoveBroker node={node} /> : null}
      </div>
      {asked !== null && verbsFor(node).includes(asked) ? (
        <Confirm verb={asked} node={node} onClose={() => setAsked(null)} onConfirm={() => run(asked)} />
      ) : null}
    </li>
  );
}
