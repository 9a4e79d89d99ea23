'use client';
// A modal dialog in the middle, and a drawer at the right that fills the screen of a phone.
import { Dialog as Base } from '@base-ui/react/dialog';
import clsx from 'clsx';
import { X } from 'lucide-react';
import { type ReactNode, type RefObject, useRef } from 'react';
import { Button } from './button.tsx';

interface OverlayProps {
  isOpen: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  /** Buttons at the end; the last is the one that acts. */
  footer?: ReactNode;
  testId?: string;
  width?: 'narrow' | 'wide';
}

function Heading({ title, description }: Pick<OverlayProps, 'title' | 'description'>) {
  return (
    <header className="flex items-start gap-3 border-b px-5 py-3">
      <div className="min-w-0 flex-1">
        <Base.Title className="text-section font-medium text-ink-strong">{title}</Base.Title>
        {description ? <Base.Description className="text-table text-muted">{description}</Base.Description> : null}
      </div>
      <Base.Close
        render={<Button look="quiet" size="icon" aria-label="Close" icon={<X aria-hidden className="size-4" />} />}
      />
    </header>
  );
}

/** The first field, so that typing can begin; without one, or on touch, what Base UI would focus. */
const firstField = (popup: RefObject<HTMLDivElement | null>) => (openType: string) =>
  openType === 'touch'
    ? true
    : (popup.current?.querySelector<HTMLElement>(
        'input:not([type=radio],[type=checkbox],[aria-hidden=true]),textarea,select',
      ) ?? true);

function Overlay({
  isOpen,
  onClose,
  title,
  description,
  children,
  footer,
  testId,
  shape,
}: OverlayProps & { shape: string }) {
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 animate-[appear_120ms_ease-out] bg-overlay" />
        <Base.Popup
          ref={popup}
          initialFocus={firstField(popup)}
          data-testid={testId}
          className={clsx('fixed z-50 flex w-full flex-col bg-s1 shadow-overlay', shape)}
        >
          <Heading title={title} description={description} />
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
          {footer ? <footer className="flex flex-wrap justify-end gap-2 border-t px-5 py-3">{footer}</footer> : null}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

export function Dialog({ width = 'narrow', ...rest }: OverlayProps) {
  const shape =
    'inset-x-0 bottom-0 mx-auto max-h-[92dvh] rounded-t border sm:inset-x-auto sm:bottom-auto sm:left-1/2 sm:top-[8vh] sm:max-h-[84vh] sm:-translate-x-1/2 sm:rounded animate-[appear_140ms_ease-out]';
  return <Overlay {...rest} shape={clsx(shape, width === 'narrow' ? 'sm:w-[520px]' : 'sm:w-[min(860px,94vw)]')} />;
}

export function Drawer({ width = 'narrow', ...rest }: OverlayProps) {
  const shape = 'inset-y-0 right-0 h-dvh animate-[slide-in_160ms_ease-out] sm:border-l';
  return <Overlay {...rest} shape={clsx(shape, width === 'narrow' ? 'sm:w-[520px]' : 'sm:w-[min(760px,92vw)]')} />;
}
