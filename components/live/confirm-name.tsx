'use client';
// The dialog before something is lost for good: names the blast radius and asks to type the name.
import { type ReactNode, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/form.tsx';
import { Failure } from '../ui/notice.tsx';

interface ConfirmNameProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  /** What must be typed. */
  name: string;
  verb: string;
  isBusy: boolean;
  error: Error | null;
  onConfirm: () => void;
  children: ReactNode;
}

function Body({ onClose, title, name, verb, isBusy, error, onConfirm, children }: ConfirmNameProps) {
  const [typed, setTyped] = useState('');
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      testId="confirm-dialog"
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button look="danger" disabled={typed !== name} isBusy={isBusy} onClick={onConfirm}>
            {verb}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed === name && !isBusy) onConfirm();
        }}
      >
        {children}
        <TextField
          label={`Type ${name} to confirm`}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          inputClassName="font-mono text-table"
        />
        <Failure error={error} />
      </form>
    </Dialog>
  );
}

export function ConfirmName(props: ConfirmNameProps) {
  return props.isOpen ? <Body {...props} /> : null;
}
