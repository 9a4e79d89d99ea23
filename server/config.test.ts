import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Config, editDistance, environmentName, type Flag, flags, helpText, readCommandLine } from './config.ts';

function run(argv: string[], environment: Record<string, string> = {}): Config {
  const line = readCommandLine(argv, environment);
  assert.equal(line.action, 'run', line.action === 'refuse' ? line.sentence : line.action);
  return (line as { config: Config }).config;
}

function refusal(argv: string[], environment: Record<string, string> = {}): string {
  const line = readCommandLine(argv, environment);
  assert.equal(line.action, 'refuse');
  const { sentence } = line as { sentence: string };
  assert.doesNotMatch(sentence, /\n/, 'one line');
  return sentence;
}

test('[CFG-1] without flags the defaults of the table hold, and the configuration is frozen', () => {
  const config = run([]);
  assert.deepEqual(config, {
    httpPort: 3000,
    host: '127.0.0.1',
    brokers: 3,
    kafkaPort: 9092,
    saslPort: null,
    racks: [],
    settings: {},
    isProduction: false,
    dataDir: './data',
    isEphemeral: false,
    bootstrapServers: null,
    logLevel: 'info',
    isDev: false,
    endsWithParent: false,
  });
  assert.ok(Object.isFrozen(config));
});

/** One fitting value per flag, and the field it must show up in. */
const fitting: Record<string, { value: string; check: (config: Config) => unknown; expected: unknown }> = {
  'http-port': { value: '4000', check: (config) => config.httpPort, expected: 4000 },
  host: { value: '0.0.0.0', check: (config) => config.host, expected: '0.0.0.0' },
  brokers: { value: '5', check: (config) => config.brokers, expected: 5 },
  'kafka-port': { value: '19092', check: (config) => config.kafkaPort, expected: 19092 },
  'sasl-port': { value: '19192', check: (config) => config.saslPort, expected: 19192 },
  racks: { value: 'a, b,c', check: (config) => config.racks, expected: ['a', 'b', 'c'] },
  settings: {
    value: 'num.partitions=6, sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256',
    check: (config) => config.settings,
    expected: { 'num.partitions': '6', 'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256' },
  },
  production: { value: 'true', check: (config) => config.isProduction, expected: true },
  'data-dir': { value: '/tmp/x', check: (config) => config.dataDir, expected: '/tmp/x' },
  ephemeral: { value: 'true', check: (config) => config.isEphemeral, expected: true },
  'bootstrap-servers': {
    value: 'one:9092, [::1]:9093',
    check: (config) => config.bootstrapServers,
    expected: ['one:9092', '[::1]:9093'],
  },
  'log-level': { value: 'debug', check: (config) => config.logLevel, expected: 'debug' },
  dev: { value: 'true', check: (config) => config.isDev, expected: true },
};

for (const flag of flags as readonly Flag[]) {
  if (flag.name === 'help' || flag.name === 'version') {
    test(`[CFG-2] --${flag.name} is an action of its own, by flag and by environment`, () => {
      assert.equal(readCommandLine([`--${flag.name}`], {}).action, flag.name);
      assert.equal(readCommandLine([], { [environmentName(flag.name)]: '1' }).action, flag.name);
    });
    continue;
  }
  test(`[CFG-2] --${flag.name} is read as a flag, with an equals sign and from the environment`, () => {
    const sample = fitting[flag.name];
    assert.ok(sample, 'every flag has a sample here');
    const { value, check, expected } = sample;
    const spaced = flag.kind === 'switch' ? [`--${flag.name}`] : [`--${flag.name}`, value];
    assert.deepEqual(check(run(spaced)), expected);
    assert.deepEqual(check(run([`--${flag.name}=${value}`])), expected);
    assert.deepEqual(check(run([], { [environmentName(flag.name)]: value })), expected);
  });
  if (flag.kind !== 'switch') {
    test(`[CFG-4] --${flag.name} without a value is refused and shows its use`, () => {
      assert.match(refusal([`--${flag.name}`]), new RegExp(`^--${flag.name} needs a value: --${flag.name} <`));
      assert.match(refusal([`--${flag.name}=`]), /needs a value/);
      assert.match(refusal([`--${flag.name}`, '--ephemeral']), /needs a value/);
    });
  }
  if (flag.kind === 'integer') {
    test(`[CFG-5] --${flag.name} out of range or no whole number is refused with the range`, () => {
      for (const wrong of [String(flag.min - 1), String(flag.max + 1), '1.5', 'abc', '1e3', '0x10', '9'.repeat(30)]) {
        const sentence = refusal([`--${flag.name}=${wrong}`]);
        assert.match(sentence, new RegExp(`^--${flag.name} is "${wrong}": .* from ${flag.min} to ${flag.max}`));
      }
      assert.match(refusal([], { [environmentName(flag.name)]: 'x' }), new RegExp(`^${environmentName(flag.name)} is`));
    });
  }
}

test('[CFG-3] a flag wins over the environment, the last flag over earlier ones, and an empty variable is unset', () => {
  assert.equal(run(['--brokers', '2'], { BARNABAS_BROKERS: '5' }).brokers, 2);
  assert.equal(run(['--brokers', '2', '--brokers', '4']).brokers, 4);
  assert.equal(run([], { BARNABAS_BROKERS: '' }).brokers, 3);
  assert.equal(run(['--ephemeral=false'], { BARNABAS_EPHEMERAL: 'true' }).isEphemeral, false);
});

