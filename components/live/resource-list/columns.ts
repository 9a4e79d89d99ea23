// Which columns of a list are shown: by its address, else as this browser remembers, else all. The first column names the row and always
// is. The choice is an array of the ids of the others; null: all of them.
import { useSyncExternalStore } from 'react';
import { namesField } from '../../ui/hooks/url-field.ts';

export type ColumnChoice = readonly string[] | null;
type WithId = { readonly id: string };

export function shownColumns<C extends WithId>(columns: readonly C[], choice: ColumnChoice): readonly C[] {
  return choice === null ? columns : columns.filter(({ id }, index) => index === 0 || choice.includes(id));
}

/** The choice with one column more or less; in the order of the columns, and null once it is all of them again. */
export function withColumn(
  columns: readonly WithId[],
  choice: ColumnChoice,
  id: string,
  isShown: boolean,
): ColumnChoice {
  const others = columns.slice(1).map((column) => column.id);
  const next = others.filter((each) => (each === id ? isShown : choice === null || choice.includes(each)));
  return next.length === others.length ? null : next;
}

// What this browser remembers is text as in the address, a key for each list.
const text = namesField();
const keyOf = (list: string) => `barnabas.columns.${list}`;
const watchers = new Set<() => void>();

function read(list: string): string | null {
  try {
    return localStorage.getItem(keyOf(list));
  } catch {
    // Storage can be forbidden; then nothing is remembered.
    return null;
  }
}

function write(list: string, choice: ColumnChoice): void {
  const written = text.write(choice);
  try {
    if (written === null) localStorage.removeItem(keyOf(list));
    else localStorage.setItem(keyOf(list), written);
  } catch {
    // Forbidden or full: the address still has the choice.
    return;
  }
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  window.addEventListener('storage', watcher);
  return () => {
    watchers.delete(watcher);
    window.removeEventListener('storage', watcher);
  };
}

/** The remembered choice, null on the server and while its HTML is taken over, and how to remember another. */
export function useRememberedColumns(list: string): readonly [ColumnChoice, (choice: ColumnChoice) => void] {
  const stored = useSyncExternalStore(
    watch,
    () => read(list),
    () => null,
  );
  return [text.read(stored), (choice) => write(list, choice)];
}
