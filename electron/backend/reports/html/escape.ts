const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML shows it: nothing in it is markup, and nothing turns the direction of what stands around it. */
export function escaped(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u{202A}-\u{202E}\u{2066}-\u{2069}\u{200E}\u{200F}]+/gu, ' ')
    .replaceAll(/[&<>"']/gu, (character) => ENTITIES[character] ?? '');
}
