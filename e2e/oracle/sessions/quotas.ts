// Sessions about quotas: kept for who asks, and held to.
import { createTopics } from '../../../server/protocol/schema/19-create-topics.ts';
import { describeClientQuotas } from '../../../server/protocol/schema/48-describe-client-quotas.ts';
import { alterClientQuotas } from '../../../server/protocol/schema/49-alter-client-quotas.ts';
import { asked } from '../steps/topics.ts';
import type { Session, Talk } from '../talk.ts';

const EXACT = 0;
const DEFAULT = 1;
const ANY = 2;

type Entity = Readonly<Record<string, string | null>>;
type Ops = Readonly<Record<string, number | null>>;

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
  await talk.pause();
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

const keptSessions: readonly Session[] = [
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
      for (const [ip, rate] of [
        ['127.0.0.9', 1.5],
        ['127.0.0.9', 0],
        ['127.0.0.9', 2 ** 31],
        ['::1', 2000],
        ['no such host!', 5],
      ] as const) {
        await setQuotas(talk, [[{ ip }, { connection_creation_rate: rate }]]);
      }
      await setQuotas(talk, [[{ ip: '127.0.0.9' }, { producer_byte_rate: 1 }]]);
      await setQuotas(talk, [[{ 'client-id': 'x' }, { connection_creation_rate: 1 }]]);
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
    const codes = async (version: number, stem: string, partitions: number) => {
      const wanted = asked([{ name: `${talk.prefix}-${stem}`, partitions }]);
      const { topics, throttleTimeMs } = await talk.peek(createTopics, version, wanted, wire);
      talk.note(`CreateTopics v${version} of ${partitions}`, [topics[0]?.errorCode, throttleTimeMs > 0]);
    };
    await codes(7, 'burst', 25);
    await codes(7, 'refused', 1);
    await codes(7, 'after-the-wait', 1);
    await codes(5, 'older', 9);
    await setQuotas(talk, [[{ 'client-id': `oracle-${wire}` }, { controller_mutation_rate: null }]]);
    await codes(7, 'free', 1);
  },
};

export const quotaSessions: readonly Session[] = [...keptSessions, mutationSession];
