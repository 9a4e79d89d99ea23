'use client';
import { Users } from '../../../../components/users/users.tsx';
import type { FirstPaint } from '../../../../server/live/contract.ts';

export function UsersClient({ initial }: { initial: FirstPaint<'users'> }) {
  return <Users initial={initial} />;
}
