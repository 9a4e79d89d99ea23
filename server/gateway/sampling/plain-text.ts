// Apache Kafka documents its settings in HTML, other brokers in plain text: both become plain text, paragraphs on lines of
// their own. Pure. The result is shown as text, never as markup.

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', amp: '&' };
/** Only what begins like an element of HTML: "<name>" and "a < b" in a sentence stay as they are. */
const BLOCK = /<\/?(?:p|br|ul|ol|li|div|pre|table|tr)\b[^<>]*>/gi;
const INLINE = /<\/?(?:code|a|b|i|em|strong|tt|span|td|th)\b[^<>]*>/gi;

export function plainText(html: string): string {
  return html
    .replace(BLOCK, '\n')
    .replace(INLINE, '')
    .replace(/&(?:#(\d{1,6})|([a-z]{2,4}));/g, (whole, code: string | undefined, name: string | undefined) =>
      code === undefined ? (ENTITIES[name ?? ''] ?? whole) : String.fromCodePoint(Number(code)),
    )
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '')
    .join('\n');
}
