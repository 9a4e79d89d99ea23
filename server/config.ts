// The command line and the environment, read once into a frozen Config. One table drives parsing, checking, --help and the
// tests. Called by main.ts only; nothing else in server/ reads process.env. It touches no disk and no network.
import { isIP } from 'node:net';

export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface Config {
  /** 0 takes any free port. */
  readonly httpPort: number;
  readonly host: string;
  readonly brokers: number;
  /** Broker i listens on kafkaPort + i − 1. */
  readonly kafkaPort: number;
  /** Broker i listens on saslPort + i − 1 too, for clients that authenticate; null: it does not. */
  readonly saslPort: number | null;
  /** Broker i is in racks[(i − 1) mod n]; empty: no broker has a rack. */
  readonly racks: readonly string[];
  /** Static broker settings by Kafka's names; the controller knows which there are. */
  readonly settings: Readonly<Record<string, string>>;
  /** The lab is off: nothing here can stop, kill or break a node. */
  readonly isProduction: boolean;
  readonly dataDir: string;
  /** Data in a temporary folder that is removed on exit; dataDir is then unused. */
  readonly isEphemeral: boolean;
  /** host:port of an external cluster; null runs the embedded one. */
  readonly bootstrapServers: readonly string[] | null;
  readonly logLevel: LogLevel;
  readonly isDev: boolean;
  /** Started by an npm script: the process must end when npm does. */
  readonly endsWithParent: boolean;
}

export type CommandLine =
  | { readonly action: 'run'; readonly config: Config }
  | { readonly action: 'help' }
  | { readonly action: 'version' }
  /** `sentence` says what is wrong and how to mend it, in one line. */
  | { readonly action: 'refuse'; readonly sentence: string };

export type Environment = Readonly<Record<string, string | undefined>>;

interface FlagCommon {
  readonly name: string;
  readonly help: string;
  /** Works, but is not in --help. */
  readonly isHidden?: boolean;
}
export type Flag = FlagCommon &
  (
    | { readonly kind: 'switch' }
    | {
        readonly kind: 'integer';
        readonly default: number;
        readonly min: number;
        readonly max: number;
        readonly unit: string;
      }
    | { readonly kind: 'choice'; readonly default: string; readonly choices: readonly string[] }
    | { readonly kind: 'text'; readonly default: string; readonly unit: string; readonly maxLength: number }
  );

export const flags = [
  {
    name: 'http-port',
    kind: 'integer',
    default: 3000,
    min: 0,
    max: 65_535,
    unit: 'port',
    help: 'port of the dashboard; 0 takes any free one',
  },
  {
    name: 'host',
    kind: 'text',
    default: '127.0.0.1',
    unit: 'address',
    maxLength: 253,
    help: 'address that the dashboard and the brokers listen on',
  },
  {
    name: 'brokers',
    kind: 'integer',
    default: 3,
    min: 1,
    max: 16,
    unit: 'brokers',
    help: 'brokers of the embedded cluster',
  },
  {
    name: 'kafka-port',
    kind: 'integer',
    default: 9092,
    min: 1,
    max: 65_535,
    unit: 'port',
    help: 'port of broker 1; broker i listens on this port + i − 1',
  },
  {
    name: 'sasl-port',
    kind: 'integer',
    default: 0,
    min: 0,
    max: 65_535,
    unit: 'port',
    help: 'second port of broker 1, for clients that authenticate (SASL); broker i has this port + i − 1; 0: none',
  },
  {
    name: 'racks',
    kind: 'text',
    default: '',
    unit: 'name,…',
    maxLength: 1_000,
    help: 'racks of the brokers in turn: with a,b,c broker 1 is in a, broker 2 in b, broker 4 in a again',
  },
  {
    name: 'settings',
    kind: 'text',
    default: '',
    unit: 'name=value,…',
    maxLength: 4_096,
    help: 'settings of all brokers by Kafka’s names: num.partitions=6,auto.create.topics.enable=false',
  },
  { name: 'production', kind: 'switch', help: 'turn the lab off: no node can be stopped or broken from the dashboard' },
  {
    name: 'data-dir',
    kind: 'text',
    default: './data',
    unit: 'folder',
    maxLength: 4_096,
    help: 'folder that keeps everything',
  },
  { name: 'ephemeral', kind: 'switch', help: 'keep data in a temporary folder that is removed on exit' },
  {
    name: 'bootstrap-servers',
    kind: 'text',
    default: '',
    unit: 'host:port,…',
    maxLength: 4_096,
    help: 'show an external Kafka cluster instead of the embedded one',
  },
  { name: 'log-level', kind: 'choice', default: 'info', choices: logLevels, help: 'least important lines to print' },
  { name: 'help', kind: 'switch', help: 'print this text' },
  { name: 'version', kind: 'switch', help: 'print the version' },
  { name: 'dev', kind: 'switch', isHidden: true, help: 'pages with hot reload, for working on the dashboard itself' },
] as const satisfies readonly Flag[];

