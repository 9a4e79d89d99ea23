// Proves what the page of users gives people to copy, and what it says of logging in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientListener } from '../../server/live/contract.ts';
import { clientSettings, deleteCommand, passwordCommand } from './client-settings.ts';
import { passwordHint, randomPassword, userNameProblem } from './password.ts';
import { whereToLogIn } from './where.ts';

const plain: ClientListener = { name: 'PLAINTEXT', protocol: 'PLAINTEXT', addresses: ['h:1'] };
const sasl: ClientListener = { name: 'CLIENTS', protocol: 'SASL_SSL', addresses: ['h:2', 'i:2'] };
const login = { listener: sasl, mechanism: 'SCRAM-SHA-512', user: `o'n"e`, password: `p'a"s\\s` } as const;

test('[WEB-80] settings of a client quote user and password for what they are pasted into', () => {
  const kcat = clientSettings('kcat', login);
  assert.match(kcat, /-b h:2,i:2 /);
  assert.ok(kcat.includes(`-X 'sasl.password=p'\\''a"s\\s'`), kcat);
  const java = clientSettings('java', login);
  assert.match(java, /security.protocol=SASL_SSL/);
  // A properties file takes one backslash of each pair, JAAS the other.
  assert.ok(java.includes(`password="p'a\\\\"s\\\\\\\\s";`), java);
  const script = clientSettings('kafkajs', login);
  const options = new Function('Kafka', `${script} return kafka;`)(function Kafka(this: unknown, given: unknown) {
    return given;
  });
  assert.deepEqual(options, {
    brokers: ['h:2', 'i:2'],
    ssl: true,
    sasl: { mechanism: 'scram-sha-512', username: login.user, password: login.password },
  });
});

test('[WEB-81] commands have a place for the password and never the password', () => {
  const set = passwordCommand(['h:1'], 'al ice', ['SCRAM-SHA-256', 'SCRAM-SHA-512'], 8192);
  assert.ok(
    set.includes(
      `--add-config 'SCRAM-SHA-256=[iterations=8192,password=<password>],SCRAM-SHA-512=[iterations=8192,password=<password>]'`,
    ),
    set,
  );
  assert.ok(set.includes(`--entity-type users --entity-name 'al ice'`));
  assert.match(deleteCommand(['h:1'], 'a', ['SCRAM-SHA-256']), /--alter --delete-config SCRAM-SHA-256 /);
});

test('[WEB-82] a made password is 24 plain letters and digits, each as likely, and never the same', () => {
  assert.match(randomPassword(), /^[A-Za-z2-9]{24}$/);
  assert.notEqual(randomPassword(), randomPassword());
  // Bytes that would favour the first letters are thrown away.
  let round = 0;
  const bytes = (into: Uint8Array) => into.fill(round++ === 0 ? 255 : 0);
  assert.equal(randomPassword(bytes), 'A'.repeat(24));
  assert.match(passwordHint('pässword-long') ?? '', /SASLprep/);
  assert.match(passwordHint('short') ?? '', /Twelve/);
  assert.equal(passwordHint('quite-long-enough'), null);
  assert.match(userNameProblem(' a') ?? '', /space/);
});

test('[WEB-83] without a listener that asks, or without SCRAM, it is said that nobody can log in, and why', () => {
  assert.deepEqual(whereToLogIn(null, true), { is: 'unknown' });
  const none = whereToLogIn({ listeners: [plain], mechanisms: ['SCRAM-SHA-256'] }, true);
  assert.ok(none.is === 'open' && /every client is ANONYMOUS.*--sasl-port/.test(none.sentence));
  const outside = whereToLogIn({ listeners: [plain], mechanisms: [] }, false);
  assert.ok(outside.is === 'open' && !outside.sentence.includes('--sasl-port'));
  const other = whereToLogIn({ listeners: [plain, sasl], mechanisms: ['GSSAPI'] }, false);
  assert.ok(other.is === 'open' && /by GSSAPI, and not by SCRAM/.test(other.sentence));
  const asked = whereToLogIn({ listeners: [plain, sasl], mechanisms: ['PLAIN', 'SCRAM-SHA-512'] }, true);
  assert.deepEqual(asked, { is: 'asked', listener: sasl, mechanisms: ['SCRAM-SHA-512'], open: [plain] });
});
