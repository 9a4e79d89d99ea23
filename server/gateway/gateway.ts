// The one face of a cluster towards the dashboard. Everything behind it speaks Kafka protocol over TCP and nothing else, so
// it serves the embedded cluster and any Apache Kafka alike. Called by live/ (hub, calls) and, through bridge.ts, by pages.
import type { ClusterError } from '../client/errors.ts';
import type {
  CallArgs,
  CallName,
  CallResult,
  ChannelName,
  Channels,
  ClusterSummary,
  StreamName,
  Streams,
} from '../live/contract.ts';

/** Thrown by calls and watches: becomes an ErrorBody for the browser. */
export { ClusterError } from '../client/errors.ts';

/** One subscriber's hold on a view. Sampling goes on only while somebody holds a watch that needs it. */
export interface Watch<Data> {
  /** The newest data; null until the first sample. Cheap: no I/O. Never mutated after it was returned. */
  read(): Data | null;
  close(): void;
}

/** A running stream (browse, tail). */
export interface Stream<Batch> {
  /** What gathered since the last take; null when there is nothing to send. Bounded: drops are counted in the batch. */
  take(): Batch | null;
  /** Cancels the work. */
  close(): void;
}

/** One reading of the cluster's metadata. Never changed after it was given out. */
export interface Placement {
  readonly sampledAtMs: number;
  /** Ids of the brokers that are up. */
  readonly brokerIds: readonly number[];
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly {
      readonly partition: number;
      /** null: none. */
      readonly leader: number | null;
      readonly leaderEpoch: number | null;
      readonly replicas: readonly number[];
      readonly inSyncReplicas: readonly number[];
    }[];
  }[];
  /** min.insync.replicas of topics that miss a replica, as far as it is known. */
  readonly minInSync?: ReadonlyMap<string, number>;
}

export interface ClusterGateway {
  summary(): ClusterSummary;
  /** `onChange` fires after each new sample (at most 4 per second) and when the view breaks; errors go to `onError`. */
  watch<N extends ChannelName>(
    channel: N,
    params: Channels[N]['params'],
    onChange: () => void,
    onError: (error: ClusterError) => void,
  ): Watch<Channels[N]['data']>;
  /** `onReady` fires when take() has something. */
  open<N extends StreamName>(
    stream: N,
    params: Streams[N]['params'],
    onReady: () => void,
    onError: (error: ClusterError) => void,
  ): Stream<Streams[N]['data']>;
  /** Runs one call; throws ClusterError. */
  call<N extends CallName>(name: N, args: CallArgs<N>): Promise<CallResult<N>>;
  /**
   * Which broker leads and holds what, as the cluster tells it, at most `maxAgeMs` old; reads it anew when it is older.
   * @throws ClusterError DISCONNECTED when no broker answers
   */
  placement(maxAgeMs: number): Promise<Placement>;
  /**
   * The cluster forgets a broker for good; one that still runs would join again. No call of its own: the lab offers it, after checks.
   * @throws ClusterError with Kafka's error, or UNSUPPORTED_VERSION where brokers do not serve it
   */
  unregisterBroker(brokerId: number): Promise<void>;
  /** Stops test traffic, closes every connection. */
  close(): Promise<void>;
}
