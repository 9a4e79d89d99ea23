// Transactional writes for which the transaction coordinator is being asked (Kafka's VerificationGuard, KIP-890): an answer counts
// only while no marker was written meanwhile that may end the transaction it speaks of. Whoever begins a verification ends it;
// bounded by the requests in work.

/** Compared by identity. */
export interface Verification {
  readonly producerId: number;
  readonly producerEpoch: number;
}

export class Verifications {
  readonly #open = new Map<number, Set<Verification>>();

  begin(producerId: number, producerEpoch: number): Verification {
    const verification = { producerId, producerEpoch };
    const open = this.#open.get(producerId) ?? new Set();
    this.#open.set(producerId, open.add(verification));
    return verification;
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
    const open = this.#open.get(marker.producerId) ?? [];
    for (const verification of open) {
      const { producerEpoch } = verification;
      const isLater = producerEpoch > marker.producerEpoch;
      const isNext = isEpochPerTransaction && producerEpoch === marker.producerEpoch;
      if (!isLater && !isNext) this.end(verification);
    }
  }
}
