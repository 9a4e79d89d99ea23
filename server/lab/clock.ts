// The time of the lab: what it is, and a wait that can be called off. Given to createLab, so that tests can hold it.
export interface LabClock {
  nowMs(): number;
  /** Runs once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** The machine's. */
export const systemClock: LabClock = {
  nowMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
