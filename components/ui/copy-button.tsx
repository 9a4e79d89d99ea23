'use client';
// Copies text and says so.
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { toast } from 'sonner';
import { announce } from './announce.tsx';
import { Button } from './button.tsx';

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function writeClipboard(text: string): Promise<void> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Plain http on another host has no clipboard API.
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  if (!isCopied) throw new Error('The browser has refused it.');
}

export function CopyButton({
  text,
  what,
  isLabelled = false,
}: {
  text: string | (() => string);
  what: string;
  isLabelled?: boolean;
}) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 1_600);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () => {
    const finish = (result: 'copied' | 'failed') => {
      setState(result);
      announce(result === 'copied' ? `Copied ${what}` : `${what} could not be copied`);
    };
    // The text is made inside the promise: what fails there is heard of, too.
    Promise.resolve()
      .then(() => writeClipboard(typeof text === 'string' ? text : text()))
      .then(
        () => finish('copied'),
        (error: unknown) => {
          finish('failed');
          toast.error(`The ${what} could not be copied`, { description: reasonOf(error) });
        },
      );
  };
  const word =
    state === 'copied' ? 'Copied' : state === 'failed' ? 'Not copied' : `Copy${isLabelled ? ` ${what}` : ''}`;
  return (
    <Button
      look="quiet"
      size="sm"
      aria-label={`Copy ${what}`}
      title={`Copy ${what}`}
      onClick={copy}
      icon={
        state === 'copied' ? (
          <Check aria-hidden className="size-3.5 text-ok" />
        ) : (
          <Copy aria-hidden className="size-3.5" />
        )
      }
    >
      {isLabelled ? word : null}
    </Button>
  );
}

/** A command or text to copy, as it stands. */
export function CopyBlock({ text, what }: { text: string; what: string }) {
  return (
    <div className="flex items-start gap-2 rounded border bg-s2 py-1 pl-3 pr-1">
      <pre className="min-w-0 flex-1 overflow-x-auto whitespace-pre-wrap py-1 font-mono text-caption text-ink-strong">
        {text}
      </pre>
      <CopyButton text={text} what={what} />
    </div>
  );
}
