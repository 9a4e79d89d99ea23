// The kafka-consumer-groups.sh command that does what the reset dialog does. Pure.
import type { ResetStrategy } from '../../server/live/contract.ts';
import { shellWord } from '../ui/shell-word.ts';

function strategyFlags(strategy: ResetStrategy): string {
  switch (strategy.to) {
    case 'earliest':
      return '--to-earliest';
    case 'latest':
      return '--to-latest';
    case 'offset':
      return `--to-offset ${strategy.offset}`;
    case 'timestamp':
      return `--to-datetime ${new Date(strategy.timestampMs).toISOString()}`;
    case 'shift':
      return `--shift-by ${strategy.by}`;
  }
}

export interface ResetCommand {
  readonly bootstrapServers: readonly string[];
  readonly groupId: string;
  readonly topic: string;
  /** Null: all. */
  readonly partitions: readonly number[] | null;
  readonly strategy: ResetStrategy;
}
export function resetCommand({ bootstrapServers, groupId, topic, partitions, strategy }: ResetCommand): string {
  const target = partitions === null ? topic : `${topic}:${partitions.join(',')}`;
  return `bin/kafka-consumer-groups.sh --bootstrap-server ${bootstrapServers.join(',')} \\\n  --group ${shellWord(groupId)} --topic ${shellWord(target)} \\\n  --reset-offsets ${strategyFlags(strategy)} --execute`;
}
