// What has been started and how it is stopped: newest first, each step logged when it fails, the whole within a bound.
// Used by main.ts only. It never leaves a started part out because another one failed to stop.

export interface Started {
  readonly name: string;
  readonly stop: () => Promise<void> | void;
}

export interface StopOptions {
  /** The whole must be done in this time. */
  readonly limitMs: number;
  readonly onProblem: (line: string) => void;
}

/** True when everything stopped in order and in time. Parts are taken off the list as they are stopped. */
export async function stopAll(parts: Started[], { limitMs, onProblem }: StopOptions): Promise<boolean> {
  let isClean = true;
  let current = '';
  let timer: NodeJS.Timeout | undefined;
  const inOrder = async () => {
    for (let part = parts.pop(); part; part = parts.pop()) {
      current = part.name;
      try {
        await part.stop();
      } catch (error) {
        isClean = false;
        onProblem(`${part.name} did not stop cleanly: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return true;
  };
  const limit = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const isInTime = await Promise.race([inOrder(), limit]);
  clearTimeout(timer);
  if (!isInTime) onProblem(`${current} did not stop within ${limitMs} ms: forced`);
  return isClean && isInTime;
}
