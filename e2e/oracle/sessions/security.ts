// Sessions about credentials, access control and SASL: what a cluster without security says of security.
import { saslHandshake } from '../../../server/protocol/schema/17-sasl-handshake.ts';
import { describeAcls } from '../../../server/protocol/schema/29-describe-acls.ts';
import { createAcls } from '../../../server/protocol/schema/30-create-acls.ts';
import { deleteAcls } from '../../../server/protocol/schema/31-delete-acls.ts';
import { saslAuthenticate } from '../../../server/protocol/schema/36-sasl-authenticate.ts';
import { describeUserScramCredentials } from '../../../server/protocol/schema/50-describe-user-scram-credentials.ts';
import { alterUserScramCredentials } from '../../../server/protocol/schema/51-alter-user-scram-credentials.ts';
import type { Session, Talk } from '../talk.ts';

const SHA_256 = 1;
const SHA_512 = 2;
const SALT = Buffer.from('salt of the session');
const SALTED = Buffer.alloc(32, 7);
type Deletion = readonly [string, number];
type Upsertion = readonly [string, number, number];

async function setCredentials(talk: Talk, upsertions: readonly Upsertion[], deletions: readonly Deletion[] = []) {
  await talk.ask(alterUserScramCredentials, 0, {
    deletions: deletions.map(([name, mechanism]) => ({ name, mechanism })),
    upsertions: upsertions.map(([name, mechanism, iterations]) => ({
      name,
      mechanism,
      iterations,
      salt: SALT,
      saltedPassword: SALTED,
    })),
  });
  await talk.pause();
}
const credentials = (talk: Talk, users: readonly string[]) =>
  talk.ask(describeUserScramCredentials, 0, { users: users.map((name) => ({ name })) });

const credentialSessions: readonly Session[] = [
  {
    name: 'scram-set',
    run: async (talk) => {
      const user = `${talk.prefix}-u`;
      await credentials(talk, [user]);
      await setCredentials(talk, [[user, SHA_256, 4096]]);
      await setCredentials(talk, [[user, SHA_512, 8192]]);
      await credentials(talk, [user]);
      await setCredentials(talk, [[user, SHA_256, 16_384]]);
      await credentials(talk, [user, user]);
      await credentials(talk, [user, `${user}2`]);
      await setCredentials(talk, [], [[user, SHA_256]]);
      await credentials(talk, [user]);
      await setCredentials(talk, [], [[user, SHA_512]]);
      await setCredentials(talk, [], [[user, SHA_512]]);
      await credentials(talk, [user]);
    },
  },
  {
    name: 'scram-bad',
    run: async (talk) => {
      const user = `${talk.prefix}-u`;
      await setCredentials(talk, [['', SHA_256, 4096]]);
      await setCredentials(talk, [[user, 9, 4096]]);
      await setCredentials(talk, [[user, 0, 4096]]);
      await setCredentials(talk, [[user, SHA_256, 4095]]);
      await setCredentials(talk, [[user, SHA_256, 16_385]]);
      await setCredentials(talk, [], [['', SHA_256]]);
      await setCredentials(talk, [], [[user, 9]]);
      await setCredentials(talk, [
        [user, SHA_256, 4096],
        [user, SHA_512, 4096],
      ]);
      await setCredentials(talk, [[user, SHA_256, 4096]], [[user, SHA_512]]);
      await credentials(talk, [user]);
    },
  },
];

const ANY_ACL = {
  resourceNameFilter: null,
  principalFilter: null,
  hostFilter: null,
  resourceTypeFilter: 1,
  patternTypeFilter: 1,
  operation: 1,
  permissionType: 1,
};
const ONE_ACL = {
  resourceType: 2,
  resourceName: 't',
  resourcePatternType: 3,
  principal: 'User:x',
  host: '*',
  operation: 3,
  permissionType: 3,
};

const refusingSessions: readonly Session[] = [
  ...[1, 2, 3].map((version) => ({
    name: `acls-v${version}`,
    run: async (talk: Talk) => {
      await talk.ask(describeAcls, version, ANY_ACL);
      await talk.ask(createAcls, version, { creations: [ONE_ACL, { ...ONE_ACL, resourceName: 'u' }] });
      await talk.ask(createAcls, version, { creations: [] });
      await talk.ask(deleteAcls, version, { filters: [ANY_ACL, ANY_ACL] });
    },
  })),
  ...[0, 1].map((version) => ({
    name: `sasl-handshake-v${version}`,
    run: async (talk: Talk) => {
      await talk.ask(saslHandshake, version, { mechanism: 'PLAIN' });
      await talk.ask(saslHandshake, version, { mechanism: 'NONSENSE' });
    },
  })),
  ...[0, 1, 2].map((version) => ({
    name: `sasl-authenticate-v${version}`,
    run: async (talk: Talk) => {
      await talk.ask(saslAuthenticate, version, { authBytes: Buffer.from('\0user\0secret') });
      await talk.topic('still-served');
    },
  })),
];

export const securitySessions: readonly Session[] = [...credentialSessions, ...refusingSessions];
