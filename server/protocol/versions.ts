// Version ranges as Kafka's message definitions write them: "3-13", "9+", "5", "none".

export interface VersionRange {
  readonly min: number;
  /** Inclusive; 32767 for an open end. */
  readonly max: number;
}

const OPEN_END = 32767;
export const NO_VERSION: VersionRange = { min: 1, max: 0 };
export const ALL_VERSIONS: VersionRange = { min: 0, max: OPEN_END };

export function parseVersions(text: string): VersionRange {
  if (text === 'none') return NO_VERSION;
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(text);
  if (match === null) throw new TypeError(`not a version range: "${text}"`);
  const min = Number(match[1]);
  const max = match[2] === '+' ? OPEN_END : match[3] === undefined ? min : Number(match[3]);
  if (max < min) throw new TypeError(`empty version range: "${text}"`);
  return { min, max };
}

export function includes(range: VersionRange, version: number): boolean {
  return version >= range.min && version <= range.max;
}
