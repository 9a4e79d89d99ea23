import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Message } from '../../../protocol/codec.ts';
import type { Field, Fields } from '../../../protocol/grammar.ts';
import { includes } from '../../../protocol/versions.ts';
import type { Broker } from '../broker.ts';
import { anyRequest } from '../testing/any-request.ts';
import { batchOf, TestBroker } from '../testing/test-broker.ts';
import { allHandlers } from './all.ts';

const LONGEST_MS = 300;
const FEW_RUNS = 12;

test('[BRK-10] every API answers every well-formed request at every version; none is a bug and none hangs', async () => {
  const broker = await TestBroker.start();
  const topicIds = [await broker.createTopic('first', 2), await broker.createTopic('second', 1)];
  const known = {
    names: ['first', 'second', 'group', 'retention.ms', 'cleanup.policy'],
    topicIds,
    records: [batchOf(['x', 'y']), batchOf(['z'], { producerId: 1, producerEpoch: 0, baseSequence: 0 })],
  };
  // Only what it serves is read; nothing runs.
  for (const { api: declared, versions } of allHandlers({ world: broker.world } as unknown as Broker)) {
    // As other clients may fill it: with every number that 64 bits hold.
    const { fields, versions: all, flexible } = declared.request;
    const api = { ...declared, request: new Message(withWholeInt64(fields), all, flexible) };
    for (let version = declared.versions.min; version <= api.versions.max; version++) {
      if (!includes(versions, version)) continue;
      const requests = fc.sample(anyRequest(api.request.fields, version, known, LONGEST_MS), {
        numRuns: FEW_RUNS,
        seed: 1,
      });
      for (const request of requests) await answers(broker, api, version, request);
    }
  }
  assert.deepEqual(
    broker.world.lines.filter((line) => line.startsWith('error')),
    [],
  );
  await broker.stop();
});

function withWholeInt64(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, whole(field)]));
}
function whole(field: Field<unknown>): Field<unknown> {
  const element = field.element === null ? null : whole(field.element);
  const fields = field.fields === null ? null : withWholeInt64(field.fields);
  return { ...field, element, fields, kind: field.kind === 'int64' ? 'long' : field.kind };
}

async function answers(
  broker: TestBroker,
  api: ReturnType<typeof allHandlers>[number]['api'],
  version: number,
  request: Record<string, unknown>,
): Promise<void> {
  const client = await broker.connect();
  const shown = () =>
    `${api.name} version ${version}: ${JSON.stringify(request, (_, value) => (typeof value === 'bigint' ? `${value}` : value))}`;
  try {
    const isSilent = api.name === 'Produce' && request.acks === 0;
    const asked = client.send(api, version, request as Record<string, never>, 600_000);
    asked.catch(() => {});
    if (isSilent) await broker.world.settle();
    else await broker.world.until(asked, 400_000);
  } catch (error) {
    assert.fail(`${shown()} → ${String(error)} ${broker.world.lines.slice(-1).join()}`);
  } finally {
    client.close();
  }
}
