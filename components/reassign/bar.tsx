// How far something is, as a bar: the words beside it say the same.
import clsx from 'clsx';

export function Bar({ label, share, isSmall = false }: { label: string; share: number; isSmall?: boolean }) {
  const percent = Math.floor(Math.min(1, Math.max(0, share)) * 100);
  return (
    <span
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className={clsx('block overflow-hidden rounded-sm bg-line', isSmall ? 'h-1.5 w-16 shrink-0' : 'h-2 w-full')}
    >
      <span className="block h-full bg-accent-fill" style={{ width: `${percent}%` }} />
    </span>
  );
}
