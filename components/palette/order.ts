// Which entries the palette lists, and in which order. Called by palette.tsx. Names are found by the server a moment after the
// words were typed: they come after what is known at once, so that the entry under Enter never changes by itself.

interface Listed {
  readonly label: string;
}
const FOUND_WITHOUT_WORDS = 8;

/** `found` may still be the answer to the words before: only what contains the words of now is listed. */
export function listed<T extends Listed>(query: string, known: readonly T[], found: readonly (readonly T[])[]): T[] {
  const words = query.trim().toLowerCase();
  const fits = ({ label }: Listed) => label.toLowerCase().includes(words);
  const limit = words === '' ? FOUND_WITHOUT_WORDS : Number.POSITIVE_INFINITY;
  return [...known.filter(fits), ...found.flatMap((kind) => kind.filter(fits).slice(0, limit))];
}
