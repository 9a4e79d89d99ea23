// Proves what the list of sections promises to all that is made of it.
import assert from 'node:assert/strict';
import { existsSync, globSync } from 'node:fs';
import { test } from 'node:test';
import type { Section } from './section.ts';
import { pathsOf, placeOf, sections } from './sections.ts';
import { topics } from './topics/section.ts';

/** What two sections have in common that only one may have: jump keys, addresses, names of addresses, places on the phone bar. */
function shared(list: readonly Section[]): string[] {
  const claims = list.flatMap(({ title, key, path, phone, paths }) =>
    [
      key === null ? null : `key ${key}`,
      `path ${path}`,
      phone === undefined ? null : `phone ${phone}`,
      ...Object.keys(paths('')).map((name) => `address ${name}`),
    ].flatMap((claim) => (claim === null ? [] : [[claim, title] as const])),
  );
  return claims.filter(([claim], index) => claims.findIndex(([other]) => other === claim) !== index).map(String);
}

test('[WEB-90] no two sections have one jump key, address, name of an address or place on the phone bar; a planted one is found', () => {
  assert.ok(sections.length >= 11, `${sections.length} sections`);
  assert.deepEqual(shared(sections), []);
  const planted = { ...topics, title: 'Tables', path: 'tables', phone: 1 as const, paths: () => ({ overview: '' }) };
  assert.deepEqual(shared([...sections, planted]), ['key t,Tables', 'phone 1,Tables', 'address overview,Tables']);
});

test('[WEB-91] a jump key is one letter that is no shortcut of its own, and a section has a key or belongs to one that has', () => {
  for (const { title, key, within } of sections) {
    if (key === null)
      assert.ok(
        sections.some((outer) => outer.path === within && outer.key !== null),
        title,
      );
    else assert.match(key, /^[a-z]$/, title);
  }
});

test('[WEB-92] addresses are below their section’s, names in them are encoded, and a misspelt one does not compile', () => {
  const paths = pathsOf('my cluster');
  assert.equal(paths.overview, '/c/my%20cluster');
  assert.equal(paths.topic('a/b'), '/c/my%20cluster/topics/a%2Fb');
  assert.equal(paths.topicTab('a', 'config'), paths.topicConfig('a'));
  assert.equal(paths.message('a', 1, 2), '/c/my%20cluster/topics/a/m/1/2');
  assert.equal(paths.quota('user:a'), '/c/my%20cluster/quotas?id=user%3Aa');
  // @ts-expect-error: no section has it.
  assert.equal(paths.topik, undefined);
  // @ts-expect-error: a topic has no such tab.
  assert.throws(() => paths.topicTab('a', 'nothing'));
  // @ts-expect-error: a broker's id is a number.
  paths.broker('1');
});

test('[WEB-93] an address tells its section, the noun of its page and what lies above it', () => {
  const at = (path: string) => {
    const place = placeOf(path);
    return place && [place.section.title, place.noun, place.above.map(({ title }) => title).join(' / ')];
  };
  assert.deepEqual(at('/c/local'), ['Overview', 'the overview', '']);
  assert.deepEqual(at('/c/local/'), ['Overview', 'the overview', '']);
  assert.deepEqual(at('/c/a%2Fb/topics'), ['Topics', 'topics', '']);
  assert.deepEqual(at('/c/local/topics/orders'), ['Topics', 'messages', 'Topics']);
  assert.deepEqual(at('/c/local/topics/config'), ['Topics', 'messages', 'Topics']);
  assert.deepEqual(at('/c/local/topics/orders/groups'), ['Topics', 'groups of a topic', 'Topics']);
  assert.deepEqual(at('/c/local/topics/orders/m/0/5'), ['Topics', 'a message', 'Topics']);
  assert.deepEqual(at('/c/local/groups/billing'), ['Groups', 'a group', 'Groups']);
  assert.deepEqual(at('/c/local/brokers/1'), ['Brokers', 'a broker', 'Brokers']);
  assert.deepEqual(at('/c/local/reassign'), ['Reassign partitions', 'reassignments', 'Brokers']);
  assert.equal(at('/c/local/nowhere'), null);
});

test('[WEB-94] each section, and each page below one, has one route, a single page file, and every route is one of them', () => {
  const app = new URL('../app/c/[cluster]/', import.meta.url);
  // A group of routes, in round brackets, is no part of the address.
  const routes = globSync('**/page.tsx', { cwd: app })
    .map((file) => file.replaceAll(/\/?\([^/]+\)|\/?page\.tsx$/g, ''))
    .filter((route) => route !== '[...rest]');
  const wanted = sections.flatMap(({ path, pages = [] }) => [
    path,
    ...pages.map((page) => `${path}/${page.path.replaceAll(/:(\w+)/g, '[$1]')}`),
  ]);
  assert.deepEqual(routes.sort(), wanted.sort());
  const others = globSync('**/*.tsx', { cwd: app }).map((file) => file.split('/').at(-1) as string);
  assert.deepEqual([...new Set(others)].sort(), ['error.tsx', 'layout.tsx', 'loading.tsx', 'page.tsx']);
  // The router shows what is under way only where a folder above both pages says how.
  for (const { title, path, pages = [] } of sections)
    if (pages.length > 0)
      assert.ok(existsSync(new URL(`./${path}/loading.tsx`, app)), `${title} has pages and no loading.tsx`);
});
