// Bytes per second over the last seconds, as Kafka measures what replication quotas bound (SimpleRate over eleven samples of one
// second). Pure: moments are handed in, from a clock that never goes back.

const SAMPLE_MS = 1000;
/** replication.quota.window.num. */
const SAMPLES = 11;

export class RateWindow {
  readonly #bytes = new Float64Array(SAMPLES);
  /** The second that each sample is of. */
  readonly #seconds = new Float64Array(SAMPLES).fill(-1);
  #total = 0;

  record(bytes: number, nowMs: number): void {
    this.#forget(nowMs);
    const second = Math.floor(nowMs / SAMPLE_MS);
    const at = second % SAMPLES;
    this.#seconds[at] = second;
    this.#bytes[at] = (this.#bytes[at] ?? 0) + bytes;
    this.#total += bytes;
  }
  /** Over the time since the oldest sample began, but at least one second. */
  bytesPerSecond(nowMs: number): number {
    this.#forget(nowMs);
    if (this.#total === 0) return 0;
    let oldest = Number.POSITIVE_INFINITY;
    for (const second of this.#seconds) if (second >= 0 && second < oldest) oldest = second;
    return (this.#total * 1000) / Math.max(SAMPLE_MS, nowMs - oldest * SAMPLE_MS);
  }
  #forget(nowMs: number): void {
    const first = Math.floor(nowMs / SAMPLE_MS) - SAMPLES + 1;
    for (let at = 0; at < SAMPLES; at++) {
      const second = this.#seconds[at] ?? -1;
      if (second < 0 || second >= first) continue;
      this.#total -= this.#bytes[at] ?? 0;
      this.#bytes[at] = 0;
      this.#seconds[at] = -1;
    }
  }
}

/**
 * Whether a list of throttled replicas ("partition:broker" pairs, or * for all) names this one
 * (ReplicationQuotaManager, ThrottledReplicaListValidator).
 */
export function namesReplica(list: string, partition: number, brokerId: number): boolean {
  if (list.trim() === '*') return true;
  return list.split(',').some((pair) => pair.replaceAll(/\s/g, '') === `${partition}:${brokerId}`);
}
