import { RouteLoading } from '../../../../components/shell/route-states.tsx';

export default function Loading() {
  return <RouteLoading what="quotas" />;
}
