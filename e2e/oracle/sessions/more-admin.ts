// Sessions about quotas, credentials, access control, log dirs and features: what a cluster without security says of security, and
// what it keeps for who asks.
import { saslHandshake } from '../../../server/protocol/schema/17-sasl-handshake.ts';
import { createTopics } from '../../../server/protocol/schema/19-create-topics.ts';
import { describeAcls } from '../../../server/protocol/schema/29-describe-acls.ts';
import { createAcls } from '../../../server/protocol/schema/30-create-acls.ts';
import { deleteAcls } from '../../../server/protocol/schema/31-delete-acls.ts';
import { alterReplicaLogDirs } from '../../../server/protocol/schema/34-alter-replica-log-dirs.ts';
import { describeLogDirs } from '../../../server/protocol/schema/35-describe-log-dirs.ts';
import { saslAuthenticate } from '../../../server/protocol/schema/36-sasl-authenticate.ts';
import { describeClientQuotas } from '../../../server/protocol/schema/48-describe-client-quotas.ts';
import { alterClientQuotas } from '../../../server/protocol/schema/49-alter-client-quotas.ts';
import { describeUserScramCredentials } from '../../../server/protocol/schema/50-describe-user-scram-credentials.ts';
import { alterUserScramCredentials } from '../../../server/protocol/schema/51-alter-user-scram-credentials.ts';
import { updateFeatures } from '../../../server/protocol/schema/57-update-features.ts';
import { listConfigResources } from '../../../server/protocol/schema/74-list-config-resources.ts';
import type { Session, Talk } from '../talk.ts';

const EXACT = 0;
const DEFAULT = 1;
const ANY = 2;
/** Long enough for a broker to have seen what its controller decided. */
const SEEN_MS = 500;

type Entity = Readonly<Record<string, string | null>>;
type Ops = Readonly<Record<string, number | null>>;

const pause = () => new Promise((resolve) => setTimeout(resolve, SEEN_MS));
const partsOf = (entity: Entity) =>
  Object.entries(entity).map(([entityType, entityName]) => ({ entityType, entityName }));
const opsOf = (ops: Ops) =>
  Object.entries(ops).map(([key, value]) => ({ key, value: value ?? 0, remove: value === null }));

async function setQuotas(
  talk: Talk,
  entries: readonly (readonly [Entity, Ops])[],
  { version = 1, validateOnly = false }: { version?: number; validateOnly?: boolean } = {},
): Promise<void> {
  await talk.ask(alterClientQuotas, version, {
    entries: entries.map(([entity, ops]) => ({ entity: partsOf(entity), ops: opsOf(ops) })),
    validateOnly,
  });
  await pause();
}
const quotas = (
  talk: Talk,
  components: readonly (readonly [string, number, string | null])[],
  { version = 1, strict = false }: { version?: number; strict?: boolean } = {},
) =>
  talk.ask(describeClientQuotas, version, {
    components: components.map(([entityType, matchType, match]) => ({ entityType, matchType, match })),
    strict,
  });

