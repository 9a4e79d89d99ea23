'use client';
// Says why the cluster cannot be reached, on pages whose own data does not come from it. Nothing while all is well.
import { Problems } from '../../ui/notice.tsx';
import { useChannel } from '../use-channel.ts';

export function Reachability() {
  const { data } = useChannel('brokers', {});
  return <Problems problems={data?.problems} />;
}
