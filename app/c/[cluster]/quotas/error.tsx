'use client';
import { RouteError } from '../../../../components/shell/route-states.tsx';

export default function QuotasError(props: { error: Error & { digest?: string }; reset: () => void }) {
  return <RouteError {...props} what="quotas" />;
}
