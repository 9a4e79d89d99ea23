import { usersParams } from '../../../../components/users/users-params.ts';
import { firstList, oneOf } from '../../../first-paint.ts';
import { UsersClient } from './client.tsx';

interface Props {
  params: Promise<{ cluster: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export const metadata = { title: 'Users' };

export default async function UsersPage({ params, searchParams }: Props) {
  const { cluster } = await params;
  const query = await searchParams;
  const wanted = usersParams((name) => oneOf(query[name]));
  return <UsersClient initial={await firstList(cluster, 'users', wanted)} />;
}
