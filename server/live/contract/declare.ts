// How a subject says what it is: its channels, streams and calls, each declared once. Called by the subjects' files beside this one,
// read through subjects.ts. From a declaration come the types, the check of what a browser sends, the table of rights and what a
// cluster lacks. It must never know a subject, and no page may import it: with it comes the validator.
import type { z } from 'zod';
import type { Need } from './apis.ts';

/** What a schema describes, deeply readonly. For types only: nothing is frozen at run time. */
export type Shape<S extends z.ZodType> = ReadonlyDeep<z.infer<S>>;
type ReadonlyDeep<T> = { readonly [K in keyof T]: ReadonlyDeep<T[K]> };

/**
 * viewer: reads. editor: writes records, creates topics, resets offsets, runs test traffic. admin: what deletes, what cannot be undone,
 * settings, quotas, users, placement, the lab.
 */
export type Right = 'viewer' | 'editor' | 'admin';

/** What a call is done to: judged against names that a role is for, and the object of a line in the audit. */
export type ObjectKind = 'topic' | 'group' | 'broker' | 'node' | 'transactionalId' | 'quota' | 'user';

/** Below the address of a cluster; a name in braces is one of the arguments. */
export type HttpRoute = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;

interface Declared {
  /** One sentence for people: API docs, palette, audit, assistant. */
  readonly says: string;
  readonly right: Right;
  /** Without one of these it cannot work at all; what only makes it poorer is not named. */
  readonly needs: readonly Need[];
}

/** A view: a snapshot, then patches. */
export interface Channel<P extends z.ZodType = z.ZodType, D extends z.ZodType = z.ZodType> extends Declared {
  readonly params: P;
  readonly data: D;
}

/** Batches while it is open; closing it cancels the work. */
export interface Stream<P extends z.ZodType = z.ZodType, D extends z.ZodType = z.ZodType> extends Declared {
  readonly params: P;
  readonly data: D;
}

export interface Call<A extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> extends Declared {
  readonly args: A;
  readonly result: R;
  /** Kind and name of what it is done to; null: to the cluster. */
  on(args: Shape<A>): readonly [kind: ObjectKind, name: string] | null;
  readonly changes: boolean;
  readonly http: HttpRoute;
}

interface Reading<P extends z.ZodType, D extends z.ZodType> {
  readonly params: P;
  readonly data: D;
  readonly says: string;
  /** Left out: viewer. */
  readonly right?: Right;
  readonly needs?: readonly Need[];
}

/** Who may only look changes nothing: that is an error of types. */
type Doing<A extends z.ZodType, R extends z.ZodType> = Omit<Call<A, R>, 'needs' | 'right' | 'changes'> & {
  readonly needs?: readonly Need[];
} & (
    | { readonly changes: false; readonly right: Right }
    | { readonly changes: true; readonly right: Exclude<Right, 'viewer'> }
  );

export function channel<P extends z.ZodType, D extends z.ZodType>(reading: Reading<P, D>): Channel<P, D> {
  return { right: 'viewer', needs: [], ...reading };
}

export function stream<P extends z.ZodType, D extends z.ZodType>(reading: Reading<P, D>): Stream<P, D> {
  return { right: 'viewer', needs: [], ...reading };
}

export function call<A extends z.ZodType, R extends z.ZodType>(doing: Doing<A, R>): Call<A, R> {
  return { needs: [], ...doing };
}

export interface Subject<
  C extends Readonly<Record<string, Channel>> = Readonly<Record<string, Channel>>,
  S extends Readonly<Record<string, Stream>> = Readonly<Record<string, Stream>>,
  K extends Readonly<Record<string, Call>> = Readonly<Record<string, Call>>,
> {
  readonly channels: C;
  readonly streams: S;
  readonly calls: K;
}

/** A subject without channels, streams or calls says so by an empty table. */
export function subject<
  C extends Readonly<Record<string, Channel>>,
  S extends Readonly<Record<string, Stream>>,
  K extends Readonly<Record<string, Call>>,
>(parts: Subject<C, S, K>): Subject<C, S, K> {
  return parts;
}
