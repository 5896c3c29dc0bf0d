import { stripVTControlCharacters } from 'node:util';

/**
 * Text from data, made fit for a terminal: escape sequences, control characters and marks that turn the reading direction
 * go, and line breaks, which could forge a row, become blanks.
 */
export function plainText(text: string): string {
  const onOneLine = stripVTControlCharacters(text).replaceAll(/[\t\r\n\v\f\u0085\u2028\u2029]+/gu, ' ');
  return onOneLine.replaceAll(/[\p{Cc}\p{Cf}]/gu, '');
}
