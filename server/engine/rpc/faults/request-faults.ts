// Carries out the lab's fault rules: between the decoded request and its handler, a request can be delayed, answered with an error or
// cost its connection. One per listener; the dispatcher asks it only while there are rules. It never touches what nodes say to each
// other, nor what the dashboard says, unless a rule names them.
import type { World } from '../../../kernel/world.ts';
import type { FaultRule } from '../../lab.ts';
import { CLOSE_CONNECTION, type Handler, NO_RESPONSE, type RequestContext } from '../handler.ts';
import type { TopicNameOf } from '../usage.ts';
import { type Carrier, faultyApi, type Message, matches } from './fault-carriers.ts';

/** What the error message of an answer says, where it has one. */
const MESSAGE = 'by a fault rule of the lab';
const PRODUCE = 0;
const FETCH = 1;
/** Ids of clients that only a pattern hits which begins with the same word: nodes of the cluster, and the dashboard. */
const GUARDED: readonly { readonly clientId: RegExp; readonly word: string }[] = [
  { clientId: /^broker-\d+-/, word: 'broker-' },
  { clientId: /^controller-/, word: 'controller-' },
  { clientId: /^barnabas-dashboard$/, word: 'barnabas-' },
];

export interface Served {
  readonly handler: Handler;
  readonly request: unknown;
  readonly context: RequestContext;
  /** What the connection reads: a fetch session names it only once. */
  readonly fetched: Iterable<string>;
}

export class RequestFaults {
  readonly #world: World;
  readonly #topicNameOf: TopicNameOf;
  #rules: readonly FaultRule[] = [];

  constructor(world: World, topicNameOf: TopicNameOf) {
    this.#world = world;
    this.#topicNameOf = topicNameOf;
  }

  set(rules: readonly FaultRule[]): void {
    this.#rules = rules;
  }
  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /** What the handler answers, or what a rule makes of it. */
  serve(served: Served): unknown {
    const rule = this.#rules.find((each) => this.#fits(each, served));
    if (rule === undefined) return handle(served);
    const { action } = rule;
    // A fetch is hit when its answer speaks of the topic, since only then is there anything to go wrong.
    const isCountedLater = action.kind === 'error' && carrierOf(served)?.kind === 'after';
    if (!isCountedLater && !take(rule)) return handle(served);
    switch (action.kind) {
      case 'delay':
        return this.#later(action.delayMs, served);
      case 'drop':
        return CLOSE_CONNECTION;
      case 'error':
        return this.#fail(rule, action.errorCode, served);
    }
  }

  #fits(rule: FaultRule, { handler, request, context, fetched }: Served): boolean {
    if (rule.api !== null && rule.api !== handler.api.name) return false;
    if (faultyApi(handler.api.key) === undefined) return false;
    if (this.#world.clock.nowMs() >= rule.expiresAtMs || Atomics.load(rule.left, 0) === 0) return false;
    if (!isMeant(rule.clientId, context.clientId)) return false;
    return rule.topic === null || this.#namesTopic(rule.topic, handler.api.key, request as Message, fetched);
  }