type FlagName = (typeof flags)[number]['name'];
type Given = ReadonlyMap<string, { readonly value: string; readonly from: string }>;

class WrongUse extends Error {}

const seeHelp = 'npm start -- --help lists every flag';

/**
 * Reads flags first, then BARNABAS_<FLAG>, then defaults. A flag given twice counts as given last; an empty environment
 * variable counts as unset. Never throws: wrong use comes back as one sentence.
 */
export function readCommandLine(argv: readonly string[], environment: Environment): CommandLine {
  try {
    const given = new Map([...fromEnvironment(environment), ...fromArguments(argv)]);
    if (isOn(given, 'help')) return { action: 'help' };
    if (isOn(given, 'version')) return { action: 'version' };
    return { action: 'run', config: Object.freeze(toConfig(given, environment)) };
  } catch (error) {
    if (error instanceof WrongUse) return { action: 'refuse', sentence: error.message.replace(/\s+/g, ' ') };
    throw error;
  }
}

/** The command line and environment of this very process. */
export function readOwnCommandLine(): CommandLine {
  return readCommandLine(process.argv.slice(2), process.env);
}

/** Next reads NODE_ENV while it is being imported, so this comes before that import. */
export function announceToNext(isDev: boolean): void {
  Object.assign(process.env, { NODE_ENV: isDev ? 'development' : 'production', NEXT_TELEMETRY_DISABLED: '1' });
}

export function environmentName(flagName: string): string {
  return `BARNABAS_${flagName.toUpperCase().replaceAll('-', '_')}`;
}

export function helpText(): string {
  const rows = (flags as readonly Flag[])
    .filter((flag) => !flag.isHidden)
    .map((flag) => [usage(flag), `${flag.help}${bounds(flag)}`] as const);
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    'Barnabas: a Kafka cluster and its control room in one process.',
    '',
    'npm start -- [flags]',
    '',
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
    '',
    'Each flag can be given as an environment variable too: --http-port as BARNABAS_HTTP_PORT, --ephemeral as',
    'BARNABAS_EPHEMERAL=true. A flag wins over the environment.',
  ].join('\n');
}

function usage(flag: Flag): string {
  if (flag.kind === 'switch') return `--${flag.name}`;
  return `--${flag.name} <${flag.kind === 'choice' ? flag.choices.join('|') : flag.unit}>`;
}

function bounds(flag: Flag): string {
  if (flag.kind === 'switch') return '';
  const range = flag.kind === 'integer' ? `${flag.min} to ${flag.max}, ` : '';
  return flag.default === '' ? '' : ` (${range}default ${flag.default})`;
}

function findFlag(name: string): Flag | undefined {
  return (flags as readonly Flag[]).find((flag) => flag.name === name);
}

