'use client';
// How Kafka chooses among quotas, for people who write one.

const order = [
  'the user with the client id',
  'the user, every other client',
  'the user',
  'every other user, with the client id',
  'every other user, every other client',
  'every other user',
  'the client id',
  'every other client',
] as const;

export function Precedence() {
  return (
    <details className="text-table">
      <summary className="w-fit text-accent hover:underline">Which quota goes before which</summary>
      <div className="mt-2 flex flex-col gap-2">
        <p>
          For each limit Kafka takes the first quota in this order that has it, and passes over the others: they do not
          add up.
        </p>
        <ol className="list-decimal pl-6">
          {order.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ol>
        <p>
          Who did not log in is the user <span className="font-mono">ANONYMOUS</span>. Bytes, request time and
          connections are counted by each broker for itself: three brokers together allow three times as much.
        </p>
      </div>
    </details>
  );
}

/** What is known of throttling, which is little: nothing is made up. */
export function Throttling() {
  return (
    <details className="text-table">
      <summary className="w-fit text-accent hover:underline">Who is being throttled now?</summary>
      <div className="mt-2 flex flex-col gap-2">
        <p>
          Kafka’s protocol has no question for that: a broker tells only the throttled client itself, as{' '}
          <span className="font-mono">throttle_time_ms</span> in its answers. So no number stands here. Look at the
          client:
        </p>
        <ul className="list-disc pl-6">
          <li>
            Java: the metrics <span className="font-mono">produce-throttle-time-avg</span> and{' '}
            <span className="font-mono">fetch-throttle-time-avg</span>
          </li>
          <li>
            librdkafka: <span className="font-mono">throttle</span> of each broker in its statistics, and the throttle
            callback
          </li>
          <li>
            kafkajs: the line <span className="font-mono">Client side throttling in effect</span> in its log, at level
            DEBUG
          </li>
        </ul>
      </div>
    </details>
  );
}
