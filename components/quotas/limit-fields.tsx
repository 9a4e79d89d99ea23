'use client';
// The limits of one entity as fields: what is typed, what it means, and what Kafka would refuse.
import type { QuotaEntity, QuotaKey, QuotaLimits } from '../../server/live/contract.ts';
import { TextField } from '../ui/form.tsx';
import { exact } from '../ui/format.ts';
import { changesOf, keysOf, limitTexts, readLimit, typedLimit } from './limits.ts';

export type TypedLimits = Readonly<Partial<Record<QuotaKey, string>>>;

export function typedLimits(limits: QuotaLimits): TypedLimits {
  return Object.fromEntries(
    Object.entries(limits).map(([key, value]) => [key, typedLimit(key as QuotaKey, value)]),
  ) as TypedLimits;
}

/** What saving would change; null while something that is typed is no limit. */
export function typedChanges(
  entity: QuotaEntity,
  typed: TypedLimits,
  before: QuotaLimits,
): Partial<Record<QuotaKey, number | null>> | null {
  const wanted: Partial<Record<QuotaKey, number | null>> = {};
  for (const key of keysOf(entity)) {
    const read = readLimit(key, typed[key] ?? '');
    if ('problem' in read) return null;
    wanted[key] = read.value;
  }
  return changesOf(before, wanted);
}

export function LimitFields({
  entity,
  typed,
  onChange,
}: {
  entity: QuotaEntity;
  typed: TypedLimits;
  onChange: (typed: TypedLimits) => void;
}) {
  return (
    <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
      {keysOf(entity).map((key) => {
        const text = typed[key] ?? '';
        const read = readLimit(key, text);
        const { label, meaning, placeholder } = limitTexts[key];
        // Typed with a unit: the number that Kafka gets.
        const isSpelled = 'value' in read && read.value !== null && key.endsWith('byte_rate');
        return (
          <TextField
            key={key}
            label={label}
            value={text}
            placeholder={`no limit; ${placeholder}`}
            data-testid={`limit-${key}`}
            onChange={(event) => onChange({ ...typed, [key]: event.target.value })}
            error={'problem' in read ? read.problem : null}
            help={isSpelled ? `${meaning.replace(/\.$/, '')}: ${exact(read.value)}.` : meaning}
          />
        );
      })}
    </div>
  );
}
