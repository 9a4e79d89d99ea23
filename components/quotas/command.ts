// The kafka-configs.sh command that does what the form does. Pure.
import { QUOTA_KEYS, type QuotaEntity, type QuotaKey } from '../../server/live/contract.ts';
import { shellWord } from '../ui/shell-word.ts';

const types = { user: 'users', 'client-id': 'clients', ip: 'ips' } as const;

/** null takes a limit away. */
export function quotaCommand(
  bootstrapServers: readonly string[],
  entity: QuotaEntity,
  changes: Readonly<Partial<Record<QuotaKey, number | null>>>,
): string {
  const set = QUOTA_KEYS.flatMap((key) => (typeof changes[key] === 'number' ? `${key}=${written(changes[key])}` : []));
  const removed = QUOTA_KEYS.filter((key) => changes[key] === null);
  const whom = entity
    .map(
      ({ type, name }) =>
        `--entity-type ${types[type]} ${name === null ? '--entity-default' : `--entity-name ${shellWord(name)}`}`,
    )
    .join(' ');
  const what = [
    set.length === 0 ? '' : ` --add-config ${shellWord(set.join(','))}`,
    removed.length === 0 ? '' : ` --delete-config ${shellWord(removed.join(','))}`,
  ].join('');
  return `bin/kafka-configs.sh --bootstrap-server ${bootstrapServers.join(',')} \\\n  --alter${what} \\\n  ${whom}`;
}

/** Never with an exponent below 2^53, which is what people copy. */
const written = (value: number): string => (Number.isInteger(value) ? value.toFixed(0) : String(value));
