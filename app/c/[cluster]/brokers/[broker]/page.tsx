import { Broker } from '../../../../../components/brokers/broker.tsx';
import { brokers } from '../../../../../components/brokers/section.ts';
import { titleOf } from '../../../../../components/section.ts';
import { firstPaint, segment } from '../../../../first-paint.ts';

type Params = Promise<{ cluster: string; broker: string }>;

export async function generateMetadata({ params }: { params: Params }) {
  const { broker } = await params;
  return titleOf(brokers, `Broker ${segment(broker)}`);
}

export default async function BrokerPage({ params }: { params: Params }) {
  const { cluster, broker } = await params;
  return <Broker brokerId={Number(broker)} initial={await firstPaint(cluster, 'brokers', {})} />;
}
