// The table of RESULTS.md: written by run.ts, and read back so that what did not run this time keeps its row.
import { KAFKA_VERSION, OTHER_PARTS_VERSION } from '../support/apache-kafka.ts';

const OUTCOMES = ['passed', 'failed', 'not run'] as const;

export interface Row {
  readonly id: string;
  readonly client: string;
  readonly outcome: (typeof OUTCOMES)[number];
  /** What was seen, or what was wrong, or why it does not run. */
  readonly note: string;
}

export function readRows(text: string): readonly Row[] {
  return text.split('\n').flatMap((line) => {
    const [, id = '', client = '', judged = '', note = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    const outcome = OUTCOMES.find((each) => each === judged);
    return outcome === undefined ? [] : [{ id, client, outcome, note: note.replaceAll('\\|', '|') }];
  });
}

/** `rows` replace those of the same name among `before`; new ones follow. */
export function table(before: readonly Row[], rows: readonly Row[]): string {
  const byId = new Map([...before, ...rows].map((row) => [row.id, row]));
  const all = [...byId.values()];
  const clients = [...new Set(all.map(({ client }) => client))];
  const summary = clients.map((client) => {
    const own = all.filter((row) => row.client === client);
    const count = (outcome: Row['outcome']) => own.filter((row) => row.outcome === outcome).length;
    const judged = own.length - count('not run');
    return `| ${client} | ${versionOf(client)} | ${judged} | ${count('passed')} | ${count('not run')} |`;
  });
  const lines = all.map(({ id, client, outcome, note }) => {
    const text = note.trim().replaceAll('|', '\\|').replaceAll('\n', ' ');
    return `| ${id} | ${client} | ${outcome} | ${text} |`;
  });
  return `# Other people’s clients against Barnabas

Written by \`npm run interop -- --write\` (three brokers, factor 3). Each row that has passed once is in \`passing.json\` and must
pass from then on.

| client | version | checks | passed | not run |
|---|---|---|---|---|
${summary.join('\n')}

| check | client | outcome | what was seen, or why not |
|---|---|---|---|
${lines.join('\n')}
`;
}

/** Whose suite comes from a checkout is of the day it was made. */
function versionOf(client: string): string {
  if (/^(franz-go|librdkafka)/.test(client)) return 'main';
  return ['Kafka Streams', 'Kafka Connect'].includes(client) ? OTHER_PARTS_VERSION : KAFKA_VERSION;
}
