'use client';
// Form controls with a label, a help line and an error that is tied to the control.
import clsx from 'clsx';
import { Check, ChevronDown } from 'lucide-react';
import { type ComponentProps, type ReactNode, useId } from 'react';
import { plural } from './format.ts';

interface Around {
  label: string;
  help?: ReactNode;
  error?: string | null | undefined;
  /** The label is for screen readers only. */
  isBare?: boolean;
}

function Wrapper({
  id,
  label,
  help,
  error,
  isBare,
  className,
  children,
}: Around & { id: string; className?: string | undefined; children: ReactNode }) {
  return (
    <div className={clsx('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className={isBare ? 'sr-only' : 'text-table font-medium text-ink'}>
        {label}
      </label>
      {children}
      {error ? (
        <p id={`${id}-error`} role="alert" className="text-caption text-critical">
          {error}
        </p>
      ) : null}
      {help ? (
        <p id={`${id}-help`} className="text-caption text-muted">
          {help}
        </p>
      ) : null}
    </div>
  );
}
const describedBy = (id: string, { help, error }: Around) =>
  [error ? `${id}-error` : '', help ? `${id}-help` : ''].filter(Boolean).join(' ') || undefined;

export function TextField({
  label,
  help,
  error,
  isBare = false,
  className,
  inputClassName,
  ...rest
}: Around & ComponentProps<'input'> & { inputClassName?: string }) {
  const id = useId();
  return (
    <Wrapper id={id} {...{ label, help, error, isBare, className }}>
      <input
        id={id}
        className={clsx('field w-full', inputClassName)}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, { label, help, error })}
        autoComplete="off"
        spellCheck={false}
        {...rest}
      />
    </Wrapper>
  );
}

/** A whole number as it is typed; its form is not sent while it is empty or outside `min` to `max`. */
export function NumberField({
  onChange,
  ...rest
}: Omit<ComponentProps<typeof TextField>, 'type' | 'onChange'> & { min: number; onChange: (typed: string) => void }) {
  return <TextField type="number" required onChange={(event) => onChange(event.target.value)} {...rest} />;
}

export function TextArea({
  label,
  help,
  error,
  isBare = false,
  className,
  ...rest
}: Around & ComponentProps<'textarea'>) {
  const id = useId();
  return (
    <Wrapper id={id} {...{ label, help, error, isBare, className }}>
      <textarea
        id={id}
        className="field h-auto min-h-24 w-full py-2 font-mono text-table"
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, { label, help, error })}
        spellCheck={false}
        {...rest}
      />
    </Wrapper>
  );
}

export function SelectField({
  label,
  help,
  error,
  isBare = false,
  className,
  children,
  ...rest
}: Around & ComponentProps<'select'>) {
  const id = useId();
  return (
    <Wrapper id={id} {...{ label, help, error, isBare, className }}>
      <span className="relative flex min-w-0">
        <select
          id={id}
          className="field w-full appearance-none pr-8"
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy(id, { label, help, error })}
          {...rest}
        >
          {children}
        </select>
        <ChevronDown aria-hidden className="pointer-events-none absolute right-2.5 top-2 size-4 text-muted" />
      </span>
    </Wrapper>
  );
}

const minuteChoices = [1, 5, 15, 60];

/** After how long something ends by itself. */
export function MinutesField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: number;
  onChange: (minutes: number) => void;
}) {
  return (
    <SelectField label={label} value={value} onChange={(event) => onChange(Number(event.target.value))}>
      {minuteChoices.map((minutes) => (
        <option key={minutes} value={minutes}>
          {minutes === 60 ? '1 hour' : plural(minutes, 'minute')}
        </option>
      ))}
    </SelectField>
  );
}

export function CheckField({
  label,
  isChecked,
  onChange,
  isDisabled = false,
}: {
  label: ReactNode;
  isChecked: boolean;
  onChange: (isChecked: boolean) => void;
  isDisabled?: boolean;
}) {
  return (
    <label className="inline-flex min-h-8 cursor-pointer items-center gap-2 text-table text-ink">
      <span className="relative inline-flex size-4 shrink-0">
        <input
          type="checkbox"
          checked={isChecked}
          disabled={isDisabled}
          onChange={(event) => onChange(event.target.checked)}
          className="peer size-4 cursor-pointer appearance-none rounded-sm border border-line-strong bg-s1 checked:border-accent-fill checked:bg-accent-fill"
        />
        <Check
          aria-hidden
          className="pointer-events-none absolute inset-0.5 hidden size-3 text-on-accent peer-checked:block"
          strokeWidth={3}
        />
      </span>
      {label}
    </label>
  );
}

/** A choice of a few, side by side. */
export function Segments<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset className="inline-flex h-8 items-stretch rounded border border-line-strong bg-s1">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          className="flex cursor-pointer items-center px-2.5 text-table text-muted first:rounded-l last:rounded-r has-checked:bg-accent-soft has-checked:font-medium has-checked:text-ink-strong has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            className="sr-only"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}
