import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Roster, rosterFor, withBroker, withoutBroker } from './broker-roster.ts';
import { DataFolderError, openDataFolder } from './data-folder.ts';

const ids = (roster: Roster | 'tooFew') => (roster === 'tooFew' ? roster : roster.brokers.map(({ id }) => id));
const made = (asked: number) => rosterFor(null, [], asked) as Roster;

test('[ELA-1] the same --brokers as at the last start brings back what there is, grown or shrunk, with gaps', () => {
  const three = made(3);
  assert.deepEqual(ids(three), [1, 2, 3]);
  const grown = withBroker(three, 'b');
  assert.deepEqual(ids(rosterFor(grown, [], 3)), [1, 2, 3, 4]);
  const shrunk = withoutBroker(three, 2, true);
  assert.deepEqual(ids(rosterFor(shrunk, [], 3)), [1, 3]);
  assert.deepEqual(grown.brokers.at(-1), { id: 4, rack: 'b' });
});

test('[ELA-2] another --brokers: the number there is changes nothing, a higher one adds brokers, a lower one is refused', () => {
  const grown = withBroker(made(3), null);
  assert.deepEqual(ids(rosterFor(grown, [], 4)), [1, 2, 3, 4]);
  assert.deepEqual(ids(rosterFor(grown, [], 6)), [1, 2, 3, 4, 5, 6]);
  assert.equal(rosterFor(grown, [], 2), 'tooFew');
  const gap = withoutBroker(grown, 4, true);
  assert.deepEqual(ids(rosterFor(gap, [], 4)), [1, 2, 3, 5], 'ids are not given twice');
  assert.deepEqual(ids(rosterFor(null, [1, 2], 3)), [1, 2, 3], 'a folder without a roster');
});

test('[ELA-3] a broker that never joined gives its id back, one that did does not', () => {
  const grown = withBroker(made(3), null);
  assert.equal(withBroker(withoutBroker(grown, 4, false), null).brokers.at(-1)?.id, 4);
  assert.equal(withBroker(withoutBroker(grown, 4, true), null).brokers.at(-1)?.id, 5);
});

test('[ELA-4] the data folder remembers its brokers and their racks; a broken list is refused with one line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'roster-'));
  try {
    const first = openDataFolder(folder, 3000, 2);
    assert.deepEqual(first.addBroker('z'), { id: 3, rack: 'z' });
    first.removeBroker(1, true);
    first.release();
    const second = openDataFolder(folder, 3000, 2);
    assert.deepEqual(second.brokers(), [
      { id: 2, rack: null },
      { id: 3, rack: 'z' },
    ]);
    second.release();
    for (const broken of ['', '{}', '{"version":1,"asked":1,"lastId":1,"brokers":[{"id":0,"rack":null}]}', 'null']) {
      writeFileSync(join(folder, 'brokers.json'), broken);
      assert.throws(
        () => openDataFolder(folder, 3000, 2),
        (error) => error instanceof DataFolderError && /brokers\.json is not a list of brokers/.test(error.message),
        broken,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
