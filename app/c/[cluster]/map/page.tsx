import { mapParams } from '../../../../components/map/map-params.ts';
import { firstList, oneOf } from '../../../first-paint.ts';
import { MapClient } from './client.tsx';

type Params = Promise<{ cluster: string }>;
type Search = Promise<Record<string, string | string[] | undefined>>;

export const metadata = { title: 'Live map' };

export default async function MapPage({ params, searchParams }: { params: Params; searchParams: Search }) {
  const [{ cluster }, search] = await Promise.all([params, searchParams]);
  return <MapClient first={await firstList(cluster, 'map', mapParams(oneOf(search.topics)))} />;
}
