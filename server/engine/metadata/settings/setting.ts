// What one setting is, and whether a text is a value for it. The tables beside it are lists of these; nothing here knows which
// value is in force.

export type SettingScope = 'topic' | 'broker' | 'group';
export type SettingType = 'boolean' | 'string' | 'int' | 'short' | 'long' | 'double' | 'list';

export interface Synonym {
  readonly name: string;
  /** What one unit of the synonym is in the setting's own unit. */
  readonly factor: number;
}

export interface Setting {
  readonly name: string;
  readonly scope: SettingScope;
  readonly type: SettingType;
  /** As text; null for Kafka's "not set", where another setting decides. */
  readonly fallback: string | null;
  readonly min?: number;
  readonly max?: number;
  /** Allowed values (of each element for a list). */
  readonly values?: readonly string[];
  /** Whether capitals in `values` do not matter. */
  readonly ignoresCase?: boolean;
  /** Whether a list with `values` may be empty. */
  readonly mayBeEmpty?: boolean;
  /** Whether 0 is refused although it is in range. */
  readonly excludesZero?: boolean;
  /** What the whole text of a list or string must look like, and the sentence for one that does not. */
  readonly pattern?: RegExp;
  readonly patternSaid?: string;
  /** Why only the default is accepted, as a clause; any value in range is where this is absent. The documentation ends with it. */
  readonly fixedBecause?: string;
  readonly documentation: string;
  /** Settings that stand in when this one is not set, most specific first. */
  readonly synonyms: readonly Synonym[];
  /** Not changeable while the node runs. */
  readonly isReadOnly: boolean;
}

/** Parts of a table row that have a usual value. */
export interface SettingOptions {
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
  readonly ignoresCase?: boolean;
  readonly mayBeEmpty?: boolean;
  readonly excludesZero?: boolean;
  readonly pattern?: RegExp;
  readonly patternSaid?: string;
  readonly fixedBecause?: string;
  readonly synonyms?: readonly (string | readonly [name: string, factor: number])[];
}

export type Row = readonly [
  name: string,
  type: SettingType,
  fallback: string | number | boolean | null,
  documentation: string,
  options?: SettingOptions,
];

export function settingFrom(scope: SettingScope, isReadOnly: boolean, row: Row): Setting {
  const [name, type, fallback, documentation, options] = row;
  const { synonyms, ...limits } = options ?? {};
  const { fixedBecause } = limits;
  const only = fallback === null ? 'It cannot be set' : 'Only the default is accepted';
  return {
    name,
    scope,
    type,
    fallback: fallback === null ? null : String(fallback),
    documentation: fixedBecause === undefined ? documentation : `${documentation} ${only}: ${fixedBecause}.`,
    isReadOnly,
    synonyms: (synonyms ?? []).map((one) =>
      typeof one === 'string' ? { name: one, factor: 1 } : { name: one[0], factor: one[1] },
    ),
    ...limits,
  };
}

/** Why nobody waits for the next assignment of a consumer group (KIP-1263). */
export const ASSIGNED_AT_ONCE = 'a group is assigned anew with the request that changes it';
export const INT_MAX = 2_147_483_647;
/** Kafka's "for ever"; its digits do not fit a number, so it is text. */
export const LONG_MAX = '9223372036854775807';

const WHOLE = { short: 32_767n, int: 2_147_483_647n, long: 9_223_372_036_854_775_807n } as const;

/** A sentence saying why `text` is no value of the setting, or null. Wording and order of checks follow Kafka's ConfigDef. */
export function problemWithValue(setting: Setting, text: string): string | null {
  const problem = problemOf(setting, text);
  return problem === null ? null : `Invalid value ${text} for configuration ${setting.name}: ${problem}`;
}

function problemOf(setting: Setting, text: string): string | null {
  const trimmed = text.trim();
  if (setting.fixedBecause !== undefined && trimmed.toLowerCase() !== setting.fallback?.toLowerCase()) {
    const only = setting.fallback === null ? 'it cannot be set' : `only "${setting.fallback}" is accepted`;
    return `${only}: ${setting.fixedBecause}`;
  }
  switch (setting.type) {
    case 'boolean':
      return /^(true|false)$/i.test(trimmed) ? null : 'Expected value to be either true or false';
    case 'string':
      if (setting.pattern?.test(text) === false) return setting.patternSaid ?? 'it has another form';
      return setting.values === undefined ||
        setting.values.includes(setting.ignoresCase === true ? trimmed.toLowerCase() : trimmed)
        ? null
        : `String must be one of: ${setting.values.join(', ')}`;
    case 'list':
      return problemOfList(setting, text);
    case 'double':
      return trimmed === '' || Number.isNaN(Number(trimmed))
        ? 'Not a number of type DOUBLE'
        : outOfRange(setting, Number(trimmed));
    default:
      return problemOfWhole(setting, setting.type, trimmed);
  }
}

/** A value as it is told, whoever wrote it how: as Kafka's ConfigDef reads and writes it. What is no value stays as it is. */
export function canonical({ type }: Setting, text: string): string {
  const trimmed = text.trim();
  switch (type) {
    case 'boolean':
      return trimmed.toLowerCase();
    case 'string':
      return trimmed;
    case 'list':
      return trimmed.includes(' ') ? trimmed.split(/\s*,\s*/).join(',') : trimmed;
    case 'double':
      return doubleText(trimmed);
    default:
      return /^[+-]?\d{1,19}$/.test(trimmed) && !/^(0|-?[1-9]\d*)$/.test(trimmed)
        ? String(BigInt(trimmed.replace('+', '')))
        : trimmed;
  }
}

/** Java writes a whole number with its ".0"; what it would write with an exponent stays as it was written. */
function doubleText(trimmed: string): string {
  const value = Number(trimmed);
  const size = Math.abs(value);
  if (trimmed === '' || Number.isNaN(value) || size >= 1e7 || (size < 1e-3 && value !== 0)) return trimmed;
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function problemOfWhole(setting: Setting, type: keyof typeof WHOLE, trimmed: string): string | null {
  if (!/^[+-]?\d{1,19}$/.test(trimmed)) return `Not a number of type ${type.toUpperCase()}`;
  const value = BigInt(trimmed.replace('+', ''));
  if (value > WHOLE[type] || value < -WHOLE[type] - 1n) return `Not a number of type ${type.toUpperCase()}`;
  return outOfRange(setting, Number(value));
}

function problemOfList(setting: Setting, text: string): string | null {
  const parts = listOf(text);
  if (setting.pattern?.test(text) === false) return setting.patternSaid ?? 'it has another form';
  if (setting.values === undefined) return null;
  if (text.trim() !== '' && text.split(',').some((part) => part.trim() === '')) return 'no element may be empty';
  if (parts.length === 0 && setting.mayBeEmpty === true) return null;
  if (parts.length === 0) return `at least one of ${setting.values.join(', ')} must be given`;
  const unknown = parts.find((part) => setting.values?.includes(part) !== true);
  return unknown === undefined ? null : `String must be one of: ${setting.values.join(', ')}`;
}

function outOfRange(setting: Setting, value: number): string | null {
  if (value === 0 && setting.excludesZero === true) return 'Value must not be 0';
  if (setting.min !== undefined && value < setting.min) return `Value must be at least ${setting.min}`;
  if (setting.max !== undefined && value > setting.max) return `Value must be no more than ${setting.max}`;
  return null;
}

/** Elements of a list setting, trimmed; none for an empty text. */
export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
