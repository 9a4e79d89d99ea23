// All subjects, and what follows from their declarations: the types of every channel, stream and call, and one table of each by name.
// Read by live/ (checks of what is sent) and the gateway (what a cluster lacks); by browsers as types only, through contract.ts.
import { brokers } from './brokers.ts';
import type { Call, Channel, Shape, Stream, Subject } from './declare.ts';
import { features } from './features.ts';
import { groups } from './groups.ts';
import { lab } from './lab.ts';
import { map } from './map.ts';
import { overview } from './overview.ts';
import { quotas } from './quotas.ts';
import { reassign } from './reassign.ts';
import { records } from './records.ts';
import { search } from './search.ts';
import { topics } from './topics.ts';
import { traffic } from './traffic.ts';
import { transactions } from './transactions.ts';
import { users } from './users.ts';

export const subjects = {
  overview,
  topics,
  records,
  groups,
  brokers,
  features,
  map,
  traffic,
  transactions,
  quotas,
  users,
  reassign,
  lab,
  search,
};
type Subjects = typeof subjects;
type Kind = 'channels' | 'streams' | 'calls';

export type SubjectName = keyof Subjects;
/** Names that one subject declares. */
export type ChannelsOf<S extends SubjectName> = S extends SubjectName ? keyof Subjects[S]['channels'] : never;
export type StreamsOf<S extends SubjectName> = S extends SubjectName ? keyof Subjects[S]['streams'] : never;
export type CallsOf<S extends SubjectName> = S extends SubjectName ? keyof Subjects[S]['calls'] : never;

export type ChannelName = ChannelsOf<SubjectName>;
export type StreamName = StreamsOf<SubjectName>;
export type CallName = CallsOf<SubjectName>;
export type LabCallName = CallsOf<'lab'>;

/** All of one kind as one object type: each name is declared once, so nothing is laid over another. */
type Together<K extends Kind> = Intersection<Subjects[SubjectName][K]>;
type Intersection<U> = (U extends unknown ? (of: U) => void : never) extends (of: infer I) => void ? I : never;

/** Snapshot-and-patch channels: name → parameters and data. */
export type Channels = {
  [N in keyof Together<'channels'>]: {
    params: Shape<Together<'channels'>[N]['params']>;
    data: Shape<Together<'channels'>[N]['data']>;
  };
};
/** Streams: the server sends batches while subscribed; unsubscribing cancels the work. */
export type Streams = {
  [N in keyof Together<'streams'>]: {
    params: Shape<Together<'streams'>[N]['params']>;
    data: Shape<Together<'streams'>[N]['data']>;
  };
};
/** name → arguments and result. All arguments are checked before a call runs. */
export type Calls = {
  [N in keyof Together<'calls'>]: {
    args: Shape<Together<'calls'>[N]['args']>;
    result: Shape<Together<'calls'>[N]['result']>;
  };
};
export type CallArgs<N extends CallName> = Calls[N]['args'];
export type CallResult<N extends CallName> = Calls[N]['result'];

/** A view read on the server for the first paint, with what it was asked for. */
export interface FirstPaint<N extends ChannelName> {
  readonly params: Channels[N]['params'];
  readonly data: Channels[N]['data'] | null;
}

/** Names that two subjects of a table declare. */
export type DeclaredTwice<T extends Readonly<Record<string, Subject>>> = {
  [S in keyof T]: Names<T[S]> & Names<T[Exclude<keyof T, S>]>;
}[keyof T];
type Names<S> = S extends Subject<infer C, infer B, infer K> ? keyof C | keyof B | keyof K : never;
/** Compile-time proof; a name within one subject is held by the tests. */
export const eachNameIsDeclaredOnce: [DeclaredTwice<Subjects>] extends [never] ? true : DeclaredTwice<Subjects> = true;

/** What every subject declares of one kind, by name. */
function gather<D>(kind: Kind): ReadonlyMap<string, D> {
  const found = Object.values(subjects).flatMap((each) => Object.entries(each[kind]));
  return new Map(found as [string, D][]);
}

export const declaredChannels: ReadonlyMap<string, Channel> = gather('channels');
export const declaredStreams: ReadonlyMap<string, Stream> = gather('streams');
export const declaredCalls: ReadonlyMap<string, Call> = gather('calls');
