'use client';
import { RouteError } from '../../../../../../../components/shell/route-states.tsx';

export default function ProducersError(props: { error: Error & { digest?: string }; reset: () => void }) {
  return <RouteError {...props} what="producers" />;
}
