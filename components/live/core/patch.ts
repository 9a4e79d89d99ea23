// Applies the server's patch operations to immutable data. Called by the live core only. Never mutates its input: what a
// patch did not touch keeps its identity, so that React re-renders only what changed.
import type { PatchOp } from '../../../server/live/contract.ts';

type Tree = Record<string, unknown> | readonly unknown[];

/** Thrown when a path leads through something that is not an object or array: the copy is out of step with the server. */
export class PatchMismatch extends Error {}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

const isRemoval = (op: PatchOp): boolean => !('value' in op) && op.slide === undefined;

function slid(node: unknown, { path, slide = 0, append = [] }: PatchOp): readonly unknown[] {
  if (!Array.isArray(node) || slide > node.length) throw new PatchMismatch(`no list to move on at ${path.join('.')}`);
  return [...node.slice(slide), ...append];
}

function replaceAt(node: unknown, path: readonly (string | number)[], depth: number, op: PatchOp): unknown {
  if (depth === path.length) return op.slide === undefined ? op.value : slid(node, op);
  if (!isTree(node)) throw new PatchMismatch(`no container at ${path.slice(0, depth).join('.') || 'the root'}`);
  const key = path[depth] as string | number;
  const isLast = depth === path.length - 1;
  if (Array.isArray(node)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index > node.length) throw new PatchMismatch(`no index ${key}`);
    if (isLast && isRemoval(op)) return node.toSpliced(index, 1);
    const copy = node.slice();
    copy[index] = replaceAt(node[index], path, depth + 1, op);
    return copy;
  }
  const record = node as Record<string, unknown>;
  const copy: Record<string, unknown> = Object.assign(Object.create(Object.getPrototypeOf(record)), record);
  if (isLast && isRemoval(op)) delete copy[key];
  else {
    // defineProperty, so that a key named __proto__ stays a plain key.
    const value = replaceAt(Object.hasOwn(record, key) ? record[key] : undefined, path, depth + 1, op);
    Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}

/**
 * Returns `data` with every operation applied in order; throws PatchMismatch when a path does not exist.
 * An operation with an empty path replaces everything.
 */
export function applyOps<T>(data: T, ops: readonly PatchOp[]): T {
  let result: unknown = data;
  for (const op of ops) result = replaceAt(result, op.path, 0, op);
  return result as T;
}
