// Runs before start, dev and test, on whatever Node (18 or newer) the machine has: installs the packages when the lock file
// changed since the last install, and with the word `build` builds the pages when their sources changed. Plain JavaScript
// without a package, since nothing is installed on a fresh clone. It must stay cheap: every start waits for it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const isWindows = process.platform === 'win32';
const pinnedNode = join('node_modules', '.bin', isWindows ? 'node.cmd' : 'node');
const nextCommand = join('node_modules', 'next', 'dist', 'bin', 'next');
const installStamp = join('node_modules', '.setup-lock');
const buildStamp = join('.next', '.setup-sources');
const oldestNodeMajor = 24;

/** What the pages are made of. Everything else in server/ is never bundled. */
const pageSources = [
  'app',
  'components',
  'public',
  'server/live/contract.ts',
  'server/live/contract/limits.ts',
  'server/live/contract/quota-id.ts',
  'server/bridge.ts',
  'next.config.mjs',
  'postcss.config.mjs',
  'tsconfig.json',
  'package-lock.json',
];

function fail(sentence) {
  console.error(`barnabas: ${sentence}`);
  process.exit(1);
}

/** Runs one command in the foreground, with `environment` laid over this one. Returns its exit status. */
function run(command, args, environment) {
  const { status, error, signal } = spawnSync(command, args, {
    stdio: 'inherit',
    shell: isWindows,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...environment },
  });
  if (error?.code === 'ENOENT') {
    fail(`"${command}" was not found: install Node 20 or newer together with npm, and see that both are in PATH`);
  }
  if (error) fail(`"${command}" could not be run (${error.message})`);
  if (signal) process.exit(130);
  return status ?? 1;
}

/** Content hash of files and folders, tests left out; a missing path counts as empty. */
function digest(paths) {
  const hash = createHash('sha256');
  const add = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) {
      for (const name of readdirSync(path).sort()) add(`${path}/${name}`);
    } else if (!/\.test\.tsx?$/.test(path)) {
      hash.update(`${path}\0${stat.size}\0`).update(readFileSync(path));
    }
  };
  for (const path of paths) add(path);
  return hash.digest('hex');
}

function isStale(stamp, now) {
  return !existsSync(stamp) || readFileSync(stamp, 'utf8') !== now;
}

/** npm that runs this script, if any, run by the machine's own Node: the pinned one is being replaced meanwhile. */
function npmCommand() {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  if (script?.endsWith('.js') && node && existsSync(node) && !node.includes('node_modules')) return [node, [script]];
  return ['npm', []];
}

/** On a machine where the pinned binary cannot run (musl, say) the machine's own Node is used instead. */
function keepPinnedNodeIfItRuns() {
  if (existsSync(pinnedNode) && spawnSync(pinnedNode, ['-v'], { shell: isWindows }).status !== 0) rmSync(pinnedNode);
}

function install() {
  if (!existsSync('package-lock.json')) fail('package-lock.json is missing: take it from the repository again');
  const lock = digest(['package-lock.json']);
  if (!isStale(installStamp, lock)) return;
  console.log('barnabas: installing packages (once, and again when package-lock.json changes)');
  const [command, first] = npmCommand();
  const args = [...first, 'ci', '--include=dev', '--include=optional', '--no-fund', '--no-audit', '--loglevel=error'];
  // NODE_ENV=production in the shell would leave out what building and testing need.
  const status = run(command, args, { NODE_ENV: undefined });
  if (status !== 0) {
    fail(
      `packages could not be installed (npm ci ended with ${status}, its lines above say why): check the network, or npm's registry and proxy settings, and start again`,
    );
  }
  keepPinnedNodeIfItRuns();
  writeFileSync(installStamp, lock);
}

function build() {
  const sources = digest(pageSources);
  if (!isStale(buildStamp, sources) && existsSync(join('.next', 'BUILD_ID'))) return;
  if (!existsSync('app')) fail('the folder app/ is missing: take it from the repository again');
  console.log('barnabas: building the pages (once, and again when their sources change)');
  rmSync(buildStamp, { force: true });
  // Left behind by `npm run dev`: types of routes that may be gone, which the type check would stumble over.
  rmSync(join('.next', 'dev', 'types'), { recursive: true, force: true });
  const node = existsSync(pinnedNode) ? pinnedNode : process.execPath;
  const status = run(node, [nextCommand, 'build'], { NODE_ENV: 'production' });
  if (status !== 0) fail(`the pages could not be built (next build ended with ${status}, its lines above say why)`);
  mkdirSync('.next', { recursive: true });
  writeFileSync(buildStamp, sources);
}

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'));
install();
if (!existsSync(pinnedNode) && Number(process.versions.node.split('.')[0]) < oldestNodeMajor) {
  fail(
    `no Node is carried for ${process.platform}-${process.arch}: install Node ${oldestNodeMajor} or newer (this is ${process.version})`,
  );
}
if (process.argv.includes('build')) build();
