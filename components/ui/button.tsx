'use client';
// Buttons and links that look like buttons.
import clsx from 'clsx';
import { Loader2 } from 'lucide-react';
import Link from 'next/link';
import type { ComponentProps, ReactNode } from 'react';

type Look = 'primary' | 'secondary' | 'quiet' | 'danger';

const looks: Record<Look, string> = {
  primary: 'bg-accent-fill text-on-accent hover:bg-accent-fill-hover border-transparent',
  secondary: 'bg-s1 text-ink-strong border-line-strong hover:bg-s2',
  quiet: 'bg-transparent text-ink border-transparent hover:bg-s2',
  danger: 'bg-s1 text-critical border-critical hover:bg-critical-soft',
};
const shape =
  'inline-flex items-center justify-center gap-1.5 rounded border font-medium whitespace-nowrap transition-colors duration-150 disabled:opacity-55 select-none';
const sizes = { md: 'h-8 px-3 text-base', sm: 'h-7 px-2 text-table', icon: 'h-8 w-8 text-base' };

export interface ButtonProps extends ComponentProps<'button'> {
  look?: Look;
  size?: keyof typeof sizes;
  icon?: ReactNode;
  isBusy?: boolean;
}

export function Button({
  look = 'secondary',
  size = 'md',
  icon,
  isBusy = false,
  className,
  children,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      className={clsx(shape, sizes[size], looks[look], className)}
      disabled={disabled || isBusy}
      aria-busy={isBusy || undefined}
      {...rest}
    >
      {isBusy ? <Loader2 aria-hidden className="size-4 animate-spin" /> : icon}
      {children}
    </button>
  );
}

interface ButtonLinkProps extends ComponentProps<typeof Link> {
  look?: Look;
  size?: keyof typeof sizes;
  icon?: ReactNode;
}
export function ButtonLink({ look = 'secondary', size = 'md', icon, className, children, ...rest }: ButtonLinkProps) {
  return (
    <Link className={clsx(shape, sizes[size], looks[look], className)} {...rest}>
      {icon}
      {children}
    </Link>
  );
}
