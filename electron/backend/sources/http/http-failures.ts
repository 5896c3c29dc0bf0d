import { addressRefusedCode } from './address-rules.ts';
import type { HttpFailure, HttpLimits } from './http-client.ts';
import { pinMissedCode } from './pinned-agent.ts';
import { proxyRefusedCode } from './proxy-agent.ts';
import { safeText } from './safe-text.ts';

/** How far a request came. */
export type Phase = 'connecting' | 'waiting' | 'reading';

/** What a message may need to know. `place` is `host:port`. */
export type FailureContext = {
  readonly place: string;
  readonly limits: HttpLimits;
  readonly phase: Phase;
  /** Body bytes that arrived. */
  readonly bytesReceived: number;
};

export function badUrl(reason: string): HttpFailure {
  return { kind: 'bad-url', message: `The address of this target cannot be used: ${reason}.` };
}

export function addressRefused(place: string): HttpFailure {
  return {
    kind: 'address-refused',
    message: `${place} is a link-local, multicast, unspecified or cloud metadata address, which is never asked: enter the machine's own address.`,
  };
}

export function aborted(place: string): HttpFailure {
  return { kind: 'aborted', message: `The request to ${place} was given up by Tokenwatt; the next poll asks again.` };
}

/** The failure of a deadline, told by the phase it ended. */
export function timedOut({ place, limits, phase, bytesReceived }: FailureContext): HttpFailure {
  switch (phase) {
    case 'connecting':
      return {
        kind: 'connect-timeout',
        message: `${place} accepted no connection within ${seconds(limits.connectMs)}: check the address, the firewall and the network.`,
      };
    case 'waiting':
      return {
        kind: 'first-byte-timeout',
        message: `${place} timed out before the first byte (${seconds(limits.firstByteMs)}): check whether the exporter hangs.`,
      };
    case 'reading':
      return {
        kind: 'body-timeout',
        message: `${place} timed out in the body after ${bytesReceived} bytes, and nothing of it was used: check whether the exporter hangs.`,
      };
  }
}

export function tooSlow({ place, limits }: FailureContext): HttpFailure {
  return {
    kind: 'too-slow',
    message: `${place} is too slow, less than ${limits.bytesPerSecondMin} bytes a second: check the network and the exporter's load.`,
  };
}

export function incompleteBody({ place, bytesReceived }: FailureContext): HttpFailure {
  return {
    kind: 'incomplete-body',
    message: `${place} sent an incomplete body (${bytesReceived} bytes, end missing), and nothing of it was used: check the exporter's log and any proxy between.`,
  };
}

export function endUnknown(place: string): HttpFailure {
  return {
    kind: 'incomplete-body',
    message: `${place} does not say where its body ends, so a cut one would look whole: let the exporter send Content-Length or chunks.`,
  };
}

export function bodyTooLarge(place: string, bytesMax: number): HttpFailure {
  return {
    kind: 'body-too-large',
    message: `${place} sent a body over the limit of ${megabytes(bytesMax)}: leave out metrics at the exporter or raise the limit.`,
  };
}

export function bomb(place: string, { bytesDecodedMax, ratioMax }: HttpLimits): HttpFailure {
  return {
    kind: 'bomb',
    message: `${place} sent a compressed body over the limit (${megabytes(bytesDecodedMax)} or ${ratioMax} times its size): check what answers there.`,
  };
}

export function undecodable(place: string, reason: string): HttpFailure {
  return {
    kind: 'undecodable',
    message: `${place} sent an undecodable body (${reason}): check the exporter and any proxy between.`,
  };
}

export function badResponse(place: string, reason: string): HttpFailure {
  return {
    kind: 'bad-response',
    message: `${place} sent a bad response (${reason}): check that the port belongs to a metrics page.`,
  };
}

/** A proxy's own refusal to connect on, by its status. */
export function proxyRefused(place: string, status: number): HttpFailure {
  if (status === 407) {
    const message = `${place}: the proxy refused the credentials (407): check the proxy setting of this source.`;
    return { kind: 'unauthorized', status, message };
  }
  const message = `${place} cannot be reached: the proxy answered ${status}: check its rules and the address.`;
  return { kind: 'refused', message };
}

