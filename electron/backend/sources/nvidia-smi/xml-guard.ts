import { fail, succeed, type Result } from '#shared/lib/result.ts';

/** A machine of 72 GPUs writes about 3 MB. */
export const XML_BYTES_MAX = 8 * 2 ** 20;
const DEPTH_MAX = 32;
const ATTRIBUTES_MAX = 64;

/** The one document type that nvidia-smi writes. It is matched, and never fetched. */
const DOCTYPE = /<!DOCTYPE\s+nvidia_smi_log\s+SYSTEM\s+"nvsmi_device_v\d{1,4}\.dtd"\s*>/;

export type XmlFailure = { readonly kind: 'too-large' | 'not-xml' | 'hostile'; readonly message: string };

/** The text of a file that is plain enough to be parsed: bounded, without entities, foreign declarations or deep nesting. */
export function guardedXml(bytes: Uint8Array): Result<string, XmlFailure> {
  if (bytes.byteLength > XML_BYTES_MAX)
    return fail({
      kind: 'too-large',
      message: `The file is larger than ${XML_BYTES_MAX / 2 ** 20} MiB: nvidia-smi writes none such.`,
    });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fail({ kind: 'not-xml', message: 'The file is not UTF-8 text.' });
  }
  if (/<!ENTITY/i.test(text)) return hostile('It declares entities, which nvidia-smi never does.');
  if (/<!(?!--)/.test(text.replace(DOCTYPE, '')))
    return hostile('It holds a declaration that nvidia-smi does not write.');
  const trouble = troubleOfTags(text);
  return trouble === null ? succeed(text) : hostile(trouble);
}

function hostile(message: string): Result<never, XmlFailure> {
  return fail({ kind: 'hostile', message });
}

/** Walks over the tags once, heeding quotes, and says what is too much; null when nothing is. */
function troubleOfTags(text: string): string | null {
  let depth = 0;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at)) {
    if (text.startsWith('<!--', at)) {
      const end = text.indexOf('-->', at + 4);
      at = end === -1 ? text.length : end + 3;
      continue;
    }
    const tag = tagAt(text, at);
    if (tag.attributes > ATTRIBUTES_MAX) return `An element has more than ${ATTRIBUTES_MAX} attributes.`;
    if (tag.isOpening) depth += 1;
    else if (tag.isClosing) depth -= 1;
    if (depth > DEPTH_MAX) return `Elements are nested deeper than ${DEPTH_MAX}.`;
    at = tag.end;
  }
  return null;
}

type Tag = {
  readonly end: number;
  readonly attributes: number;
  readonly isOpening: boolean;
  readonly isClosing: boolean;
};

function tagAt(text: string, start: number): Tag {
  const first = text[start + 1];
  let quote = '';
  let attributes = 0;
  let at = start + 1;
  for (; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '=') attributes += 1;
    else if (character === '>') break;
  }
  const isElement = first !== '/' && first !== '?' && first !== '!';
  const isOpening = isElement && text[at - 1] !== '/';
  return { end: at + 1, attributes, isOpening, isClosing: first === '/' };
}
