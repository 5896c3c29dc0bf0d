import { fail, succeed, type Result } from '#shared/lib/result.ts';

import type { HttpAnswer } from './http-client.ts';
import { safeText } from './safe-text.ts';

export type MetricsFormat = 'openmetrics' | 'prometheus-text';

export type NotMetrics = { readonly kind: 'not-metrics'; readonly message: string };

const SNIFFED_BYTES = 512;

/**
 * Whether an answer may be read as metrics, and in which format. A login page or a proxy's error comes with status 200
 * too, so both the type and the first bytes must fit. A missing type is read as the Prometheus text format; an unknown
 * one is refused rather than guessed.
 */
export function looksLikeMetrics(answer: HttpAnswer): Result<MetricsFormat, NotMetrics> {
  const mediaType = (answer.contentType.split(';')[0] ?? '').trim().toLowerCase();
  const intruder = intruderOfType(mediaType) ?? intruderOfStart(answer.body);
  if (intruder !== null) return fail(notMetrics(intruder));
  if (mediaType === 'application/openmetrics-text') return succeed('openmetrics');
  if (mediaType === 'text/plain' || mediaType === '') return succeed('prometheus-text');
  return fail(notMetrics(`type "${safeText(mediaType, [])}"`));
}

function intruderOfType(mediaType: string): 'HTML' | 'JSON' | null {
  if (mediaType === 'text/html' || mediaType === 'application/xhtml+xml') return 'HTML';
  if (mediaType === 'application/json' || mediaType.endsWith('+json')) return 'JSON';
  return null;
}

function intruderOfStart(body: Uint8Array): 'HTML' | 'JSON' | null {
  const start = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, SNIFFED_BYTES)).toString('latin1');
  const text = start.replace(/^\u00ef\u00bb\u00bf/, '').trimStart();
  if (text.startsWith('<')) return 'HTML';
  // `{"a.b",le="1"} 2` is a metric with a quoted name: only a colon after the first string makes it JSON.
  return /^(\[|\{\s*(\}|"(?:[^"\\]|\\.)*"\s*:))/.test(text) ? 'JSON' : null;
}

function notMetrics(found: string): NotMetrics {
  return {
    kind: 'not-metrics',
    message: `The answer is not a metrics page (${found}): is there a login or a proxy in between, or is the path wrong?`,
  };
}
