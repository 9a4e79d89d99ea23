// Cuts text to what fits, since SVG text neither wraps nor ends in an ellipsis by itself. Pure; widths are estimates of Geist at 12 and 13 px.

export const MONO_12 = 7.25;
export const SANS_12 = 6.3;
export const SANS_13 = 6.9;

/** Keeps beginning and end of names, which is where they differ: "orders.eu…v2". */
export function fitName(text: string, width: number, perLetter: number): string {
  const room = Math.max(2, Math.floor(width / perLetter));
  if (text.length <= room) return text;
  const tail = room > 9 ? Math.floor((room - 1) / 3) : 0;
  return `${text.slice(0, room - 1 - tail)}…${tail === 0 ? '' : text.slice(-tail)}`;
}

export function fitText(text: string, width: number, perLetter: number): string {
  const room = Math.max(2, Math.floor(width / perLetter));
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}
