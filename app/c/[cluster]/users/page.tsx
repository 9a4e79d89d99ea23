import { titleOf } from '../../../../components/section.ts';
import { users } from '../../../../components/users/section.ts';
import { Users } from '../../../../components/users/users.tsx';
import { usersParams } from '../../../../components/users/users-params.ts';
import { firstList, oneOf } from '../../../first-paint.ts';

interface Props {
  params: Promise<{ cluster: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export const metadata = titleOf(users);

export default async function UsersPage({ params, searchParams }: Props) {
  const { cluster } = await params;
  const query = await searchParams;
  const wanted = usersParams((name) => oneOf(query[name]));
  return <Users initial={await firstList(cluster, 'users', wanted)} />;
}
