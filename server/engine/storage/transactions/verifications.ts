// Transactional writes for which the transaction coordinator is being asked (Kafka's VerificationGuard, KIP-890): an answer counts
// only while no marker was written meanwhile that may end the transaction it speaks of. Whoever begins a verification ends it;
// bounded by the requests in work. What stays is the lowest sequence that a producer asked about and that was not written yet: a later
// batch in flight, let in while an earlier one is to be sent again, must not become the first (VerificationStateEntry.lowestSequence).

/** DIVERGES: Kafka has no such bound. Past it the producer that asked longest ago is forgotten. */
const MAX_WAITING = 10_000;

/** Compared by identity. */
export interface Verification {
  readonly producerId: number;
  readonly producerEpoch: number;
}

export class Verifications {
  readonly #open = new Map<number, Set<Verification>>();
  readonly #waiting = new Map<number, { readonly producerEpoch: number; readonly lowestSequence: number }>();

  /** `firstSequence`: of the batch that is to be written; where a transaction begins an epoch (version 2), 0. Null: it has none. */
  begin(producerId: number, producerEpoch: number, firstSequence: number | null = null): Verification {
    if (firstSequence !== null) this.#wait(producerId, producerEpoch, firstSequence);
    const verification = { producerId, producerEpoch };
    const open = this.#open.get(producerId) ?? new Set();
    this.#open.set(producerId, open.add(verification));
    return verification;
  }
  /** What the first batch of the producer may begin with at most, when anything was asked for it in this epoch; else null. */
  lowestSequence({ producerId, producerEpoch }: Verification): number | null {
    const waiting = this.#waiting.get(producerId);
    return waiting?.producerEpoch === producerEpoch ? waiting.lowestSequence : null;
  }
  /** A batch of the producer was written. */
  written(producerId: number): void {
    this.#waiting.delete(producerId);
  }
  isValid(verification: Verification): boolean {
    return this.#open.get(verification.producerId)?.has(verification) === true;
  }
  end(verification: Verification): void {
    const open = this.#open.get(verification.producerId);
    open?.delete(verification);
    if (open?.size === 0) this.#open.delete(verification.producerId);
  }
  /**
   * A marker of the producer is being written: answers about transactions that it may end come too late. Where every transaction
   * has an epoch of its own (version 2) the marker has that of the next one, which goes on: a producer writes as soon as EndTxn
   * was answered, which is before the markers are. DIVERGES: Kafka forgets that one too, and refuses the write now and then.
   */
  forget(marker: Verification, isEpochPerTransaction: boolean): void {
    const waiting = this.#waiting.get(marker.producerId);
    if (waiting !== undefined && (!isEpochPerTransaction || waiting.producerEpoch < marker.producerEpoch))
      this.#waiting.delete(marker.producerId);
    const open = this.#open.get(marker.producerId) ?? [];
    for (const verification of open) {
      const { producerEpoch } = verification;
      const isLater = producerEpoch > marker.producerEpoch;
      const isNext = isEpochPerTransaction && producerEpoch === marker.producerEpoch;
      if (!isLater && !isNext) this.end(verification);
    }
  }

  #wait(producerId: number, producerEpoch: number, firstSequence: number): void {
    const before = this.lowestSequence({ producerId, producerEpoch }) ?? firstSequence;
    this.#waiting.delete(producerId);
    this.#waiting.set(producerId, { producerEpoch, lowestSequence: Math.min(before, firstSequence) });
    const [oldest] = this.#waiting.keys();
    if (oldest !== undefined && this.#waiting.size > MAX_WAITING) this.#waiting.delete(oldest);
  }
}
