import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * How a client makes sure that a server on a remembered port is ours before it sends the token: it sends a nonce, and
 * only a holder of the token can answer with its proof. The port is part of the proof, so that a foreign server on the
 * old port cannot pass the question on to ours on a new one.
 */

const NONCE = /^[0-9a-f]{64}$/;

export type Challenge = { readonly nonce: string; readonly port: number };

/** 256 random bits as 64 hexadecimal digits: tokens, one-time codes, sessions and nonces. */
export function randomSecret(): string {
  return randomBytes(32).toString('hex');
}

export function isNonce(text: string): boolean {
  return NONCE.test(text);
}

/** HMAC-SHA256 over the purpose, the port and the nonce, as hexadecimal text. */
export function proofOf(token: string, { nonce, port }: Challenge): string {
  return createHmac('sha256', token).update(`tokenwatt server ${port} ${nonce}`).digest('hex');
}

/** Compares two secrets in a time that does not depend on where they differ, nor on their lengths. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(digestOf(one), digestOf(other));
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
