import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choiceField, readFields, textField, type UrlValues } from '../../ui/hooks/url-field.ts';
import { offsetAround } from '../../ui/hooks/use-window.ts';
import { firstAsked, listFields, SEARCH_LENGTH, WINDOW_ROWS } from './address.ts';

const fields = listFields(['name', 'size'], { kind: choiceField(['', 'user'], ''), id: textField('', 5) });
const asked = ({ q, sort, desc, kind, id }: UrlValues<typeof fields>) => ({
  query: q.trim(),
  ...{ sort, desc, kind, id },
});
const onServer = (address: string) => {
  const query = new URLSearchParams(address);
  return firstAsked(fields, asked)((name) => query.get(name) ?? '');
};
const inBrowser = (address: string) => {
  const query = new URLSearchParams(address);
  return { ...asked(readFields(fields, (name) => query.get(name))), offset: 0, limit: WINDOW_ROWS };
};

test('[LIST-9] the server asks for an address what the browser asks for it, or the first paint would be for nothing: nonsense and what is too long included', () => {
  for (const address of [
    '',
    'q=+orders+&sort=size&desc=1',
    'sort=nonsense&desc=yes&kind=nobody',
    'kind=user&id=12345678&cols=size',
    `q=${'x'.repeat(SEARCH_LENGTH + 1)}`,
    'q=',
  ])
    assert.deepEqual(onServer(address), inBrowser(address), address);
  assert.deepEqual(onServer('q=+a+&sort=nonsense&id=12345678'), {
    ...{ query: 'a', sort: 'name', desc: false, kind: '', id: '12345' },
    ...{ offset: 0, limit: WINDOW_ROWS },
  });
  assert.equal(onServer(`q=${'x'.repeat(SEARCH_LENGTH + 1)}`).query.length, SEARCH_LENGTH);
});

test('[LIST-10] the window asked for has the rows in view in it, on tall screens too, and moves in steps', () => {
  assert.equal(offsetAround(0, 0), 0);
  assert.equal(offsetAround(0, 40), 0);
  for (let first = 0; first < 2_000; first += 7) {
    for (const seen of [10, 42, 123, 150]) {
      const offset = offsetAround(first, first + seen - 1);
      assert.equal(offset % 50, 0);
      assert.ok(offset <= first && offset + WINDOW_ROWS >= first + seen, `${seen} rows from ${first}: ${offset}`);
    }
  }
  assert.equal(offsetAround(5_000, 5_041), offsetAround(5_001, 5_042), 'scrolling by a row asks for nothing new');
});
