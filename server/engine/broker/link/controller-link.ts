// The broker's line to the controller, as the rest of the broker sees it. connect.ts is the real one; tests have others.
import type { Api } from '../../../protocol/codec.ts';
import type { Fields, Input, Value } from '../../../protocol/grammar.ts';
import type { MetadataDelta, MetadataImage } from '../../metadata/image.ts';
import type { Asker } from './line.ts';
import type { PartitionOutcome, PartitionWish } from './partition-changes.ts';

/** The broker's line to the controller: registration, heartbeats, the metadata log, forwarded requests. */
export interface ControllerLink {
  readonly image: MetadataImage;
  /** Called after each batch of metadata records was applied to the image. */
  onChange(run: (delta: MetadataDelta) => void): void;
  /**
   * Sends a request to the controller in the API's newest version, or as the asker sent it, and gives its answer. Rejects with LinkError
   * (code REQUEST_TIMED_OUT or NOT_CONTROLLER) when the controller does not answer in time.
   */
  forward<Q extends Fields, R extends Fields>(
    api: Api<Q, R>,
    request: Input<Q>,
    timeoutMs: number,
    asker?: Asker,
  ): Promise<Value<R>>;
  /** A producer id never given before, from blocks of 1000. Rejects with LinkError. */
  nextProducerId(): Promise<number>;
  /** This broker's own epoch, −1 while it is not registered. */
  readonly brokerEpoch: number;
  /** Puts a leader's wishes for in-sync replicas to the controller; one outcome per wish, in order. Rejects with LinkError. */
  alterPartitions(wishes: readonly PartitionWish[]): Promise<readonly PartitionOutcome[]>;
}

export class LinkError extends Error {
  readonly code: 'REQUEST_TIMED_OUT' | 'NOT_CONTROLLER';
  constructor(code: LinkError['code'], message: string) {
    super(message);
    this.name = 'LinkError';
    this.code = code;
  }
}
