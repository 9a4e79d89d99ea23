// What the integration checks share: the cluster they are pointed at, a gateway over it, and ways to wait. Imported by them only.
import type { ClusterError } from '../../client/errors.ts';
import type { BrowseBatch, BrowseParams, RecordRow } from '../../live/contract.ts';
import { createGateway } from '../create.ts';
import type { ClusterGateway, Stream, Watch } from '../gateway.ts';
import { heldToItsWord } from './declared.ts';

export const bootstrapServer = process.argv.slice(2).find((argument) => /:\d+$/.test(argument)) ?? '127.0.0.1:9092';
/** Begins the name of everything that a check makes. */
export const prefix = `gwt-${Date.now()}`;
export const ignore = () => undefined;

export function openGateway(
  clusterId: string,
  address = bootstrapServer,
  log: (line: string) => void = ignore,
): Promise<ClusterGateway> {
  const options = { clusterId, name: clusterId, mode: 'external', bootstrapServers: [address], log } as const;
  return createGateway(options).then(heldToItsWord);
}

/** Removes what the checks have made, and closes. */
export async function closeGateway(gateway: ClusterGateway): Promise<void> {
  const { topics, groups } = await gateway.call('search', { query: prefix });
  for (const name of topics) await gateway.call('topic.delete', { name });
  for (const groupId of groups) await gateway.call('group.delete', { groupId }).catch(ignore);
  await gateway.close();
}

export function utf8(data: string) {
  return { encoding: 'utf8', data } as const;
}

/** Resolves with the first data that passes; the watch itself says when to look. */
export function until<Data>(
  open: (onChange: () => void) => Watch<Data>,
  passes: (data: Data) => boolean,
  timeoutMs = 15_000,
): Promise<Data> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      watch.close();
      reject(new Error(`not seen in time; last: ${JSON.stringify(watch.read())?.slice(0, 600)}`));
    }, timeoutMs);
    const look = () => {
      const data = watch.read();
      if (data === null || !passes(data)) return;
      clearTimeout(timer);
      watch.close();
      resolve(data);
    };
    const watch = open(look);
  });
}

/** A whole page. */
export function browse(
  gateway: ClusterGateway,
  params: Partial<BrowseParams> & Pick<BrowseParams, 'topic'>,
): Promise<BrowseBatch & { records: readonly RecordRow[] }> {
  const full: BrowseParams = {
    partitions: null,
    start: { from: 'newest' },
    contains: '',
    limit: 100,
    cursor: null,
    ...params,
  };
  return new Promise((resolve, reject) => {
    const records: RecordRow[] = [];
    const stream: Stream<BrowseBatch> = gateway.open(
      'browse',
      full,
      () => {
        const batch = stream.take();
        records.push(...(batch?.records ?? []));
        if (batch === null || batch.done === null) return;
        stream.close();
        resolve({ ...batch, records });
      },
      reject,
    );
  });
}

export async function refusal(promise: Promise<unknown>): Promise<ClusterError> {
  try {
    await promise;
  } catch (error) {
    return error as ClusterError;
  }
  throw new Error('it was not refused');
}
