// What clients wrote, cut into parts that show as they are and characters that nobody would see or that would turn the line around.
// Pure. Used by foreign.tsx, wherever a name, key, value or address of somebody else is drawn.

export interface ForeignPart {
  readonly text: string;
  /** What stands in the place of a character that is not shown itself; null: `text` is shown as it is. */
  readonly mark: Mark | null;
}
export interface Mark {
  /** Short, on screen: "RLO", "␠". */
  readonly label: string;
  /** "right-to-left override, U+202E". */
  readonly name: string;
  /** Changes the direction of what follows or cannot be seen at all: likely meant to mislead. */
  readonly isOdd: boolean;
}

const NAMED: Readonly<Record<number, readonly [string, string]>> = {
  0: ['NUL', 'null character'],
  7: ['BEL', 'bell'],
  8: ['BS', 'backspace'],
  9: ['⇥', 'tab'],
  10: ['↵', 'line feed'],
  13: ['␍', 'carriage return'],
  27: ['ESC', 'escape'],
  32: ['␠', 'space'],
  127: ['DEL', 'delete'],
  160: ['NBSP', 'no-break space'],
  173: ['SHY', 'soft hyphen'],
  847: ['CGJ', 'combining grapheme joiner'],
  1564: ['ALM', 'Arabic letter mark'],
  8203: ['ZWSP', 'zero width space'],
  8204: ['ZWNJ', 'zero width non-joiner'],
  8205: ['ZWJ', 'zero width joiner'],
  8206: ['LRM', 'left-to-right mark'],
  8207: ['RLM', 'right-to-left mark'],
  8232: ['LS', 'line separator'],
  8233: ['PS', 'paragraph separator'],
  8234: ['LRE', 'left-to-right embedding'],
  8235: ['RLE', 'right-to-left embedding'],
  8236: ['PDF', 'pop directional formatting'],
  8237: ['LRO', 'left-to-right override'],
  8238: ['RLO', 'right-to-left override'],
  8288: ['WJ', 'word joiner'],
  8294: ['LRI', 'left-to-right isolate'],
  8295: ['RLI', 'right-to-left isolate'],
  8296: ['FSI', 'first strong isolate'],
  8297: ['PDI', 'pop directional isolate'],
  12288: ['IDSP', 'ideographic space'],
  65279: ['BOM', 'zero width no-break space'],
  65533: ['�', 'replacement character'],
};

/** Control, format, unassigned-looking and blank characters; fillers that are letters by name and draw nothing. */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u180e\u2800\u3164\uffa0]|\u034f|[\u17b4\u17b5]|[\u180b-\u180d\u180f]|[\u{e0100}-\u{e01ef}]/u;
/** Blanks beside the plain one, which look like it or like nothing. */
const BLANK = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/u;
const PICTURE = /\p{Extended_Pictographic}|\ufe0f|\p{Emoji_Modifier}/u;

function markOf(letter: string): Mark {
  const code = letter.codePointAt(0) ?? 0;
  const point = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const [label, name] = NAMED[code] ?? [
    point,
    code < 32 || (code > 126 && code < 160) ? 'control character' : 'invisible character',
  ];
  return { label, name: `${name}, ${point}`, isOdd: !['\t', '\n', '\r', ' '].includes(letter) };
}

/** Between two pictures it makes one of them, as people meant it. */
function joinsPictures(letters: readonly string[], index: number): boolean {
  return (
    letters[index] === '\u200d' && PICTURE.test(letters[index - 1] ?? '') && PICTURE.test(letters[index + 1] ?? '')
  );
}

export interface ForeignOptions {
  /** Line feeds and tabs do what they say instead of being marked: for a text that is drawn over several lines. */
  readonly keepsLines?: boolean;
  /** `text` was cut: its last character is not the end, so a blank there is not marked as trailing. */
  readonly isCut?: boolean;
}

/** Joined again, the `text` of all parts is the text that was given. */
export function foreignParts(
  text: string,
  { keepsLines = false, isCut = false }: ForeignOptions = {},
): readonly ForeignPart[] {
  if (isPlain(text)) return text === '' ? [] : [{ text, mark: null }];
  const letters = [...text];
  const firstInk = letters.findIndex((letter) => letter !== ' ');
  const lastInk = isCut ? letters.length : letters.findLastIndex((letter) => letter !== ' ');
  const parts: ForeignPart[] = [];
  let shown = '';
  const show = () => {
    if (shown !== '') parts.push({ text: shown, mark: null });
    shown = '';
  };
  for (const [index, letter] of letters.entries()) {
    const isEdge = letter === ' ' && !keepsLines && (index < firstInk || firstInk < 0 || index > lastInk);
    const isLine =
      keepsLines && (letter === '\n' || letter === '\t' || (letter === '\r' && letters[index + 1] === '\n'));
    if (!isEdge && (isLine || !(HIDDEN.test(letter) || BLANK.test(letter)) || joinsPictures(letters, index))) {
      shown += letter;
      continue;
    }
    show();
    parts.push({ text: letter, mark: markOf(letter) });
  }
  show();
  return parts;
}

/** The usual case, told without taking the text apart. */
function isPlain(text: string): boolean {
  return !/[^\x20-\x7e]/.test(text) && !text.startsWith(' ') && !text.endsWith(' ');
}

/** For where only a plain string goes (titles, announcements): what is hidden is written as ⟨RLO⟩. */
export function foreignString(text: string): string {
  return foreignParts(text)
    .map(({ text: part, mark }) => (mark === null ? part : `⟨${mark.label}⟩`))
    .join('');
}
