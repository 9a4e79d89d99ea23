// The law as data: which area a file belongs to, and which areas, packages and built-ins an area may use. The floors in
// ARCHITECTURE.md are its short form. Read by import-law.ts.

import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface Area {
  readonly name: string;
  /** Areas it may import, beside its own. */
  readonly imports: readonly string[];
  /** Areas it may import types from. */
  readonly types?: readonly string[];
  /** node:* modules: none unless said. */
  readonly builtins?: 'any';
  /** No ambient clock, timer, randomness or process: all comes in through World. */
  readonly isPure?: true;
}

const root = resolve(import.meta.dirname, '../..');
const foldersIn = (place: string): readonly string[] =>
  readdirSync(join(root, place), { withFileTypes: true }).flatMap((each) => (each.isDirectory() ? [each.name] : []));
const without = (names: readonly string[], others: readonly string[]) => names.filter((name) => !others.includes(name));

/** Features of the browser, and subjects of the gateway: a folder each, and none knows another. A new one needs no row here. */
const features = without(foldersIn('components'), ['charts', 'live', 'palette', 'shell', 'ui']);
const subjects = without(foldersIn('server/gateway'), ['model', 'sampling', 'testing']);
const belowSubjects = ['kernel', 'client', 'gateway model', 'gateway sampling', 'gateway context', 'contract'];
const belowShell = ['contract', 'components', 'section', 'sections', 'ui', 'charts', 'live-ui'];

export const areas: readonly Area[] = [
  { name: 'kernel', imports: [], isPure: true },
  { name: 'protocol', imports: ['kernel'], isPure: true },
  { name: 'storage', imports: ['kernel', 'protocol'], isPure: true },
  { name: 'replication', imports: ['kernel', 'protocol'], isPure: true },
  { name: 'metadata', imports: ['kernel', 'protocol'], isPure: true },
  { name: 'coordinator', imports: ['kernel', 'protocol'], types: ['metadata'], isPure: true },
  { name: 'rpc', imports: ['kernel', 'protocol'], types: ['engine'], isPure: true },
  {
    name: 'broker',
    imports: ['kernel', 'protocol', 'storage', 'replication', 'metadata', 'coordinator', 'rpc', 'engine'],
    isPure: true,
  },
  { name: 'controller', imports: ['kernel', 'protocol', 'storage', 'metadata', 'rpc', 'engine'], isPure: true },
  /** Loose files in engine/: the interfaces of the shells. */
  { name: 'engine', imports: ['kernel', 'protocol'], isPure: true },
  { name: 'host', imports: ['kernel', 'broker', 'controller', 'engine', 'codecs'], builtins: 'any' },
  /** What compresses, in host/codecs/: bytes in, bytes out, and nothing of the outside but its own code. */
  { name: 'codecs', imports: ['kernel'], builtins: 'any' },
  /** rpc: a fault rule is refused by the code that would carry it out. */
  { name: 'cluster', imports: ['host', 'kernel', 'engine', 'rpc'], builtins: 'any' },
  { name: 'contract', imports: [] },
  /** One cluster as a Kafka client: the only place that knows the client library. Of the contract it may use words for errors. */
  { name: 'client', imports: ['kernel', 'protocol'], types: ['contract'] },
  /** What was last read of a cluster: no I/O, no clock. Of the client it knows what things look like. */
  { name: 'gateway model', imports: [], types: ['client', 'contract'], isPure: true },
  /** Readers that fill the model. */
  { name: 'gateway sampling', imports: ['kernel', 'client', 'gateway model', 'contract'] },
  /** The face towards the rest of the program: types, and the error they speak of. */
  { name: 'gateway face', imports: ['client'], types: ['contract'] },
  /** What all subjects share. */
  {
    name: 'gateway context',
    imports: ['kernel', 'client', 'gateway model', 'gateway sampling', 'gateway face', 'contract'],
  },
  ...subjects.map(
    (name): Area => ({ name: `gateway ${name}`, imports: belowSubjects, types: ['gateway face'], builtins: 'any' }),
  ),
  /** create.ts: the list of subjects. */
  {
    name: 'gateway',
    imports: [...belowSubjects, 'gateway face', ...subjects.map((name) => `gateway ${name}`)],
  },
  { name: 'lab', imports: ['cluster', 'contract'] },
  { name: 'live', imports: ['gateway face', 'contract'], types: ['lab'], builtins: 'any' },
  { name: 'bridge', imports: [], types: ['gateway face', 'lab', 'live', 'contract'] },
  { name: 'config', imports: [], builtins: 'any' },
  {
    name: 'main',
    imports: ['config', 'cluster', 'lab', 'gateway', 'gateway face', 'live', 'bridge', 'contract', 'project'],
    builtins: 'any',
  },
  {
    name: 'sim',
    imports: [
      'kernel',
      'protocol',
      'storage',
      'replication',
      'metadata',
      'coordinator',
      'rpc',
      'broker',
      'controller',
      'engine',
      'codecs',
    ],
    isPure: true,
  },
  /** Its command line: the clock on the wall, the seed and the commit. */
  { name: 'sim-cli', imports: ['sim'], builtins: 'any' },
  { name: 'checks', imports: ['config'], builtins: 'any' },
  { name: 'ui', imports: ['components'] },
  { name: 'charts', imports: ['ui', 'components', 'contract'] },
  { name: 'live-ui', imports: ['ui', 'components', 'section', 'sections', 'contract'] },
  /** Loose files in components/: formatting and the like, below everything. */
  { name: 'components', imports: ['contract'] },
  /** What anybody outside a subject knows of it: declared there, and of no page, so that whoever reads it draws in none. */
  { name: 'section', imports: ['ui', 'components'], types: ['contract'] },
  /** The list of them, one line each. */
  { name: 'sections', imports: ['section', 'components'] },
  ...features.map((name) => ({ name: `feature ${name}`, imports: belowShell })),
  { name: 'shell', imports: [...belowShell, ...features.map((name) => `feature ${name}`), 'feature palette'] },
  { name: 'feature palette', imports: belowShell },
  {
    name: 'app',
    imports: [...belowShell, 'bridge', 'shell', 'feature palette', ...features.map((name) => `feature ${name}`)],
    builtins: 'any',
  },
  { name: 'e2e', imports: ['contract', 'kernel', 'protocol'], builtins: 'any' },
  { name: 'project', imports: [] },
];

