import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import test from 'node:test';
import { areas } from './areas.ts';
import { checkImports, leastModules, readSources } from './import-law.ts';
import { scan } from './specifiers.ts';

const root = resolve(import.meta.dirname, '../..');
const check = (files: Record<string, string>) => checkImports(new Map(Object.entries(files))).violations;

test('[LAW-1] the project obeys the import law, and the checker has seen it', () => {
  const { violations, modules, imports } = checkImports(readSources(root));
  assert.deepEqual(violations, []);
  assert.ok(modules >= leastModules && imports >= leastModules, `${modules} modules, ${imports} imports`);
});

/** One planted violation per clause; each must be found, alone and in the middle of the real project. */
const canaries: readonly (readonly [string, string, RegExp])[] = [
  ['server/kernel/x.ts', "import { a } from '../protocol/codec.ts';", /kernel may not import protocol/],
  ['server/kernel/x.ts', "import fs from 'node:fs';", /kernel may not import node:fs/],
  ['server/protocol/x.ts', "export { gzipSync } from 'node:zlib';", /protocol may not import node:zlib/],
  [
    'server/engine/coordinator/x.ts',
    "import { a } from '../metadata/image.ts';",
    /coordinator may not import metadata/,
  ],
  ['server/engine/storage/x.ts', "import type { A } from '../broker/a.ts';", /storage may not import broker/],
  ['server/engine/broker/x.ts', "const a = await import('../host/world.ts');", /broker may not import host/],
  ['server/gateway/model/x.ts', "import { a } from '../../client/metadata.ts';", /gateway model may not import client/],
  [
    'server/gateway/model/x.ts',
    "import type { A } from '../sampling/a.ts';",
    /gateway model may not import gateway sampling/,
  ],
  ['server/gateway/model/x.ts', 'const t = Date.now();', /:1: uses Date/],
  [
    'server/gateway/sampling/x.ts',
    "import type { A } from '../context.ts';",
    /gateway sampling may not import gateway context/,
  ],
  ['server/gateway/context.ts', "import { a } from './quotas/a.ts';", /gateway context may not import gateway quotas/],
  ['server/gateway/users/x.ts', "import { a } from '../quotas/a.ts';", /gateway users may not import gateway quotas/],
  ['server/gateway/users/x.ts', "import { a } from '../create.ts';", /gateway users may not import gateway /],
  ['server/gateway/other/x.ts', '', /knows no area/],
  ['server/live/x.ts', "import { createGateway } from '../gateway/create.ts';", /live may not import gateway /],
  ['server/gateway/x.ts', "import { startCluster } from '../engine/cluster.ts';", /gateway may not import cluster/],
  ['server/client/x.ts', "import { a } from '../gateway/create.ts';", /client may not import gateway/],
  ['server/client/x.ts', "import { CONTRACT_VERSION } from '../live/contract.ts';", /client may not import contract/],
  ['server/gateway/x.ts', "import { Consumer } from '@platformatic/kafka';", /may not import the package/],
  ['server/engine/broker/x.ts', "import { Kafka } from '@platformatic/kafka';", /may not import the package/],
  ['server/live/contract/x.ts', "import type { S } from '../schemas.ts';", /contract may not import live/],
  ['server/live/x.ts', "import { B } from '../../components/ui/button.tsx';", /live may not import ui/],
  ['components/topic/x.tsx', "import { a } from '../group/a.ts';", /feature topic may not import feature group/],
  ['components/topics/section.ts', "import { a } from './topics.tsx';", /section may not import feature topics/],
  ['components/ui/x.tsx', "import { a } from '../sections.ts';", /ui may not import sections/],
  ['components/ui/x.tsx', "import { a } from '../charts/a.tsx';", /ui may not import charts/],
  ['app/x.tsx', "import { a } from '../server/gateway/gateway.ts';", /app may not import gateway/],
  ['app/x.tsx', "import { a } from '../../elsewhere.ts';", /outside the project/],
  ['server/new/x.ts', '', /knows no area/],
  ['server/engine/metadata/x.ts', 'const t = Date.now();', /:1: uses Date/],
  ['server/kernel/x.ts', '\nsetTimeout(run, 1);', /:2: uses a timer/],
  ['server/protocol/x.ts', 'const r = Math.random();', /uses Math\.random/],
  ['server/engine/rpc/x.ts', 'const t = performance.now();', /uses performance/],
];

