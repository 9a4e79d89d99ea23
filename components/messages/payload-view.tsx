'use client';
// A payload as JSON, text or hex; always as text nodes, never as HTML. Long ones are drawn in steps.
import { Download } from 'lucide-react';
import { Fragment, useMemo, useState } from 'react';
import type { Payload } from '../../server/live/contract.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Foreign } from '../ui/foreign/foreign.tsx';
import { Segments } from '../ui/form.tsx';
import { bytes, exact, plural } from '../ui/format.ts';
import { formatJson, joinLines, type Line, type Token, type TokenKind } from './json-format.ts';
import { bytesOf, hexLines } from './payload-bytes.ts';
import { save } from './save.ts';

export const payloadModes = ['json', 'text', 'hex'] as const;
export type PayloadMode = (typeof payloadModes)[number];
const LINES_STEP = 400;
const TOKEN_LIMIT = 4_000;
const TEXT_STEP = 20_000;
/** A longer text is laid out as JSON only when somebody asks: it takes a good part of a second. */
const JSON_AT_ONCE_LIMIT = 1_100_000;

const inks: Record<TokenKind, string> = {
  key: 'text-json-key',
  string: 'text-json-string',
  number: 'text-json-number',
  literal: 'text-json-literal',
  mark: 'text-muted',
};
const box = 'overflow-x-auto rounded border bg-s0 px-3 py-2 font-mono text-caption text-ink-strong';

function More({ label, onMore }: { label: string; onMore: () => void }) {
  return (
    <Button size="sm" className="mt-2" onClick={onMore}>
      {label}
    </Button>
  );
}

function TokenText({ token }: { token: Token }) {
  const isLong = token.text.length > TOKEN_LIMIT;
  return (
    <span className={inks[token.kind]}>
      {isLong ? token.text.slice(0, TOKEN_LIMIT) : token.text}
      {isLong ? (
        <span className="text-muted"> … {exact(token.text.length - TOKEN_LIMIT)} more characters (see Text)</span>
      ) : null}
    </span>
  );
}

function JsonView({ lines }: { lines: readonly Line[] }) {
  const [shown, setShown] = useState(LINES_STEP);
  return (
    <div>
      <pre data-testid="payload-json" className={`${box} whitespace-pre-wrap break-words`}>
        {lines.slice(0, shown).map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a constant text never move.
          <Fragment key={index}>
            {'  '.repeat(Math.min(line.depth, 60))}
            {line.tokens.map((token, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: tokens of a constant text never move.
              <TokenText key={place} token={token} />
            ))}
            {'\n'}
          </Fragment>
        ))}
      </pre>
      {shown < lines.length ? (
        <More
          label={`Show ${plural(Math.min(lines.length - shown, LINES_STEP * 5), 'more line', 'more lines')} of ${exact(lines.length)}`}
          onMore={() => setShown(shown + LINES_STEP * 5)}
        />
      ) : null}
    </div>
  );
}

function TextView({ text }: { text: string }) {
  const [shown, setShown] = useState(TEXT_STEP);
  return (
    <div>
      <pre data-testid="payload-text" className={`${box} whitespace-pre-wrap break-all`}>
        <Foreign text={text.slice(0, shown)} keepsLines isCut={shown < text.length} />
      </pre>
      {shown < text.length ? (
        <More label={`Show more of ${exact(text.length)} characters`} onMore={() => setShown(shown + TEXT_STEP * 10)} />
      ) : null}
    </div>
  );
}

function HexView({ content }: { content: Uint8Array }) {
  const [shown, setShown] = useState(1_024);
  const lines = useMemo(() => hexLines(content, shown), [content, shown]);
  return (
    <div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard. */}
      <pre data-testid="payload-hex" className={box} tabIndex={0}>
        {lines.join('\n')}
      </pre>
      {shown < content.length ? (
        <More label={`Show more of ${bytes(content.length)}`} onMore={() => setShown(shown + 16_384)} />
      ) : null}
    </div>
  );
}

interface PayloadViewProps {
  what: string;
  payload: Payload;
  /** Without an ending; left out, it cannot be saved. */
  fileName?: string;
  onLoadAll?: (() => void) | undefined;
  isLoading?: boolean;
}

export function PayloadView({ what, payload, fileName, onLoadAll, isLoading = false }: PayloadViewProps) {
  const [chosen, setChosen] = useState<PayloadMode | null>(null);
  const { text } = payload;
  const isLong = text !== null && text.length > JSON_AT_ONCE_LIMIT;
  const isLaidOut = text !== null && (!isLong || chosen === 'json');
  const json = useMemo(() => (isLaidOut ? formatJson(text) : null), [isLaidOut, text]);
  if (payload.sizeBytes < 0)
    return (
      <p className="text-table text-muted">
        {what === 'value' ? 'null: a tombstone, which deletes its key from a compacted topic' : 'null'}
      </p>
    );
  const mayBeJson = json !== null || (isLong && !isLaidOut && !payload.isTruncated && /^\s*[[{]/.test(text));
  const modes = payloadModes.filter((mode) => mode === 'hex' || (text !== null && (mode === 'text' || mayBeJson)));
  const usual = json !== null ? 'json' : text !== null ? 'text' : 'hex';
  const mode = chosen !== null && modes.includes(chosen) ? chosen : usual;
  const copied = () =>
    mode === 'hex'
      ? hexLines(bytesOf(payload), payload.sizeBytes).join('\n')
      : mode === 'json' && json !== null
        ? joinLines(json)
        : (payload.text ?? '');
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Segments
          label={`Show ${what} as`}
          value={mode}
          onChange={setChosen}
          options={modes.map((each) => ({ value: each, label: { json: 'JSON', text: 'Text', hex: 'Hex' }[each] }))}
        />
        <span className="text-caption text-muted num">{bytes(payload.sizeBytes)}</span>
        <CopyButton text={copied} what={what} />
        {fileName === undefined || payload.isTruncated || payload.sizeBytes === 0 ? null : (
          <Button
            look="quiet"
            size="sm"
            aria-label={`Save ${what} to a file`}
            onClick={() =>
              save(`${fileName}.${json !== null ? 'json' : text !== null ? 'txt' : 'bin'}`, bytesOf(payload))
            }
            icon={<Download aria-hidden className="size-3.5" />}
          />
        )}
      </div>
      {payload.sizeBytes === 0 ? (
        <p className="text-table text-muted">empty (0 bytes)</p>
      ) : mode === 'json' && json !== null ? (
        <JsonView lines={json} />
      ) : mode === 'text' && payload.text !== null ? (
        <TextView text={payload.text} />
      ) : (
        <HexView content={bytesOf(payload)} />
      )}
      {payload.isTruncated ? (
        <p className="flex flex-wrap items-center gap-2 text-caption text-muted">
          The first {bytes(bytesOf(payload).length)} of {bytes(payload.sizeBytes)} are here.
          {onLoadAll === undefined ? null : (
            <Button size="sm" isBusy={isLoading} onClick={onLoadAll}>
              Load the rest
            </Button>
          )}
        </p>
      ) : null}
    </div>
  );
}