  #namesTopic(pattern: string, apiKey: number, request: Message, fetched: Iterable<string>): boolean {
    const { topics, groups } = request;
    // Metadata of all topics.
    if (topics === null) return true;
    const lists = [request.topicData, topics, ...listOf(groups).map((group) => group.topics)];
    if (lists.some((list) => listOf(list).some((topic) => this.#isOf(pattern, topic)))) return true;
    if (apiKey !== FETCH) return false;
    for (const topic of fetched) if (matches(pattern, this.#topicNameOf(topic) ?? topic)) return true;
    return false;
  }

  /** A topic of a request or an answer, by name or by id. */
  #isOf(pattern: string | null, { name, topic, topicId }: Message): boolean {
    if (pattern === null) return true;
    const given = typeof name === 'string' && name !== '' ? name : topic;
    if (typeof given === 'string' && given !== '') return matches(pattern, given);
    const found = typeof topicId === 'string' ? this.#topicNameOf(topicId) : null;
    return found !== null && matches(pattern, found);
  }

  /** Then the handler, unless the connection is gone by then. */
  #later(delayMs: number, served: Served): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const forget = served.context.connection.onClose(() => cancel());
      const cancel = this.#world.timers.after(delayMs, () => {
        forget();
        try {
          resolve(handle(served));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #fail(rule: FaultRule, errorCode: number, served: Served): unknown {
    const carrier = carrierOf(served);
    const request = served.request as Message;
    switch (carrier?.kind) {
      case 'top':
        return { errorCode, errorMessage: MESSAGE };
      case 'groups':
        return failedOffsets(request, errorCode);
      case 'coordinators': {
        const none = { nodeId: -1, host: '', port: -1, errorCode, errorMessage: MESSAGE };
        const keys = (request.coordinatorKeys as readonly string[]) ?? [];
        return { ...none, coordinators: keys.map((key) => ({ ...none, key })) };
      }
      case 'split':
        return this.#split(rule, errorCode, carrier, served);
      case 'after': {
        const answer = handle(served);
        const change = (given: unknown) => this.#change(rule, errorCode, carrier, given);
        return answer instanceof Promise ? answer.then(change) : change(answer);
      }
      default:
        return handle(served);
    }
  }

  /** Topics that fit get the error; the rest of the request is carried out, and both answers become one. */
  #split(rule: FaultRule, errorCode: number, carrier: Extract<Carrier, { kind: 'split' }>, served: Served): unknown {
    const request = served.request as Message;
    if (served.handler.api.key === PRODUCE && request.acks === 0) return CLOSE_CONNECTION;
    const asked = listOf(request[carrier.request]);
    const hit = asked.filter((topic) => this.#isOf(rule.topic, topic));
    const failed = hit.map((topic) => failedTopic(topic, errorCode, carrier));
    const rest = asked.filter((topic) => !hit.includes(topic));
    if (rest.length === 0) return { [carrier.response]: failed };
    const join = (answer: unknown) => {
      if (answer === NO_RESPONSE || answer === CLOSE_CONNECTION) return answer;
      const message = answer as Message;
      return { ...message, [carrier.response]: [...listOf(message[carrier.response]), ...failed] };
    };
    const answer = handle({ ...served, request: { ...request, [carrier.request]: rest } });
    return answer instanceof Promise ? answer.then(join) : join(answer);
  }

  #change(rule: FaultRule, errorCode: number, carrier: Extract<Carrier, { kind: 'after' }>, answer: unknown): unknown {
    if (typeof answer === 'symbol') return answer;
    const message = answer as Message;
    const topics = listOf(message[carrier.response]);
    const isHit = topics.some((topic) => this.#isOf(rule.topic, topic));
    if (!isHit || !take(rule)) return answer;
    const changed = topics.map((topic) =>
      this.#isOf(rule.topic, topic) ? withError(topic, errorCode, carrier) : topic,
    );
    return { ...message, [carrier.response]: changed };
  }
}

const handle = ({ handler, request, context }: Served): unknown => handler.handle(request, context);
const carrierOf = ({ handler }: Served): Carrier => faultyApi(handler.api.key)?.carrier ?? null;
const listOf = (value: unknown): readonly Message[] =>
  Array.isArray(value)
    ? value.map((each: unknown) => (typeof each === 'string' ? { name: each } : (each as Message)))
    : [];

function isMeant(pattern: string, clientId: string): boolean {
  const guard = GUARDED.find((each) => each.clientId.test(clientId));
  if (guard !== undefined && !pattern.startsWith(guard.word)) return false;
  return matches(pattern, clientId);
}

/** One of the requests the rule has left; exact also when several brokers ask at once. */
function take({ left, hits }: FaultRule): boolean {
  for (;;) {
    const count = Atomics.load(left, 0);
    if (count === 0) return false;
    if (count < 0 || Atomics.compareExchange(left, 0, count, count - 1) === count) break;
  }
  Atomics.add(hits, 0, 1);
  return true;
}

function failedTopic(topic: Message, errorCode: number, { parts }: Extract<Carrier, { kind: 'split' }>): Message {
  const { name, topicId } = topic;
  if (parts === null) return { name, topicId, errorCode, errorMessage: MESSAGE };
  const partitions = listOf(topic[parts.asked]).map((partition) => ({
    [parts.answeredIndex]: partition[parts.askedIndex],
    errorCode,
    errorMessage: MESSAGE,
    baseOffset: -1,
    lowWatermark: -1,
  }));
  return { name, topicId, [parts.answered]: partitions };
}

/** Per group, for the whole answer, or per partition: each version has one of them. */
function failedOffsets({ groups, topics }: Message, errorCode: number): Message {
  return {
    errorCode,
    groups: listOf(groups).map(({ groupId }) => ({ groupId, errorCode })),
    topics: listOf(topics).map(({ name, partitionIndexes }) => ({
      name,
      partitions: ((partitionIndexes ?? []) as readonly number[]).map((partitionIndex) => ({
        partitionIndex,
        committedOffset: -1,
        errorCode,
      })),
    })),
  };
}

function withError(topic: Message, errorCode: number, { change }: Extract<Carrier, { kind: 'after' }>): Message {
  const { topic: name, topicId } = topic;
  return { ...(name === undefined ? {} : { topic: name }), topicId, ...change(topic, errorCode) };
}
