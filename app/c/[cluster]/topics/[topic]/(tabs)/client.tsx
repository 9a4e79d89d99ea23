'use client';
import { Messages } from '../../../../../../components/messages/messages.tsx';

export function MessagesClient({ name }: { name: string }) {
  return <Messages topic={name} initial={null} />;
}