function fromArguments(argv: readonly string[]): Given {
  const given = new Map<string, { value: string; from: string }>();
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (!word.startsWith('--') || word === '--') {
      throw new WrongUse(`unexpected argument "${word}": every setting is a flag that begins with --; ${seeHelp}`);
    }
    const equals = word.indexOf('=');
    const name = word.slice(2, equals < 0 ? undefined : equals);
    const flag = findFlag(name);
    if (!flag) throw new WrongUse(`unknown flag --${name}${suggestion(name)}; ${seeHelp}`);
    let value = equals < 0 ? undefined : word.slice(equals + 1);
    if (flag.kind === 'switch') value ??= 'true';
    else if (value === undefined) {
      const next = argv[index + 1];
      if (next !== undefined && !next.startsWith('--')) {
        value = next;
        index++;
      }
    }
    if (value === undefined || value === '') {
      throw new WrongUse(`--${name} needs a value: ${usage(flag)}${bounds(flag)}`);
    }
    given.set(name, { value, from: `--${name}` });
  }
  return given;
}

function fromEnvironment(environment: Environment): Given {
  const given = new Map<string, { value: string; from: string }>();
  for (const flag of flags) {
    const from = environmentName(flag.name);
    const value = environment[from];
    if (value) given.set(flag.name, { value, from });
  }
  return given;
}

