// Shared by the interop tests: an in-order set of records to compare, waiting for a condition, running a command.
import { spawn, spawnSync } from 'node:child_process';
import { createReadStream } from 'node:fs';

/** Waits until `isTrue` holds, asking every 20 ms; throws naming `what` after `timeoutMs`. */
export async function until(what: string, timeoutMs: number, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!(await isTrue())) {
    if (performance.now() > endMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs a command to its end; `inputFile` becomes its standard input. */
export async function run(
  command: string,
  args: readonly string[],
  options: { inputFile?: string; timeoutMs?: number } = {},
): Promise<CommandResult> {
  // Not as a part of this test run: a child that runs tests of its own reports in words.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const pieces: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (bytes: Buffer) => pieces.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => {
    stderr = (stderr + bytes).slice(-4000);
  });
  child.stdin.on('error', () => child.kill());
  if (options.inputFile === undefined) child.stdin.end();
  else createReadStream(options.inputFile).pipe(child.stdin);
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000);
  const code = await new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
  clearTimeout(timer);
  return { code, stdout: Buffer.concat(pieces), stderr };
}

export function isInstalled(command: string): boolean {
  return spawnSync(command, ['-V']).error === undefined;
}
