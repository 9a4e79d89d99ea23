import type { ReactNode } from 'react';
import { ClusterFrame } from '../../../components/shell/cluster-frame.tsx';
import { segment } from '../../first-paint.ts';

export default async function ClusterLayout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ cluster: string }>;
}) {
  return <ClusterFrame clusterId={segment((await params).cluster)}>{children}</ClusterFrame>;
}