function suggestion(name: string): string {
  const nearest = (flags as readonly Flag[])
    .filter((flag) => !flag.isHidden)
    .map((flag) => ({ name: flag.name, distance: editDistance(name, flag.name) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return nearest && nearest.distance <= Math.max(2, name.length / 2) ? `: did you mean --${nearest.name}?` : '';
}

/** Levenshtein distance; a flag name is short, so rows are plain arrays. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function text(given: Given, name: FlagName): string {
  const flag = findFlag(name);
  const found = given.get(name);
  if (!found) return flag && flag.kind !== 'switch' ? String(flag.default) : '';
  if (flag?.kind === 'text' && found.value.length > flag.maxLength) {
    throw new WrongUse(`${found.from} is ${found.value.length} characters long: at most ${flag.maxLength} are taken`);
  }
  return found.value;
}

function integer(given: Given, name: FlagName): number {
  const flag = findFlag(name);
  const value = text(given, name);
  const number = Number(value);
  if (flag?.kind !== 'integer') throw new TypeError(`--${name} is no integer flag`);
  if (!/^-?\d+$/.test(value) || number < flag.min || number > flag.max) {
    throw new WrongUse(
      `${given.get(name)?.from} is "${value}": it must be a whole number from ${flag.min} to ${flag.max} (default ${flag.default})`,
    );
  }
  return number;
}

function isOn(given: Given, name: FlagName): boolean {
  const found = given.get(name);
  if (!found || found.value === 'false') return false;
  if (found.value === 'true' || found.value === '1') return true;
  throw new WrongUse(`${found.from} is "${found.value}": it is a switch, so give it no value, or true or false`);
}

function choice<T extends string>(given: Given, name: FlagName, choices: readonly T[]): T {
  const value = text(given, name);
  const found = choices.find((each) => each === value);
  if (!found) throw new WrongUse(`${given.get(name)?.from} is "${value}": it must be one of ${choices.join(', ')}`);
  return found;
}

function toConfig(given: Given, environment: Environment): Config {
  const config: Config = {
    httpPort: integer(given, 'http-port'),
    host: readHost(given),
    brokers: integer(given, 'brokers'),
    kafkaPort: integer(given, 'kafka-port'),
    saslPort: integer(given, 'sasl-port') || null,
    racks: readRacks(given),
    settings: readSettings(given),
    isProduction: isOn(given, 'production'),
    dataDir: text(given, 'data-dir'),
    isEphemeral: isOn(given, 'ephemeral'),
    bootstrapServers: readBootstrapServers(given),
    logLevel: choice(given, 'log-level', logLevels),
    isDev: isOn(given, 'dev'),
    endsWithParent: environment.npm_lifecycle_event !== undefined,
  };
  refuseContradictions(config, given);
  return config;
}

function readHost(given: Given): string {
  const host = text(given, 'host');
  const isName = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host) && !/^[\d.]+$/.test(host);
  if (isIP(host) === 0 && !isName) {
    throw new WrongUse(
      `${given.get('host')?.from} is "${host}": it must be a host name or an IP address of this machine, without scheme or port, such as 127.0.0.1 or 0.0.0.0`,
    );
  }
  return host;
}

const maxRacks = 16;

function readRacks(given: Given): readonly string[] {
  const found = given.get('racks');
  if (!found) return Object.freeze([]);
  const racks = text(given, 'racks')
    .split(',')
    .map((each) => each.trim());
  const wrong = racks.find((rack) => !/^[A-Za-z0-9._-]{1,64}$/.test(rack));
  if (wrong !== undefined || racks.length > maxRacks) {
    const what = wrong === undefined ? `${racks.length} racks` : `"${wrong}"`;
    throw new WrongUse(
      `${found.from} holds ${what}: give 1 to ${maxRacks} names of letters, digits, ".", "_" and "-", separated by commas, such as a,b,c`,
    );
  }
  return Object.freeze(racks);
}

/** A comma belongs to the value before it unless a name follows: sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256. */
function readSettings(given: Given): Readonly<Record<string, string>> {
  const found = given.get('settings');
  if (!found) return Object.freeze({});
  const settings: Record<string, string> = {};
  for (const entry of text(given, 'settings').split(/,(?=[^,]*=)/)) {
    const match = /^\s*([a-z][a-z0-9.]*)=(.*)$/.exec(entry);
    if (match === null) {
      throw new WrongUse(
        `${found.from} holds "${entry}": give names and values as num.partitions=6,auto.create.topics.enable=false`,
      );
    }
    settings[match[1] ?? ''] = (match[2] ?? '').trim();
  }
  return Object.freeze(settings);
}

const maxBootstrapServers = 64;

function readBootstrapServers(given: Given): readonly string[] | null {
  const found = given.get('bootstrap-servers');
  if (!found) return null;
  const servers = text(given, 'bootstrap-servers')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  for (const server of servers) {
    const match = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/.exec(server);
    const port = Number(match?.[1] ?? 0);
    if (port < 1 || port > 65_535) {
      throw new WrongUse(`${found.from} holds "${server}": each entry must be host:port, such as localhost:9092`);
    }
  }
  if (servers.length === 0 || servers.length > maxBootstrapServers) {
    throw new WrongUse(
      `${found.from} holds ${servers.length} servers: give 1 to ${maxBootstrapServers}, separated by commas`,
    );
  }
  return Object.freeze(servers);
}

function refuseContradictions(config: Config, given: Given): void {
  if (config.isEphemeral && given.has('data-dir')) {
    throw new WrongUse(
      `${given.get('ephemeral')?.from} and ${given.get('data-dir')?.from} contradict each other: leave one of them out`,
    );
  }
  if (config.bootstrapServers) {
    const own = (['brokers', 'kafka-port', 'sasl-port', 'racks', 'settings'] as const).find((name) => given.has(name));
    if (own) {
      throw new WrongUse(
        `${given.get(own)?.from} is for the embedded cluster, which ${given.get('bootstrap-servers')?.from} replaces: leave one of them out`,
      );
    }
    return;
  }
  refusePortClash(config, 'kafka-port', config.kafkaPort);
  const { saslPort } = config;
  if (saslPort === null) return;
  refusePortClash(config, 'sasl-port', saslPort);
  const distance = saslPort - config.kafkaPort;
  if (Math.abs(distance) < config.brokers) {
    throw new WrongUse(
      `port ${Math.max(saslPort, config.kafkaPort)} is wanted by two brokers, for clients that authenticate and for others: choose a --sasl-port at least ${config.brokers} away from --kafka-port`,
    );
  }
}

function refusePortClash({ brokers, httpPort }: Config, flag: FlagName, first: number): void {
  const last = first + brokers - 1;
  if (last > 65_535) {
    throw new WrongUse(
      `broker ${brokers} would listen on port ${last}, past 65535: choose a --${flag} of at most ${65_536 - brokers}`,
    );
  }
  if (httpPort >= first && httpPort <= last) {
    throw new WrongUse(
      `port ${httpPort} is wanted by the dashboard and by broker ${httpPort - first + 1}: choose another --http-port or --${flag}`,
    );
  }
}
