// Text as one word of a command that people copy. Pure.

/** Quotes for a POSIX shell, only where needed. */
export const shellWord = (text: string): string =>
  /^[A-Za-z0-9_.:,/@=+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
