// One reading of a view, for the first paint of a page. Called by main.ts for bridge.ts. It never throws and always lets go.
import type { ClusterGateway, Watch } from '../gateway/gateway.ts';
import type { ChannelName, Channels } from './contract.ts';

/** The view's data as soon as there is any; null after `timeoutMs`, or when the view cannot be read. */
export function peek<N extends ChannelName>(
  gateway: ClusterGateway,
  channel: N,
  params: Channels[N]['params'],
  timeoutMs: number,
): Promise<Channels[N]['data'] | null> {
  return new Promise((resolve) => {
    let watch: Watch<Channels[N]['data']> | null = null;
    let isDone = false;
    const finish = (data: Channels[N]['data'] | null) => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      watch?.close();
      resolve(data);
    };
    const look = () => {
      const data = watch?.read() ?? null;
      if (data !== null) finish(data);
    };
    const timer = setTimeout(() => finish(null), timeoutMs);
    try {
      watch = gateway.watch(channel, params, look, () => finish(null));
      if (isDone) watch.close();
      else look();
    } catch {
      finish(null); // The live subscription that follows the first paint tells the person why.
    }
  });
}
