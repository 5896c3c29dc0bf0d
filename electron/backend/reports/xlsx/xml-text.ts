/** A text as XML text or attribute: what XML cannot hold is left out, so that no name of the outside world breaks a file. */
export function xmlText(text: string): string {
  // Most texts hold nothing of the kind, and there are hundreds of thousands of them.
  if (!UNSAFE.test(text)) return text;
  return text
    .replaceAll(FORBIDDEN, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#9;')
    .replaceAll('\n', '&#10;');
}

/** XML 1.0, section 2.2: control characters, lone surrogates and the two non-characters. A carriage return goes with them. */
const FORBIDDEN = /(?![\t\n])\p{Cc}|[\uFFFE\uFFFF]|\p{Surrogate}/gu;
const UNSAFE = /[\p{Cc}\uFFFE\uFFFF&<>"]|\p{Surrogate}/u;
