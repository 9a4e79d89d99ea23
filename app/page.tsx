import { redirect } from 'next/navigation';
import { FirstCluster } from './client.tsx';
import { pathOfCluster, services } from './first-paint.ts';

export default function Home() {
  const first = services()?.clusters()[0];
  if (first) redirect(pathOfCluster(first.id));
  return <FirstCluster />;
}
