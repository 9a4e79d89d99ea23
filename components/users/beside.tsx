'use client';
// What is open beside the list of users: one of them, that it is gone, or the form for a new one.
import type { UsersView } from '../../server/live/contract.ts';
import { PasswordForm } from './password-form.tsx';
import { User, UserGone } from './user.tsx';
import type { Where } from './where.ts';

export function Beside({
  view,
  name,
  isNew,
  where,
  canAlter,
  isPrevious,
  onClose,
}: {
  view: UsersView;
  name: string;
  isNew: boolean;
  where: Where;
  canAlter: boolean;
  isPrevious: boolean;
  onClose: () => void;
}) {
  if (isNew && canAlter) return <PasswordForm user={null} where={where} onClose={onClose} />;
  const { chosen } = view;
  if (name === '' || (isPrevious && chosen?.name !== name) || view.freshness.sampledAtMs === null) return null;
  if (chosen === null) return <UserGone name={name} onClose={onClose} />;
  return <User key={name} user={chosen} {...{ where, canAlter, onClose }} />;
}
