// Who produces, for the map: the brokers of this process know their connections, which Kafka's protocol does not tell. Laid over the
// gateway's map by with-lab.ts. Reads the brokers once a second and only while a map is open.
import type { ClusterError, ClusterGateway, Watch } from '../gateway/gateway.ts';
import type { ClientRow } from '../lab/lab.ts';
import { MAP_LIMITS, type MapParams, type MapProducer, type MapProducers, type MapView } from './contract.ts';

const READ_MS = 1_000;
/** A rate is taken over the readings of this time: producers send in bursts. */
const WINDOW_MS = 3_000;
/** A producer that sent nothing for this long is not shown. */
const IDLE_MS = 30_000;
const MAX_CONNECTIONS = 5_000;

export interface ProducerClock {
  nowMs(): number;
  after(delayMs: number, run: () => void): () => void;
}

interface Reading {
  readonly atMs: number;
  readonly producedByConnection: ReadonlyMap<string, number>;
}

/** One producer: connections to several brokers of one client are told as one. */
export interface ProducerClient {
  readonly key: string;
  readonly name: string;
  readonly note: string;
  readonly brokers: readonly number[];
  readonly topics: readonly string[];
  readonly recordsPerSecond: number | null;
}

const connectionKey = ({ brokerId, connectionId }: ClientRow): string => `${brokerId}/${connectionId}`;
const hostOf = (address: string): string => address.slice(0, Math.max(0, address.lastIndexOf(':')));

/** Clients that produced, by id; `since` is an earlier reading of the same connections, for the rates. */
export function producerClients(
  rows: readonly ClientRow[],
  since: Reading | null,
  nowMs: number,
): readonly ProducerClient[] {
  const byClient = new Map<string, ClientRow[]>();
  for (const row of rows) {
    if (row.topicsProduced.length === 0 || nowMs - row.activeAtMs > IDLE_MS) continue;
    const key = `${row.clientId} ${row.software} ${hostOf(row.address)}`;
    const own = byClient.get(key);
    if (own === undefined) byClient.set(key, [row]);
    else own.push(row);
  }
  return [...byClient]
    .map(([key, own]): ProducerClient => {
      const [first] = own;
      const clientId = first?.clientId ?? '';
      return {
        key,
        name: clientId === '' ? 'client without an id' : clientId,
        note: first?.software || hostOf(first?.address ?? ''),
        brokers: sorted(new Set(own.map(({ brokerId }) => brokerId))),
        topics: [...new Set(own.flatMap(({ topicsProduced }) => topicsProduced))].sort(),
        recordsPerSecond: rateOf(own, since, nowMs),
      };
    })
    .sort((left, right) => (left.key < right.key ? -1 : 1));
}

function rateOf(rows: readonly ClientRow[], since: Reading | null, nowMs: number): number | null {
  if (since === null || nowMs <= since.atMs) return null;
  let records = 0;
  for (const row of rows) {
    const before = since.producedByConnection.get(connectionKey(row));
    // A connection that is new since then began at nothing.
    records += Math.max(
      0,
      row.producedRecords - (before ?? (row.connectedAtMs > since.atMs ? 0 : row.producedRecords)),
    );
  }
  return Math.round((records * 10_000) / (nowMs - since.atMs)) / 10;
}

const sorted = (numbers: Iterable<number>): readonly number[] => [...numbers].sort((left, right) => left - right);

/** What a map with these topics shows of the producers. */
export function mapProducers(clients: readonly ProducerClient[], drawnTopics: ReadonlySet<string>): MapProducers {
  const writing = clients.filter(({ topics }) => topics.some((name) => drawnTopics.has(name)));
  const rows = writing.slice(0, MAP_LIMITS.producers).map((client): MapProducer => {
    return { ...client, topics: client.topics.filter((name) => drawnTopics.has(name)) };
  });
  return { source: 'connections', rows, total: writing.length };
}

export class MapWithProducers {
  readonly #gateway: ClusterGateway;
  readonly #readClients: () => Promise<readonly ClientRow[]>;
  readonly #clock: ProducerClock;
  readonly #watchers = new Set<() => void>();
  #clients: readonly ProducerClient[] = [];
  readonly #readings: Reading[] = [];
  #isReading = false;
  #cancelNext: () => void = () => undefined;

  constructor(
    gateway: ClusterGateway,
    readClients: () => Promise<readonly ClientRow[]>,
    clock: ProducerClock = systemClock,
  ) {
    this.#gateway = gateway;
    this.#readClients = readClients;
    this.#clock = clock;
  }

  watch(params: MapParams, onChange: () => void, onError: (error: ClusterError) => void): Watch<MapView> {
    const watch = this.#gateway.watch('map', params, onChange, onError);
    const watcher = () => onChange();
    this.#watchers.add(watcher);
    if (this.#watchers.size === 1) void this.#read();
    let plain: MapView | null = null;
    let clients = this.#clients;
    let joined: MapView | null = null;
    return {
      read: () => {
        const view = watch.read();
        if (view === null) return null;
        if (joined === null || view !== plain || clients !== this.#clients) {
          plain = view;
          clients = this.#clients;
          const producers = mapProducers(clients, new Set(view.topics.map(({ name }) => name)));
          joined = { ...view, producers };
        }
        return joined;
      },
      close: () => {
        this.#watchers.delete(watcher);
        if (this.#watchers.size === 0) this.#stop();
        watch.close();
      },
    };
  }

  #stop(): void {
    this.#cancelNext();
    this.#readings.length = 0;
  }

  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      const rows = (await this.#readClients()).slice(0, MAX_CONNECTIONS);
      this.#take(rows, this.#clock.nowMs());
    } catch {
      this.#clients = []; // Brokers are on their way down or up: who produces is asked again.
    } finally {
      this.#isReading = false;
    }
    if (this.#watchers.size === 0) return;
    this.#cancelNext = this.#clock.after(READ_MS, () => void this.#read());
  }

  #take(rows: readonly ClientRow[], nowMs: number): void {
    const oldest = this.#readings[0] ?? null;
    const clients = producerClients(rows, oldest, nowMs);
    this.#readings.push({
      atMs: nowMs,
      producedByConnection: new Map(rows.map((row) => [connectionKey(row), row.producedRecords])),
    });
    while (nowMs - (this.#readings[1]?.atMs ?? nowMs) >= WINDOW_MS) this.#readings.shift();
    if (JSON.stringify(clients) === JSON.stringify(this.#clients)) return;
    this.#clients = clients;
    for (const watcher of this.#watchers) watcher();
  }
}

const systemClock: ProducerClock = {
  nowMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