/** Packages that only some areas may use. What is not listed is free for all but pure areas. */
export const restrictedPackages: readonly { readonly name: RegExp; readonly areas: readonly string[] }[] = [
  { name: /^@platformatic\/kafka$/, areas: ['client', 'e2e'] },
  { name: /^kafkajs$/, areas: ['e2e'] },
  { name: /^(react|react-dom)(\/|$)/, areas: ['app', 'components', 'ui', 'charts', 'live-ui', 'shell', 'feature'] },
  { name: /^next(\/|$)/, areas: ['app', 'main', 'project', 'components', 'ui', 'live-ui', 'shell', 'feature'] },
  { name: /^ws$/, areas: ['live', 'e2e'] },
  { name: /^playwright/, areas: ['e2e'] },
];

/** Packages a pure area may use: they compute and touch nothing outside. */
export const purePackages: Readonly<Record<string, readonly string[]>> = {};

const places: readonly (readonly [RegExp, string])[] = [
  [/^server\/engine\/host\/codecs\//, 'codecs'],
  [/^server\/engine\/(storage|replication|metadata|coordinator|rpc|broker|controller|host)\//, '$1'],
  [/^server\/engine\/cluster\.ts$/, 'cluster'],
  [/^server\/engine\//, 'engine'],
  [/^server\/live\/contract(\.ts$|\/)/, 'contract'],
  [/^server\/sim\/cli\.ts$/, 'sim-cli'],
  [/^server\/gateway\/gateway\.ts$/, 'gateway face'],
  [/^server\/gateway\/(context|feature|watches|windowed)(\.test)?\.ts$/, 'gateway context'],
  [/^server\/gateway\/testing\//, 'gateway'],
  [/^server\/gateway\/([^/]+)\//, 'gateway $1'],
  [/^server\/(kernel|protocol|client|gateway|live|lab|sim|checks)\//, '$1'],
  [/^server\/(bridge|config)\.ts$/, '$1'],
  [/^server\/[^/]+$/, 'main'],
  [/^components\/(ui|charts|shell)\//, '$1'],
  [/^components\/live\//, 'live-ui'],
  [/^components\/[^/]+\/section\.ts$/, 'section'],
  [/^components\/sections(\.test)?\.ts$/, 'sections'],
  [/^components\/([^/]+)\//, 'feature $1'],
  [/^components\/[^/]+$/, 'components'],
  [/^(app|e2e)\//, '$1'],
  [/^[^/]+$/, 'project'],
];

/** The area of a file by its path from the project's root, or null: a place the law does not know. */
export function areaOf(path: string): string | null {
  for (const [pattern, name] of places) {
    const match = pattern.exec(path);
    if (match) return name.replace('$1', match[1] ?? '');
  }
  return null;
}
