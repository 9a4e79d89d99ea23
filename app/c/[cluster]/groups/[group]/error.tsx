'use client';
import { RouteError } from '../../../../../components/shell/route-states.tsx';

export default function GroupError(props: { error: Error & { digest?: string }; reset: () => void }) {
  return <RouteError {...props} what="a group" />;
}