for (const [path, source, expected] of canaries) {
  test(`[LAW-2] a planted violation is found: ${expected.source}`, () => {
    assert.match(check({ [path]: source }).join('\n'), expected);
    const planted = new Map(readSources(root)).set(path, source);
    assert.match(checkImports(planted).violations.join('\n'), expected);
  });
}

test('[LAW-3] files that import each other in a circle are found, type-only imports included', () => {
  const circle = check({
    'server/live/a.ts': "import { b } from './b.ts';",
    'server/live/b.ts': "import { c } from './c.ts';",
    'server/live/c.ts': "import { a } from './a.ts';",
    'server/live/d.ts': "import { a } from './a.ts';",
  });
  assert.deepEqual(circle, [
    'files import each other in a circle: server/live/a.ts ↔ server/live/b.ts ↔ server/live/c.ts',
  ]);
  const typed = check({
    'server/live/a.ts': "import type { B } from '../gateway/b.ts';",
    'server/gateway/b.ts': "import type { A } from '../live/contract.ts';",
    'server/live/contract.ts': "import type { A } from './a.ts';",
  });
  assert.match(
    typed.join('\n'),
    /in a circle: server\/gateway\/b\.ts ↔ server\/live\/a\.ts ↔ server\/live\/contract\.ts/,
  );
});

test('[LAW-3] a circle of types alone, inside one area, is found, alone and in the middle of the real project', () => {
  const circle: Record<string, string> = {
    'server/engine/broker/x.ts': "import type { Y } from './fetching/y.ts';",
    'server/engine/broker/fetching/y.ts': "export type { X } from '../x.ts';",
  };
  const expected = [
    'files import each other in a circle: server/engine/broker/fetching/y.ts ↔ server/engine/broker/x.ts',
  ];
  assert.deepEqual(check(circle), expected);
  const planted = new Map([...readSources(root), ...Object.entries(circle)]);
  assert.deepEqual(checkImports(planted).violations, expected);
  // One way alone is no circle.
  assert.deepEqual(check({ ...circle, 'server/engine/broker/fetching/y.ts': 'export interface Y {}' }), []);
});

test('[LAW-4] what the law allows is not reported', () => {
  assert.deepEqual(
    check({
      'server/engine/coordinator/x.ts':
        "import type { A } from '../metadata/image.ts';\nimport { k } from '../../kernel/k.ts';",
      'server/engine/storage/x.test.ts': "import test from 'node:test';\nconst t = Date.now();",
      'server/live/x.ts': "import { ClusterError } from '../gateway/gateway.ts';\nimport { readFile } from 'node:fs';",
      'server/kernel/y.ts':
        "// new Date() in words, and 'Date.now()'\nconst s = `Math.random()`;\nworld.clock.setTimeout(1);",
      'components/shell/x.tsx': "import { a } from '../topic/a.tsx';\nimport React from 'react';",
    }),
    [],
  );
});

test('[LAW-5] every way to import is seen, and words in comments, strings and markup are not', () => {
  const source = `
    import a, { type b } from './1.ts';
    import type { c } from './2.ts';
    import * as d from "./3.ts";
    import './4.ts';
    export { e } from './5.ts';
    export type { f } from './6.ts';
    export * from './7.ts';
    import {
      g,
      h,
    } from './8.ts';
    const i = await import('./9.ts'), j = /'/.test(x);
    // import k from './no.ts';
    /* import('./no.ts') */
    const l = "import m from './no.ts'";
    const n = <p>It isn't import('nothing')</p>;
    type O = import('./10.ts').O;
    import type from './11.ts';
  `;
  const { imports } = scan(source);
  const own = imports.filter(({ specifier }) => specifier.startsWith('./'));
  assert.deepEqual(
    own
      .map(({ specifier }) => specifier)
      .sort((x, y) => Number.parseInt(x.slice(2), 10) - Number.parseInt(y.slice(2), 10)),
    Array.from({ length: 11 }, (_, index) => `./${index + 1}.ts`),
  );
  assert.deepEqual(
    own.filter(({ isTypeOnly }) => isTypeOnly).map(({ specifier }) => specifier),
    ['./2.ts', './6.ts'],
  );
});

test('[LAW-6] the table names only areas that exist', () => {
  const names = new Set(areas.map(({ name }) => name));
  for (const area of areas) {
    for (const name of [...area.imports, ...(area.types ?? [])]) assert.ok(names.has(name), `${area.name} → ${name}`);
  }
});
