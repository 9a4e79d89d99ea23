// What changed between two JSON-like values, as the patch operations of contract.ts. Called by session.ts only. Pure: no
// clock, no I/O, and it never changes what it is given.
import type { PatchOp } from './contract.ts';

type Path = readonly (string | number)[];

/**
 * Operations that turn `before` into `after`, or null when a fresh snapshot is the smaller message. Both values must be
 * JSON-like; a key whose value is undefined counts as absent, as it does in JSON. Values inside operations are shared
 * with `after`, not copied. A list of scalars that moved on (a series) gives one operation; any other array that grew gets
 * its new items one by one in rising order; one that shrank is replaced.
 */
export function diff(before: unknown, after: unknown): readonly PatchOp[] | null {
  const ops: PatchOp[] = [];
  collect(before, after, [], ops);
  if (ops.length === 0) return ops;
  let weight = 0;
  for (const op of ops) weight += op.path.length + 1 + leaves(op.value) + leaves(op.append);
  return weight > leaves(after) + 1 ? null : ops;
}

/** Applies operations to a JSON-like value and returns the new one: the reference for what the browser does. */
export function applyOps(value: unknown, ops: readonly PatchOp[]): unknown {
  return ops.reduce((current, op) => replaceAt(current, op.path, 0, op), value);
}

function collect(before: unknown, after: unknown, path: Path, ops: PatchOp[]): void {
  if (Object.is(before, after) || before === after) return;
  const moved = Array.isArray(before) && Array.isArray(after) ? slid(before, after) : null;
  if (moved !== null) {
    if (moved.slide > 0 || moved.append.length > 0) ops.push({ path, ...moved });
  } else if (Array.isArray(before) && Array.isArray(after) && after.length >= before.length) {
    after.forEach((item, index) => {
      if (index < before.length) collect(before[index], item, [...path, index], ops);
      else ops.push({ path: [...path, index], value: item ?? null });
    });
  } else if (isPlainObject(before) && isPlainObject(after)) {
    for (const key of Object.keys(before)) {
      if (before[key] !== undefined && (!Object.hasOwn(after, key) || after[key] === undefined)) {
        ops.push({ path: [...path, key] });
      }
    }
    for (const key of Object.keys(after)) {
      if (after[key] === undefined) continue;
      if (Object.hasOwn(before, key) && before[key] !== undefined)
        collect(before[key], after[key], [...path, key], ops);
      else ops.push({ path: [...path, key], value: after[key] });
    }
  } else {
    ops.push({ path, value: after ?? null });
  }
}

/** Shorter lists are cheap to patch item by item. */
const SERIES_ITEMS = 8;
/** A reader that was away for more rows than this gets them as values. */
const MAX_SLIDE = 64;

/** How a list of scalars moved on: items lost at the front, items gained at the end. Null when it changed in any other way. */
function slid(
  before: readonly unknown[],
  after: readonly unknown[],
): { readonly slide: number; readonly append: readonly unknown[] } | null {
  if (before.length < SERIES_ITEMS || after.length < SERIES_ITEMS || !isScalar(after[0])) return null;
  for (let slide = 0; slide <= Math.min(MAX_SLIDE, before.length - 1); slide += 1) {
    const kept = before.length - slide;
    if (kept > after.length || after.length - kept > MAX_SLIDE) continue;
    if (isPrefix(before, slide, after)) return { slide, append: after.slice(kept) };
  }
  return null;
}

/** Whether `after` begins with what is left of `before`, scalars only. */
function isPrefix(before: readonly unknown[], slide: number, after: readonly unknown[]): boolean {
  for (let index = slide; index < before.length; index += 1) {
    if (!isScalar(before[index]) || !Object.is(before[index], after[index - slide])) return false;
  }
  return true;
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean';
}

/** How many scalars a value holds, an empty container counting as one: near enough to its length as JSON. */
function leaves(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + leaves(item), 1);
  if (isPlainObject(value)) return Object.values(value).reduce<number>((sum, item) => sum + 1 + leaves(item), 1);
  return value === undefined ? 0 : 1;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function replaceAt(value: unknown, path: Path, depth: number, op: PatchOp): unknown {
  const step = path[depth];
  if (step === undefined) {
    return op.slide === undefined || !Array.isArray(value)
      ? op.value
      : [...value.slice(op.slide), ...(op.append ?? [])];
  }
  const isLast = depth === path.length - 1;
  if (Array.isArray(value) && typeof step === 'number') {
    const copy: unknown[] = [...value];
    copy[step] = replaceAt(value[step], path, depth + 1, op);
    return copy;
  }
  // Built from entries, so that a key named "__proto__" stays a key.
  const entries = new Map<string, unknown>(isPlainObject(value) ? Object.entries(value) : []);
  const key = String(step);
  if (isLast && op.value === undefined && op.slide === undefined) entries.delete(key);
  else entries.set(key, replaceAt(entries.get(key), path, depth + 1, op));
  return Object.fromEntries(entries);
}
