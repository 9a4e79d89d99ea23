import { firstPaint, segment } from '../../../../first-paint.ts';
import { BrokerClient } from './client.tsx';

type Params = Promise<{ cluster: string; broker: string }>;

export async function generateMetadata({ params }: { params: Params }) {
  const { broker } = await params;
  return { title: `Broker ${segment(broker)} · Brokers` };
}

export default async function BrokerPage({ params }: { params: Params }) {
  const { cluster, broker } = await params;
  return <BrokerClient brokerId={Number(broker)} initial={await firstPaint(cluster, 'brokers', {})} />;
}
