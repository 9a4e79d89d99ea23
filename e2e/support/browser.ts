// Finds a Chromium for the browser tests and launches it. Order: CHROMIUM_PATH, an installed Chrome or Chromium, Playwright's
// own download, the one carried by npm, Debian's package (when this is root). Called by the *.e2e.ts files.
import { spawnSync } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { type Browser, chromium } from 'playwright';

const launchArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const installed = [
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/chromium-headless-shell',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const nothingFound =
  'no browser for the tests: install Google Chrome or Chromium, or set CHROMIUM_PATH to the program file of one';

/** Starts a headless browser; the caller closes it. Throws one clear line when there is none on this machine. */
export async function launchBrowser(): Promise<Browser> {
  const tried: string[] = [];
  for await (const executablePath of candidates()) {
    try {
      return await chromium.launch({ executablePath, args: launchArguments });
    } catch (error) {
      // Present but not runnable here (a missing shared library, say): the next one may be.
      tried.push(`${executablePath}: ${String(error).split('\n')[0]}`);
    }
  }
  throw new Error([nothingFound, ...tried].join('\n  tried '));
}

async function* candidates(): AsyncGenerator<string> {
  const own = process.env.CHROMIUM_PATH;
  if (own) {
    yield own;
    return; // Asked for by name: another one in its place would hide the mistake.
  }
  for (const path of [...installed, chromium.executablePath()]) if (await isRunnable(path)) yield path;
  const carried = await unpackCarried();
  if (carried) yield carried;
  if (installFromDebian()) yield '/usr/bin/chromium';
}

function isRunnable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The browser inside an npm package: Linux on x64 only. */
async function unpackCarried(): Promise<string | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const { default: carried } = await import('@sparticuz/chromium');
  return carried.executablePath().catch((error: unknown) => {
    console.error(`the browser carried by npm could not be unpacked: ${String(error)}`);
    return null;
  });
}

function installFromDebian(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const run = (...args: string[]) =>
    spawnSync('apt-get', args, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status;
  return (
    run('install', '-y', '--no-install-recommends', 'chromium') === 0 ||
    (run('update') === 0 && run('install', '-y', '--no-install-recommends', 'chromium') === 0)
  );
}
