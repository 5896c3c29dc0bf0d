import { expect, test } from 'vitest';

import { looksLikeMetrics } from '#backend/sources/http/content-check.ts';
import type { HttpAnswer } from '#backend/sources/http/http-client.ts';

function answerOf(contentType: string, text: string): HttpAnswer {
  const body = Buffer.from(text);
  return { status: 200, headers: new Map(), contentType, body, firstByteAt: { wallMs: 0, monotonicMs: 0 } };
}

test.each([
  ['text/plain; version=0.0.4; charset=utf-8', 'up 1\n', 'prometheus-text'],
  ['TEXT/PLAIN', 'up 1\n', 'prometheus-text'],
  ['', '# HELP up\nup 1\n', 'prometheus-text'],
  ['', '', 'prometheus-text'],
  ['application/openmetrics-text; version=1.0.0', 'up 1\n# EOF\n', 'openmetrics'],
  ['text/plain; version=1.0.0', '{"gpu.power",gpu="0"} 312\n', 'prometheus-text'],
  ['text/plain', '{"a:b"} 1\n', 'prometheus-text'],
])('N10 type "%s" with a body of metrics is read as metrics (%j)', (contentType, text, format) => {
  expect(looksLikeMetrics(answerOf(contentType, text))).toEqual({ ok: true, value: format });
});

test.each([
  ['text/html; charset=utf-8', 'up 1\n', 'HTML'],
  ['text/plain', '\n  <!DOCTYPE html><html>', 'HTML'],
  ['', '\ufeff<html><body>Sign in</body></html>', 'HTML'],
  ['application/json', 'up 1\n', 'JSON'],
  ['application/problem+json', '{}', 'JSON'],
  ['text/plain', '{"status":"success","data":{}}', 'JSON'],
  ['', ' { } ', 'JSON'],
  ['', '[1,2]', 'JSON'],
  ['application/vnd.google.protobuf', 'up 1\n', 'type "application/vnd.google.protobuf"'],
  ['text/\u001b[31mred', 'up 1\n', 'type "text/\\u001b[31mred"'],
])('N10 type "%s" with body %j is not a metrics page', (contentType, text, found) => {
  const checked = looksLikeMetrics(answerOf(contentType, text));
  expect(checked).toMatchObject({ ok: false, failure: { kind: 'not-metrics' } });
  if (!checked.ok)
    expect(checked.failure.message).toContain(`not a metrics page (${found}): is there a login or a proxy`);
});
