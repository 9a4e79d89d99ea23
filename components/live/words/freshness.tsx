'use client';
// A view's freshness together with the state of the socket.
import type { Freshness as FreshnessFact } from '../../../server/live/contract.ts';
import { FreshnessDot } from '../../ui/freshness.tsx';
import { useConnection } from '../use-connection.ts';

export function Freshness({ of }: { of: FreshnessFact | undefined }) {
  const connection = useConnection();
  const isLost = connection.phase === 'lost' || connection.phase === 'outdated';
  return <FreshnessDot sampledAtMs={of?.sampledAtMs ?? null} intervalMs={of?.intervalMs ?? 1000} isLost={isLost} />;
}
