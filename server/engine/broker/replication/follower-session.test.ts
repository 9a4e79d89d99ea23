import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { type Asked, FollowerSession } from './follower-session.ts';

const asked = (partition: number, fetchOffset: number, o: Partial<Asked> = {}): Asked => ({
  topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
  partition,
  currentLeaderEpoch: 0,
  fetchOffset,
  lastFetchedEpoch: 0,
  logStartOffset: 0,
  highWatermark: 0,
  partitionMaxBytes: 100,
  ...o,
});
const place = (partition: number): string => `AAAAAAAAAAAAAAAAAAAAAQ/${partition}`;
const ok = (sessionId: number) => ({ errorCode: ErrorCode.NONE, sessionId });
/** What a request says: its session, what it names and what it forgets. */
function said(session: FollowerSession<Asked>) {
  const { sessionId, sessionEpoch, topics, forgottenTopicsData } = session.next();
  const named = topics.flatMap(({ partitions = [] }) => partitions.map(({ partition = -1 }) => partition));
  return {
    sessionId,
    sessionEpoch,
    named,
    forgotten: forgottenTopicsData.flatMap(({ partitions = [] }) => partitions),
  };
}
function begun(partitions: number): FollowerSession<Asked> {
  const session = new FollowerSession<Asked>();
  for (let i = 0; i < partitions; i++) session.ask(asked(i, 0));
  session.next();
  assert.equal(session.answered(ok(7)), 'read');
  return session;
}

test('[REP-71] a follower names everything once, then only what changed, and what it leaves', () => {
  const session = new FollowerSession<Asked>();
  for (const partition of [0, 1, 2]) session.ask(asked(partition, 5));
  assert.deepEqual(said(session), { sessionId: 0, sessionEpoch: 0, named: [0, 1, 2], forgotten: [] });
  session.answered(ok(7));
  session.ask(asked(0, 5, { highWatermark: 5 }));
  session.ask(asked(1, 6));
  session.ask(asked(3, 0));
  assert.equal(session.size, 4);
  assert.deepEqual(said(session), { sessionId: 7, sessionEpoch: 1, named: [1, 3], forgotten: [] });
  session.answered(ok(7));
  for (const change of [{ currentLeaderEpoch: 1 }, { lastFetchedEpoch: 1 }, { logStartOffset: 1 }]) {
    session.ask(asked(2, 5, change));
    assert.deepEqual(said(session).named, [2]);
    session.answered(ok(7));
  }
  session.forget(place(0));
  session.forget(place(3));
  session.ask(asked(3, 0));
  assert.equal(session.size, 3);
  assert.deepEqual(said(session), { sessionId: 7, sessionEpoch: 5, named: [], forgotten: [0] });
  session.answered(ok(7));
  session.ask(asked(4, 0));
  session.forget(place(4));
  assert.deepEqual(said(session), { sessionId: 7, sessionEpoch: 6, named: [], forgotten: [] });
});

test('[REP-72] a session that the leader does not know, that went apart, or whose answer was lost begins anew with everything', () => {
  const unknown = begun(2);
  assert.deepEqual(said(unknown).named, []);
  assert.equal(unknown.answered({ errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND, sessionId: 0 }), 'anew');
  assert.deepEqual(said(unknown), { sessionId: 0, sessionEpoch: 0, named: [0, 1], forgotten: [] });
  assert.equal(unknown.answered({ errorCode: ErrorCode.UNKNOWN_SERVER_ERROR, sessionId: 0 }), 'refused');

  for (const errorCode of [ErrorCode.INVALID_FETCH_SESSION_EPOCH, ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR]) {
    const apart = begun(2);
    apart.next();
    assert.equal(apart.answered({ errorCode, sessionId: 0 }), 'anew');
    assert.deepEqual(said(apart), { sessionId: 7, sessionEpoch: 0, named: [0, 1], forgotten: [] }, 'ends the old one');
  }

  const lost = begun(3);
  lost.forget(place(1));
  lost.next();
  lost.lost();
  assert.deepEqual(said(lost), { sessionId: 7, sessionEpoch: 0, named: [0, 2], forgotten: [] });
});

test('[REP-73] without a session at the leader each request names everything, who had records last', () => {
  const session = new FollowerSession<Asked>();
  for (const partition of [0, 1, 2]) session.ask(asked(partition, 0));
  session.next();
  session.answered(ok(0));
  session.toBack(place(0));
  session.ask(asked(0, 4));
  assert.deepEqual(said(session), { sessionId: 0, sessionEpoch: 0, named: [1, 2, 0], forgotten: [] });
});
