'use client';
// What to do to one link: cut it, slow it, heal it.
import { type FormEvent, useState } from 'react';
import type { LabLink, LabLinkFault } from '../../../server/live/contract.ts';
import { useCall } from '../../live/use-call.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { NumberField, SelectField } from '../../ui/form.tsx';
import { Failure, Notice } from '../../ui/notice.tsx';
import { linkHits, linkText, longName, type NodePair } from './link-text.ts';

type Direction = 'both' | 'there' | 'back';

function directionOf(link: LabLink | undefined, pair: NodePair): Direction {
  if (link?.fault.oneWay !== true) return 'both';
  return link.from === pair[0].id ? 'there' : 'back';
}

export function LinkDialog({
  pair,
  link,
  onClose,
}: {
  pair: NodePair;
  link: LabLink | undefined;
  onClose: () => void;
}) {
  const [one, other] = pair;
  const set = useCall('lab.setLink', onClose);
  const [kind, setKind] = useState<LabLinkFault['kind']>(link?.fault.kind ?? 'cut');
  const [direction, setDirection] = useState<Direction>(directionOf(link, pair));
  const [delayMs, setDelayMs] = useState(link?.fault.kind === 'delay' ? String(link.fault.delayMs) : '300');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const [from, to] = direction === 'back' ? [other.id, one.id] : [one.id, other.id];
    const oneWay = direction !== 'both';
    const fault: LabLinkFault = kind === 'cut' ? { kind, oneWay } : { kind, oneWay, delayMs: Number(delayMs) };
    set.mutate({ from, to, fault });
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Link between ${longName(one)} and ${longName(other)}`}
      description={link === undefined ? 'It is sound.' : `Now ${linkText(link, pair)}.`}
      testId="lab-link-dialog"
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          {link === undefined ? null : (
            <Button isBusy={set.isPending} onClick={() => set.mutate({ from: link.from, to: link.to, fault: null })}>
              Heal link
            </Button>
          )}
          <Button look={kind === 'cut' ? 'danger' : 'primary'} type="submit" form="link-form" isBusy={set.isPending}>
            {kind === 'cut' ? 'Cut link' : 'Slow link'}
          </Button>
        </>
      }
    >
      <form id="link-form" onSubmit={submit} className="flex flex-col gap-3">
        <div className="grid gap-3 sm:grid-cols-2">
          <SelectField
            label="What happens"
            value={kind}
            onChange={(event) => setKind(event.target.value as typeof kind)}
          >
            <option value="cut">Nothing arrives</option>
            <option value="delay">Everything takes longer</option>
          </SelectField>
          <SelectField
            label="Direction"
            value={direction}
            onChange={(event) => setDirection(event.target.value as Direction)}
          >
            <option value="both">Both ways</option>
            <option value="there">
              From {longName(one)} to {longName(other)}
            </option>
            <option value="back">
              From {longName(other)} to {longName(one)}
            </option>
          </SelectField>
          {kind === 'delay' ? (
            <NumberField label="Longer each way by, ms" min={1} max={60000} value={delayMs} onChange={setDelayMs} />
          ) : null}
        </div>
        <Notice level="warn" testId="lab-hits">
          {linkHits(pair, kind === 'cut').map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </Notice>
        <Failure error={set.error} />
      </form>
    </Dialog>
  );
}
