// What a planted bug is, and how one is put into a class and taken out again.
import type { FaultPlan, SimOptions } from '../options.ts';

export interface PlantedBug {
  readonly name: string;
  /** Found within this many seeds, counted from 1. */
  readonly seeds: number;
  /** Found by this one when it was last measured: tried first, to be quick. */
  readonly first?: number;
  /** Faults without which nobody would notice. */
  readonly needs?: Partial<FaultPlan>;
  /** What clients must do for anyone to notice. */
  readonly clients?: Partial<SimOptions>;
  /** Name of the story that seeds play with their timings, instead of what they draw. */
  readonly scenario?: string;
  /** Puts it in; the answer takes it out. */
  install(): () => void;
}

/** Replaces a method; the answer puts the old one back. */
export function replace<T extends object, K extends keyof T>(
  prototype: T,
  name: K,
  make: (old: T[K]) => T[K],
): () => void {
  const old = prototype[name];
  prototype[name] = make(old);
  return () => {
    prototype[name] = old;
  };
}

/** The same for a getter. */
export function replaceGetter<T extends object>(prototype: T, name: keyof T, get: (this: T) => unknown): () => void {
  const old = Object.getOwnPropertyDescriptor(prototype, name);
  if (old?.get === undefined) throw new Error(`${String(name)} is no getter`);
  Object.defineProperty(prototype, name, { ...old, get });
  return () => {
    Object.defineProperty(prototype, name, old);
  };
}
