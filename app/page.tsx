import { redirect } from 'next/navigation';
import { rootOf } from '../components/sections.ts';
import { FirstCluster } from '../components/shell/first-cluster.tsx';
import { services } from './first-paint.ts';

export default function Home() {
  const first = services()?.clusters()[0];
  if (first) redirect(rootOf(first.id));
  return <FirstCluster />;
}
