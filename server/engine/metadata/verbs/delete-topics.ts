// DeleteTopics by name or, from version 6, by id (ControllerApis.deleteTopics).
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { ZERO_UUID } from '../../../protocol/grammar.ts';
import type { deleteTopics } from '../../../protocol/schema/20-delete-topics.ts';
import {
  type ControllerView,
  type Decision,
  duplicatesOf,
  isRefusal,
  problemWithPermits,
  type Refusal,
  refuse,
} from '../decision.ts';
import type { TopicImage } from '../image.ts';
import { type MetadataRecord, record } from '../record.ts';
import { brokerSetting } from '../settings.ts';

type Request = RequestOf<typeof deleteTopics>;
type Reply = ResponseInput<typeof deleteTopics>;
type Named = Request['topics'][number];

export function decideDeleteTopics(view: ControllerView, request: Request): Decision<Reply> {
  const wanted: Named[] = [...request.topics, ...request.topicNames.map((name) => ({ name, topicId: ZERO_UUID }))];
  const isEnabled = brokerSetting(view.state, view.settings, 'delete.topic.enable') === 'true';
  const twice = duplicatesOf(wanted.map((one) => idOf(view, one)));
  const records: MetadataRecord[] = [];
  const responses: NonNullable<Reply['responses']>[number][] = [];
  const answered = new Set<string>();
  for (const one of wanted) {
    const key = idOf(view, one);
    if (answered.has(key)) continue;
    answered.add(key);
    const found = isEnabled ? find(view, one, twice.has(key)) : DISABLED;
    if (isRefusal(found)) {
      responses.push({ ...(twice.has(key) ? askedFor(view, one, wanted) : one), ...found });
      continue;
    }
    const exceeded = problemWithPermits(view, found.partitions.length);
    if (exceeded !== null) {
      responses.push({ ...one, ...exceeded });
      continue;
    }
    records.push(record('removeTopic', { topicId: found.topicId }));
    responses.push({ name: found.name, topicId: found.topicId, errorCode: ErrorCode.NONE });
  }
  return { records, reply: { responses } };
}

const DISABLED = refuse(ErrorCode.TOPIC_DELETION_DISABLED, 'delete.topic.enable is false.');

/** The topic's id when it is there, so that name and id of one topic count as the same. */
function idOf(view: ControllerView, { name, topicId }: Named): string {
  if (name === null) return topicId;
  return topicId === ZERO_UUID ? (view.state.topics.get(name)?.topicId ?? `name ${name}`) : `both ${name} ${topicId}`;
}

/** As it was asked for; a topic given by its name and by its id is answered once, with both. */
function askedFor(view: ControllerView, one: Named, wanted: readonly Named[]): Named {
  const key = idOf(view, one);
  const same = wanted.filter((other) => idOf(view, other) === key);
  const name = same.find((other) => other.name !== null)?.name ?? null;
  return { name, topicId: same.find((other) => other.topicId !== ZERO_UUID)?.topicId ?? ZERO_UUID };
}

function find(view: ControllerView, { name, topicId }: Named, isTwice: boolean): TopicImage | Refusal {
  const wrong = (message: string) => refuse(ErrorCode.INVALID_REQUEST, message);
  if (name !== null && topicId !== ZERO_UUID) return wrong('You may not specify both topic name and topic id.');
  if (name === null && topicId === ZERO_UUID) return wrong('Neither topic name nor id were specified.');
  if (isTwice) return wrong(name === null ? 'Duplicate topic id.' : 'Duplicate topic name.');
  if (name === null) {
    const message = 'This server does not host this topic ID.';
    return view.state.topicsById.get(topicId) ?? refuse(ErrorCode.UNKNOWN_TOPIC_ID, message);
  }
  const message = 'This server does not host this topic-partition.';
  return view.state.topics.get(name) ?? refuse(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, message);
}
