import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { glyphsOf } from './font-glyphs.ts';

const FILES = {
  normal: 'Roboto-Regular.ttf',
  bold: 'Roboto-Medium.ttf',
  italics: 'Roboto-Italic.ttf',
  bolditalics: 'Roboto-MediumItalic.ttf',
} as const;

/** The fonts that come with pdfmake, by style: paths on this machine. Latin, Greek and Cyrillic. */
export function fontFiles(): Readonly<Record<keyof typeof FILES, string>> {
  const require = createRequire(import.meta.url);
  const path = (file: string): string => require.resolve(`pdfmake/fonts/Roboto/${file}`);
  return {
    normal: path(FILES.normal),
    bold: path(FILES.bold),
    italics: path(FILES.italics),
    bolditalics: path(FILES.bolditalics),
  };
}

/** Drawn in place of a character that the fonts do not have. */
const REPLACEMENT = '\u{FFFD}';

/** Makes text drawable, and remembers whether any of it could not be shown as it is. */
export type Drawable = { readonly of: (text: string) => string; readonly hasLost: () => boolean };

/**
 * Text with what the fonts can draw. Where a word loses characters, a short mark of the whole word follows, so that two names
 * never look alike. Marks that turn the direction of writing are dropped: they would reorder the line around them.
 */
export function drawable(): Drawable {
  const hasGlyph = glyphsOf(readFileSync(fontFiles().normal));
  let lost = false;
  const wordOf = (word: string): string => {
    const shown = Array.from(word, (character) => (hasGlyph(character.codePointAt(0) ?? 0) ? character : REPLACEMENT));
    if (!shown.includes(REPLACEMENT)) return word;
    lost = true;
    const mark = createHash('sha256').update(word).digest('hex').slice(0, 6);
    return `${shown.join('').replaceAll(/\u{FFFD}{4,}/gu, REPLACEMENT.repeat(3))} #${mark}`;
  };
  return {
    of: (text) =>
      text
        .replaceAll(/[\p{Cc}\p{Cf}\u{2028}\u{2029}]+/gu, ' ')
        .split(' ')
        .map(wordOf)
        .join(' '),
    hasLost: () => lost,
  };
}
