// Transactional writes for which the transaction coordinator is being asked (Kafka's VerificationGuard, KIP-890): an answer counts
// only while no marker of the producer was written meanwhile, since the transaction it speaks of is over then. Whoever begins a
// verification ends it; bounded by the requests in work.

/** Compared by identity. */
export type Verification = { readonly producerId: number };

export class Verifications {
  readonly #open = new Map<number, Set<Verification>>();

  begin(producerId: number): Verification {
    const verification = { producerId };
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
  /** A marker of the producer is being written: answers that are under way come too late. */
  forget(producerId: number): void {
    this.#open.delete(producerId);
  }
}