const quotaSessions: readonly Session[] = [
  ...[0, 1].map((version) => ({
    name: `quotas-set-v${version}`,
    run: async (talk: Talk) => {
      const client = `${talk.prefix}-c`;
      const ofClient = [['client-id', EXACT, client]] as const;
      await setQuotas(talk, [[{ 'client-id': client }, { producer_byte_rate: 1000, consumer_byte_rate: 2000 }]], {
        version,
      });
      await quotas(talk, ofClient, { version });
      await setQuotas(talk, [[{ 'client-id': client }, { producer_byte_rate: null, request_percentage: 12.5 }]], {
        version,
      });
      await quotas(talk, ofClient, { version });
      await setQuotas(talk, [[{ 'client-id': client }, { consumer_byte_rate: null, request_percentage: null }]], {
        version,
      });
      await quotas(talk, ofClient, { version });
    },
  })),
  {
    name: 'quotas-entities',
    run: async (talk) => {
      const [user, client] = [`${talk.prefix}-u`, `${talk.prefix}-c`];
      const rate = { controller_mutation_rate: 5 };
      await setQuotas(talk, [
        [{ user }, rate],
        [{ user, 'client-id': client }, rate],
        [{ user, 'client-id': null }, rate],
      ]);
      await quotas(talk, [['user', EXACT, user]]);
      await quotas(talk, [['user', EXACT, user]], { strict: true });
      await quotas(talk, [
        ['user', EXACT, user],
        ['client-id', DEFAULT, null],
      ]);
      await quotas(talk, [
        ['user', EXACT, user],
        ['client-id', ANY, null],
      ]);
      await quotas(talk, [['client-id', EXACT, client]], { strict: true });
      const none = { controller_mutation_rate: null };
      await setQuotas(talk, [
        [{ user }, none],
        [{ user, 'client-id': client }, none],
        [{ user, 'client-id': null }, none],
      ]);
      await quotas(talk, [['user', EXACT, user]]);
    },
  },
  {
    name: 'quotas-bad-values',
    run: async (talk) => {
      const entity = { 'client-id': `${talk.prefix}-c` };
      for (const value of [0, -1, 1.5, 1e300, Number.POSITIVE_INFINITY]) {
        await setQuotas(talk, [[entity, { producer_byte_rate: value }]]);
      }
      await setQuotas(talk, [[entity, { nonsense: 1 }]]);
      await setQuotas(talk, [[entity, { nonsense: null }]]);
      await setQuotas(talk, [[entity, { producer_byte_rate: 10, nonsense: 1 }]]);
      await setQuotas(talk, [[entity, { request_percentage: 0.001 }]], { validateOnly: true });
      await quotas(talk, [['client-id', EXACT, `${talk.prefix}-c`]]);
    },
  },
  {
    name: 'quotas-bad-entities',
    run: async (talk) => {
      const rate = { producer_byte_rate: 1000 };
      const both = { ip: '127.0.0.1', user: 'x' };
      const bad: readonly Entity[] = [{}, { nonsense: 'x' }, { user: '' }, { 'client-id': '' }, both];
      for (const entity of bad) await setQuotas(talk, [[entity, rate]]);
      await setQuotas(talk, [[{ ip: '127.0.0.1' }, rate]]);
    },
  },
  {
    name: 'quotas-address',
    run: async (talk) => {
      await setQuotas(talk, [[{ ip: '127.0.0.9' }, { connection_creation_rate: 1000 }]]);
      await quotas(talk, [['ip', EXACT, '127.0.0.9']]);
    },
  },
  {
    name: 'quotas-twice',
    run: async (talk) => {
      const client = `${talk.prefix}-c`;
      await setQuotas(talk, [
        [{ 'client-id': client }, { producer_byte_rate: 1000 }],
        [{ 'client-id': client }, { producer_byte_rate: 2000 }],
      ]);
      await quotas(talk, [['client-id', EXACT, client]]);
      const twice = { key: 'producer_byte_rate', value: 1, remove: false };
      await talk.ask(alterClientQuotas, 1, {
        entries: [{ entity: partsOf({ 'client-id': `${client}2` }), ops: [twice, twice] }],
        validateOnly: false,
      });
      await quotas(talk, [['client-id', EXACT, `${client}2`]]);
    },
  },
  {
    name: 'quotas-bad-filters',
    run: async (talk) => {
      await quotas(talk, [['', EXACT, 'x']]);
      await quotas(talk, [['nonsense', EXACT, 'x']]);
      await quotas(talk, [
        ['user', EXACT, 'x'],
        ['user', EXACT, 'y'],
      ]);
      await quotas(talk, [['user', EXACT, null]]);
      await quotas(talk, [['user', DEFAULT, 'x']]);
      await quotas(talk, [['user', ANY, 'x']]);
      await quotas(talk, [['user', 9, null]]);
      await quotas(talk, [
        ['ip', ANY, null],
        ['user', ANY, null],
      ]);
    },
  },
];

