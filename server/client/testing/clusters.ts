// What the client's checks share: the clusters they are pointed at, clients that are closed, and a broker that never answers. Imported
// by them only.
import { createServer, type Socket } from 'node:net';
import { after, type TestContext } from 'node:test';
import { createClient, type KafkaClient } from '../client.ts';
import { ClusterError } from '../errors.ts';

const addresses = process.argv.slice(2).filter((argument) => /:\d+$/.test(argument));
/** The cluster that is checked, and another one; the same when only one was given. */
export const bootstrapServer = addresses[0] ?? '127.0.0.1:9092';
export const otherServer = addresses[1] ?? bootstrapServer;
/** Begins the name of everything that a check makes. */
export const prefix = `clt-${Date.now()}`;

/** Closed after all checks of the file. */
export function openClient(address = bootstrapServer): KafkaClient {
  const client = createClient({ bootstrapServers: [address], clientId: prefix, log: () => undefined });
  after(() => client.close());
  return client;
}

export async function refusal(promise: Promise<unknown>): Promise<ClusterError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ClusterError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

/** A broker that takes connections and says nothing, known to `client` by this id until it reads the metadata anew. */
export async function addSilentBroker(t: TestContext, client: KafkaClient, id: number): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as { port: number };
  client.metadata.brokers = new Map([...client.metadata.brokers, [id, { id, host: '127.0.0.1', port, rack: null }]]);
}
