'use client';
// While the server is away its pages cannot be asked for: the browser would put its own error page in the place of this one, which comes
// back by itself. A link that is followed meanwhile is remembered, the newest one, and opened when the server answers again.
import { useRouter } from 'next/navigation';
import { type MouseEvent, useEffect, useEffectEvent, useRef } from 'react';
import { toast } from 'sonner';
import { useConnection } from '../live/use-connection.ts';

const TOAST_ID = 'wait-for-server';

/** `go` opens an address of this dashboard, now or once the server is back; `onClickCapture` does so for every link inside. */
export function useWaitForServer(): { go: (href: string) => void; onClickCapture: (event: MouseEvent) => void } {
  const router = useRouter();
  const isLost = useConnection().phase === 'lost';
  const wanted = useRef<string | null>(null);
  const openWanted = useEffectEvent(() => {
    if (wanted.current === null) return;
    const href = wanted.current;
    wanted.current = null;
    toast.dismiss(TOAST_ID);
    router.push(href);
  });
  useEffect(() => {
    if (!isLost) openWanted();
  }, [isLost]);
  const go = (href: string) => {
    if (!isLost) {
      router.push(href);
      return;
    }
    wanted.current = href;
    toast('The server does not answer. The page you chose opens as soon as it does.', {
      id: TOAST_ID,
      duration: Number.POSITIVE_INFINITY,
    });
  };
  const onClickCapture = (event: MouseEvent) => {
    if (!isLost || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    // What opens beside the list needs the server only for more, and a place on this page not at all.
    if (link === null || link.origin !== location.origin || link.hash !== '' || 'opensHere' in link.dataset) return;
    event.preventDefault();
    event.stopPropagation();
    go(link.pathname + link.search);
  };
  return { go, onClickCapture };
}