/** Changes of partitions on a connection whose client id has a quota: the connection's name is the client's. */
const mutationSession: Session = {
  name: 'quotas-mutation',
  run: async (talk) => {
    const wire = 'held';
    await setQuotas(talk, [[{ 'client-id': `oracle-${wire}` }, { controller_mutation_rate: 2 }]]);
    const create = (version: number, stem: string, partitions: number) =>
      talk.ask(
        createTopics,
        version,
        {
          topics: [{ name: `${talk.prefix}-${stem}`, numPartitions: partitions, replicationFactor: 1 }],
          timeoutMs: 30_000,
        },
        wire,
      );
    const codes = async (version: number, stem: string, partitions: number) => {
      const { topics, throttleTimeMs } = await create(version, stem, partitions);
      talk.trace.pop();
      const outcome = [topics[0]?.errorCode, throttleTimeMs > 0];
      talk.note(`CreateTopics v${version} of ${partitions}`, outcome);
    };
    await codes(7, 'burst', 25);
    await codes(7, 'refused', 1);
    await codes(7, 'after-the-wait', 1);
    await codes(5, 'older', 9);
    await setQuotas(talk, [[{ 'client-id': `oracle-${wire}` }, { controller_mutation_rate: null }]]);
    await codes(7, 'free', 1);
  },
};

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
  await pause();
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

const securitySessions: readonly Session[] = [
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

const dirSessions: readonly Session[] = [1, 2].map((version) => ({
  name: `alter-log-dirs-v${version}`,
  run: async (talk: Talk) => {
    const topic = await talk.topic('t', 2);
    const { results } = await talk.ask(describeLogDirs, 4, { topics: [{ topic, partitions: [0] }] });
    const path = results[0]?.logDir ?? '';
    const move = (to: string, name: string, partitions: readonly number[]) =>
      talk.ask(alterReplicaLogDirs, version, { dirs: [{ path: to, topics: [{ name, partitions: [...partitions] }] }] });
    await move(path, topic, [0, 1]);
    await move('/nowhere', topic, [0]);
    await move(path, topic, [7]);
    await move(path, `${topic}-missing`, [0]);
    await move(path, 'x'.repeat(249), [0]);
    await move(path, topic, []);
  },
}));

const resourceSessions: readonly Session[] = [
  {
    name: 'list-config-resources',
    run: async (talk) => {
      await talk.ask(listConfigResources, 0, {});
      for (const type of [8, 16, 4]) {
        const { configResources } = await talk.ask(listConfigResources, 1, { resourceTypes: [type] });
        talk.note('how many', configResources.length);
      }
      for (const type of [0, 1, 3, 99]) await talk.ask(listConfigResources, 1, { resourceTypes: [type] });
    },
  },
];

const UPGRADE = 1;
const SAFE_DOWNGRADE = 2;
type Update = readonly [feature: string, level: number, upgradeType: number];
const update = (talk: Talk, version: number, updates: readonly Update[]) =>
  talk.ask(updateFeatures, version, {
    featureUpdates: updates.map(([feature, maxVersionLevel, upgradeType]) => ({
      feature,
      maxVersionLevel,
      upgradeType,
      allowDowngrade: upgradeType !== UPGRADE,
    })),
    validateOnly: true,
  });

const featureSessions: readonly Session[] = [
  ...[0, 1, 2].map((version) => ({
    name: `update-features-v${version}`,
    run: async (talk: Talk) => {
      await update(talk, version, [['group.version', 1, UPGRADE]]);
      await update(talk, version, [['group.version', 0, UPGRADE]]);
      await update(talk, version, [['group.version', 2, UPGRADE]]);
      await update(talk, version, [['group.version', -1, UPGRADE]]);
      await update(talk, version, [
        ['nonsense', 1, UPGRADE],
        ['group.version', 1, UPGRADE],
      ]);
      await update(talk, version, [['metadata.version', 99, UPGRADE]]);
      await update(talk, version, []);
      if (version > 0) await update(talk, version, [['group.version', 1, 9]]);
    },
  })),
  {
    name: 'update-features-back',
    run: async (talk) => {
      await update(talk, 2, [['group.version', 0, SAFE_DOWNGRADE]]);
    },
  },
];

export const moreAdminSessions: readonly Session[] = [
  ...quotaSessions,
  mutationSession,
  ...credentialSessions,
  ...securitySessions,
  ...dirSessions,
  ...resourceSessions,
  ...featureSessions,
];
