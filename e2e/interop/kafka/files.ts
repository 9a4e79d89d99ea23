// Every file our brokers wrote, read by Apache Kafka's DumpLogSegments after the cluster has ended.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from '../../support/apache-kafka.ts';
import { expect } from '../check.ts';

const DUMP = 'org.apache.kafka.tools.DumpLogSegments';
const FILES_AT_ONCE = 150;
const TIMEOUT_MS = 180_000;

/** Rejects with the first complaint; gives what was read in a few words. */
export async function dumpAll(dataDir: string): Promise<string> {
  const all = readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dataDir, name))
    .filter((path) => /\.(log|index|timeindex|txnindex|snapshot)$/.test(path) && statSync(path).size > 0);
  const of = (pattern: RegExp) => all.filter((path) => pattern.test(path));
  const logs = of(/\.log$/);
  expect(logs.length > 0, 'the brokers wrote no log');
  const internal = /__consumer_offsets|__transaction_state|__cluster_metadata/;
  const isOfPeople = (path: string) => !internal.test(path);
  const ofPeople = await dump(logs.filter(isOfPeople), ['--deep-iteration']);
  const batches = [
    ofPeople,
    await dump(of(/__consumer_offsets.*\.log$/), ['--offsets-decoder']),
    await dump(of(/__transaction_state.*\.log$/), ['--transaction-log-decoder']),
    await dump(of(/__cluster_metadata.*\.log$/), ['--cluster-metadata-decoder']),
  ].reduce((sum, dumped) => sum + dumped.batches, 0);
  await dump(of(/\.(index|timeindex)$/), ['--index-sanity-check']);
  await dump(of(/\.snapshot$/).filter(isOfPeople), []);
  const indexes = of(/\.txnindex$/);
  await dump(
    indexes.filter((path) => !isOfPeople(path)),
    [],
  );
  const { aborted } = await dump(indexes.filter(isOfPeople), []);
  expect(aborted > 0, 'no index names an aborted transaction');
  expect(
    aborted === ofPeople.abortMarkers,
    `the indexes name ${aborted} aborted transactions, the logs hold ${ofPeople.abortMarkers} markers of abort`,
  );
  return `${all.length} files, ${batches} batches, ${aborted} aborted transactions`;
}

interface Dumped {
  readonly batches: number;
  readonly abortMarkers: number;
  /** Entries of .txnindex files. */
  readonly aborted: number;
}

async function dump(files: readonly string[], options: readonly string[]): Promise<Dumped> {
  const seen = { batches: 0, abortMarkers: 0, aborted: 0 };
  for (let start = 0; start < files.length; start += FILES_AT_ONCE) {
    const some = files.slice(start, start + FILES_AT_ONCE);
    const printed = await runTool(DUMP, ['--files', some.join(','), ...options], TIMEOUT_MS);
    const complaint = /isvalid: false|Mismatches in|not sane|corrupt|Could not|Non-consecutive|Exception|Error/i.exec(
      printed,
    );
    if (complaint !== null) {
      throw new Error(printed.slice(Math.max(0, complaint.index - 300), complaint.index + 500));
    }
    seen.batches += count(printed, /isvalid: true/g);
    seen.abortMarkers += count(printed, /endTxnMarker: ABORT/g);
    seen.aborted += count(printed, /^version: \d+ producerId: .*lastStableOffset: /gm);
  }
  return seen;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
