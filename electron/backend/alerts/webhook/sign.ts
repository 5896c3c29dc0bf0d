import { createHmac } from 'node:crypto';

/**
 * The signature of a message, for its receiver to check: HMAC-SHA256 of `<seconds>.<body>` with the shared key, in hex. The
 * time is in it, so that an old message cannot be sent again as new.
 */
export function signatureOf(
  body: string,
  { key, atSeconds }: { readonly key: string; readonly atSeconds: number },
): string {
  const digest = createHmac('sha256', key).update(`${atSeconds}.${body}`, 'utf8').digest('hex');
  return `t=${atSeconds},v1=${digest}`;
}