test('[CFG-6] an unknown flag is refused with the nearest one, a stray word with the rule', () => {
  assert.match(refusal(['--http-prot', '1']), /^unknown flag --http-prot: did you mean --http-port\?/);
  assert.match(refusal(['--boostrap-server=x:1']), /did you mean --bootstrap-servers\?/);
  assert.match(refusal(['--qqqqqqqqqqqqqq']), /^unknown flag --qqqqqqqqqqqqqq; npm start -- --help/);
  assert.match(refusal(['start']), /^unexpected argument "start"/);
  assert.match(refusal(['-p', '3000']), /^unexpected argument "-p"/);
});

test('[CFG-7] switches take true or false only, choices one of their words', () => {
  assert.match(refusal(['--ephemeral=maybe']), /^--ephemeral is "maybe": it is a switch/);
  assert.match(refusal([], { BARNABAS_EPHEMERAL: 'yes' }), /^BARNABAS_EPHEMERAL is "yes"/);
  assert.match(refusal(['--log-level', 'loud']), /one of error, warn, info, debug/);
});

test('[CFG-8] hosts and bootstrap servers of a wrong shape are refused with an example', () => {
  for (const wrong of ['http://localhost', 'localhost:3000', 'a b', '999.1.1.1', '-x']) {
    assert.match(refusal([`--host=${wrong}`]), /host name or an IP address/);
  }
  for (const right of ['::1', '0.0.0.0', 'my-host.example', 'localhost'])
    assert.equal(run(['--host', right]).host, right);
  for (const wrong of ['localhost', 'a:0', 'a:65536', 'http://a:1', 'a:1,b', '::1:9092', 'a:b']) {
    assert.match(refusal([`--bootstrap-servers=${wrong}`]), /each entry must be host:port/);
  }
  assert.match(refusal(['--bootstrap-servers=,']), /holds 0 servers/);
  assert.match(refusal([`--bootstrap-servers=${'a:1,'.repeat(65)}`]), /holds 65 servers/);
  assert.match(refusal([`--data-dir=${'x'.repeat(5000)}`]), /at most 4096/);
});

test('[CFG-12] racks of a wrong shape, and too many, are refused with an example', () => {
  for (const wrong of ['a,,b', 'a b', ',', `${'x'.repeat(65)}`, 'a,ä']) {
    assert.match(refusal([`--racks=${wrong}`]), /^--racks holds ".*": give 1 to 16 names .* such as a,b,c/);
  }
  assert.match(refusal([`--racks=${'a,'.repeat(16)}a`]), /holds 17 racks/);
  assert.match(refusal(['--racks=a', '--bootstrap-servers=b:1']), /^--racks is for the embedded cluster/);
  assert.equal(run(['--production', '--bootstrap-servers=a:1']).isProduction, true);
});

test('[CFG-15] settings that are no names with values are refused with an example', () => {
  for (const wrong of ['a', '=1', 'num.partitions 6', 'A=1', 'a=1,=2']) {
    assert.match(
      refusal([`--settings=${wrong}`]),
      /^--settings holds ".*": give names and values as num\.partitions=6/,
    );
  }
  assert.deepEqual(run(['--settings', 'a=1,b=,c=x=y']).settings, { a: '1', b: '', c: 'x=y' });
  assert.match(refusal(['--settings=a=1', '--bootstrap-servers=b:1']), /^--settings is for the embedded cluster/);
});

test('[CFG-9] flags that contradict each other are refused by name', () => {
  assert.match(refusal(['--ephemeral', '--data-dir', 'x']), /^--ephemeral and --data-dir contradict/);
  assert.match(refusal(['--bootstrap-servers=a:1', '--brokers=3']), /^--brokers is for the embedded cluster/);
  assert.match(refusal(['--bootstrap-servers=a:1'], { BARNABAS_KAFKA_PORT: '1' }), /^BARNABAS_KAFKA_PORT is for/);
  assert.match(refusal(['--kafka-port=65534']), /^broker 3 would listen on port 65536.* at most 65533/);
  assert.match(refusal(['--http-port=9094']), /^port 9094 is wanted by the dashboard and by broker 3/);
  assert.equal(run(['--http-port=9095']).httpPort, 9095);
  assert.match(refusal(['--sasl-port=65534']), /^broker 3 would listen on port 65536.* --sasl-port of at most 65533/);
  assert.match(refusal(['--sasl-port=2999']), /^port 3000 is wanted by the dashboard and by broker 2: .*--sasl-port$/);
  for (const port of [9090, 9092, 9094]) assert.match(refusal([`--sasl-port=${port}`]), /two brokers.*at least 3 away/);
  assert.equal(run(['--sasl-port=9095']).saslPort, 9095);
  assert.match(refusal(['--bootstrap-servers=a:1', '--sasl-port=1']), /^--sasl-port is for the embedded cluster/);
  assert.equal(run(['--http-port=9094', '--bootstrap-servers=a:1']).httpPort, 9094);
});

test('[CFG-10] --help shows every flag that is not hidden, with default and range', () => {
  const text = helpText();
  for (const flag of flags as readonly Flag[]) {
    assert.equal(text.includes(`--${flag.name}`), !flag.isHidden, flag.name);
  }
  assert.match(text, /--brokers <brokers> +brokers of the embedded cluster \(1 to 16, default 3\)/);
});

test('[CFG-11] any words give a configuration, an action or one refusing line, never an exception', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom(...flags.map((flag) => `--${flag.name}`)),
    fc.integer().map(String),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
      const line = readCommandLine(argv, {});
      if (line.action === 'refuse') assert.match(line.sentence, /^[^\r\n]{10,}$/);
    }),
  );
});

test('[CFG-14] edit distance is a metric', () => {
  const short = fc.string({ maxLength: 8 });
  fc.assert(
    fc.property(short, short, short, (a, b, c) => {
      assert.equal(editDistance(a, a), 0);
      assert.equal(editDistance(a, b), editDistance(b, a));
      assert.ok(editDistance(a, c) <= editDistance(a, b) + editDistance(b, c));
    }),
  );
});
