import { LiveMap } from '../../../../components/map/map.tsx';
import { mapParams } from '../../../../components/map/map-params.ts';
import { map } from '../../../../components/map/section.ts';
import { titleOf } from '../../../../components/section.ts';
import { firstList, oneOf } from '../../../first-paint.ts';

type Params = Promise<{ cluster: string }>;
type Search = Promise<Record<string, string | string[] | undefined>>;

export const metadata = titleOf(map);

export default async function MapPage({ params, searchParams }: { params: Params; searchParams: Search }) {
  const [{ cluster }, search] = await Promise.all([params, searchParams]);
  return <LiveMap first={await firstList(cluster, 'map', mapParams(oneOf(search.topics)))} />;
}
