// Checks that every import of the project is allowed by areas.ts, that no files import each other in a circle, and that pure
// areas use nothing ambient. Run by run-all.ts (as a program) and by its tests (as functions). Reads files, changes none.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { type Area, areaOf, areas, purePackages, restrictedPackages } from './areas.ts';
import { scan } from './specifiers.ts';

/** Path from the project's root, with slashes → source. */
export type Sources = ReadonlyMap<string, string>;

export interface Verdict {
  readonly violations: readonly string[];
  readonly modules: number;
  readonly imports: number;
}

const folders = ['server', 'app', 'components', 'e2e'];
/** Far below what the project has: a checker that saw almost nothing must not report success. */
export const leastModules = 40;

export function readSources(root: string): Sources {
  const sources = new Map<string, string>();
  for (const folder of folders) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(ts|tsx|mjs)$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      sources.set(path.slice(root.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8'));
    }
  }
  return sources;
}

export function checkImports(sources: Sources): Verdict {
  const byName = new Map(areas.map((area) => [area.name, area]));
  const graph = new Map<string, readonly string[]>();
  const violations: string[] = [];
  let imports = 0;
  for (const [path, source] of sources) {
    const area = byName.get(areaOf(path) ?? '');
    if (!area) {
      violations.push(`${path}: the law knows no area for this place; add one to areas.ts`);
      continue;
    }
    const { imports: found, code } = scan(source);
    imports += found.length;
    const targets: string[] = [];
    for (const { specifier, isTypeOnly } of found) {
      const target = specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(path), specifier)) : null;
      const problem = target ? judgeFile(area, path, target, isTypeOnly) : judgePackage(area, path, specifier);
      if (problem) violations.push(`${path}: ${problem}`);
      // Types too, inside an area as across: files that know each other can be read, moved and tested only together.
      if (target) targets.push(target);
    }
    graph.set(path, targets);
    if (area.isPure && !isTest(path)) violations.push(...findAmbient(path, code));
  }
  return { violations: [...violations, ...findCycles(graph)], modules: sources.size, imports };
}

function isTest(path: string): boolean {
  return /\.(test|integration)\.tsx?$|(^|\/)(fake|testing|fixtures?|arbitrary|crash)[-./]/.test(path);
}

function judgeFile(area: Area, path: string, target: string, isTypeOnly: boolean): string | null {
  const other = areaOf(target);
  if (other === null || target.startsWith('..')) return `imports ${target}, which is outside the project's areas`;
  if (other === area.name || area.imports.includes(other)) return null;
  if (isTypeOnly && area.types?.includes(other)) return null;
  // A test may use fakes and real parts of other server areas to drive its own; the law is for what ships.
  if (isTest(path) && path.startsWith('server/') && target.startsWith('server/')) return null;
  return `${area.name} may not import ${other} (${target})`;
}

function judgePackage(area: Area, path: string, specifier: string): string | null {
  if (specifier.startsWith('node:')) {
    return area.builtins === 'any' || isTest(path) ? null : `${area.name} may not import ${specifier}`;
  }
  const rule = restrictedPackages.find(({ name }) => name.test(specifier));
  const kind = area.name.split(' ')[0] ?? '';
  if (rule && !isTest(path) && !rule.areas.includes(kind))
    return `${area.name} may not import the package ${specifier}`;
  if (area.isPure && !isTest(path) && !purePackages[area.name]?.includes(specifier)) {
    return `${area.name} is pure and may not import the package ${specifier}`;
  }
  return null;
}

const ambient: readonly (readonly [RegExp, string])[] = [
  [/\bnew Date\b|\bDate\s*[.(]/, 'Date'],
  [/\bMath\s*\.\s*random\b/, 'Math.random'],
  [/(?<![.\w])(setTimeout|setInterval|setImmediate|queueMicrotask)\s*\(/, 'a timer'],
  [/(?<![.\w])performance\s*\./, 'performance'],
  [/(?<![.\w])process\s*\./, 'process'],
  [/(?<![.\w])crypto\s*\./, 'crypto'],
];

function findAmbient(path: string, code: string): string[] {
  return ambient
    .filter(([pattern]) => pattern.test(code))
    .map(([pattern, name]) => {
      const line = code.slice(0, code.search(pattern)).split('\n').length;
      return `${path}:${line}: uses ${name}; in a pure area it comes in through World`;
    });
}

/** Circles among files, each named once by its members (Tarjan's strongly connected components). */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[] = [];
  const visit = (path: string): void => {
    index.set(path, index.size);
    low.set(path, index.get(path) ?? 0);
    stack.push(path);
    for (const next of graph.get(path) ?? []) {
      if (!graph.has(next)) continue;
      if (!index.has(next)) {
        visit(next);
        low.set(path, Math.min(low.get(path) ?? 0, low.get(next) ?? 0));
      } else if (stack.includes(next)) {
        low.set(path, Math.min(low.get(path) ?? 0, index.get(next) ?? 0));
      }
    }
    if (low.get(path) !== index.get(path)) return;
    const members = stack.splice(stack.indexOf(path));
    if (members.length > 1) cycles.push(`files import each other in a circle: ${members.sort().join(' ↔ ')}`);
  };
  for (const path of graph.keys()) if (!index.has(path)) visit(path);
  return cycles;
}

function main(): void {
  const root = resolve(import.meta.dirname, '../..');
  const { violations, modules, imports } = checkImports(readSources(root));
  for (const violation of violations) console.error(violation);
  const isBlind = modules < leastModules || imports < leastModules;
  if (isBlind) console.error(`only ${modules} modules with ${imports} imports were seen: the checker is blind`);
  console.log(`${modules} modules, ${imports} imports, ${violations.length} violations`);
  process.exitCode = violations.length > 0 || isBlind ? 1 : 0;
}

if (import.meta.main) main();