/** Turns an error of Node's sockets, TLS or HTTP parser into a failure. Its text, which may quote the remote, is never shown. */
export function failureOfError(error: unknown, context: FailureContext): HttpFailure {
  const code = codeOf(error);
  const { place, phase } = context;
  switch (code) {
    case addressRefusedCode:
      return addressRefused(place);
    case proxyRefusedCode:
      return proxyRefused(place, statusOf(error));
    case 'ECONNREFUSED':
      return {
        kind: 'refused',
        message: `${place} refused the connection: check that the exporter runs and listens on this port.`,
      };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return { kind: 'refused', message: `${place} cannot be reached from here: check the network and its routes.` };
    case 'ENOTFOUND':
    case 'ENODATA':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return { kind: 'name-not-found', message: `The name of ${place} was not found: check its spelling and the DNS.` };
    case 'ETIMEDOUT':
      return timedOut(context);
    case 'ECONNRESET':
    case 'ECONNABORTED':
    case 'EPIPE':
    case 'HPE_INVALID_EOF_STATE':
      return phase === 'reading' ? incompleteBody(context) : reset(place);
    case 'ERR_INVALID_CHAR':
    case 'ERR_INVALID_HTTP_TOKEN':
    case 'ERR_UNESCAPED_CHARACTERS':
      return badUrl('its path or a header setting holds characters that HTTP does not allow');
    case 'HPE_HEADER_OVERFLOW':
      return badResponse(place, `headers over ${context.limits.headerBytesMax} bytes`);
    default:
      return failureOfRareCode(code, place);
  }
}

function failureOfRareCode(code: string, place: string): HttpFailure {
  if (code.startsWith('HPE_')) return badResponse(place, `not HTTP, ${safeText(code, [])}`);
  const reason = tlsReasonOf(code);
  if (reason === null) return badResponse(place, `connection failed, ${safeText(code, [])}`);
  return { kind: 'tls', message: `TLS with ${place} failed, and nothing was sent: ${reason}.` };
}

const tlsReasons: ReadonlyMap<string, string> = new Map([
  ['CERT_HAS_EXPIRED', 'its certificate has expired; renew it there'],
  ['CERT_NOT_YET_VALID', 'its certificate is not valid yet; check both clocks'],
  [pinMissedCode, 'its certificate is not the one pinned; if it was renewed, pin the new one'],
  ['CERT_REVOKED', 'its certificate was revoked; renew it there'],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'its certificate is for another host name; use that name, set it as server name, or renew it',
  ],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is signed by itself; set it as the CA of this target'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate comes from an unknown authority; set the CA of this target'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate comes from an unknown authority; set the CA of this target'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'its certificate comes from an unknown authority; set the CA of this target'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its certificate comes from an unknown authority; set the CA of this target'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'it does not speak TLS on this port; try http://'],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'it does not speak TLS on this port; try http://'],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'it speaks nothing newer than TLS 1.1; update it'],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'it speaks nothing newer than TLS 1.1; update it'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'it asks for a client certificate; set one for this target'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'it refused our client certificate; check the one set for this target'],
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'it refused our client certificate; check the one set for this target'],
]);

function tlsReasonOf(code: string): string | null {
  const known = tlsReasons.get(code);
  if (known !== undefined) return known;
  if (code.startsWith('ERR_OSSL_')) return 'its CA, certificate or key setting cannot be read; it has to be PEM text';
  if (!/^(ERR_SSL_|ERR_TLS_|EPROTO$|CERT_|UNABLE_TO_|INVALID_CA$|HOSTNAME_MISMATCH$)/.test(code)) return null;
  return `${safeText(code, [])}; check its certificate and TLS settings`;
}

function reset(place: string): HttpFailure {
  return {
    kind: 'reset',
    message: `${place} closed the connection without an answer: check the exporter's log, it may be restarting.`,
  };
}

function statusOf(error: unknown): number {
  return error instanceof Error && 'status' in error ? Number(error.status) : 0;
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EPROTO' && error instanceof Error) return codeOfHandshake(error.message) ?? code;
  return typeof code === 'string' ? code : 'unknown';
}

/** Node 24 hides OpenSSL's reason in the text of an EPROTO: `...:SSL routines:<function>:wrong version number:...`. */
function codeOfHandshake(text: string): string | null {
  const reason = /:SSL routines:[^:]*:([a-z0-9 ]+):/i.exec(text)?.[1];
  return reason === undefined ? null : `ERR_SSL_${reason.toUpperCase().replaceAll(' ', '_')}`;
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}

function megabytes(bytes: number): string {
  return `${Number((bytes / 1024 / 1024).toPrecision(3))} MB`;
}
