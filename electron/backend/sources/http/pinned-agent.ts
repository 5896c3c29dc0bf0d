import { Agent } from 'node:https';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/** The code of the error by which a certificate other than the pinned one is known. */
export const pinMissedCode = 'TOKENWATT_PIN_MISSED';

type CheckIdentity = (host: string, certificate: PeerCertificate) => Error | undefined;

/** Checks of each identity checker that an agent has seen, so that it can tell sockets of different pins apart. */
const pins = new WeakMap<CheckIdentity, string>();

/** Accepts the one certificate with this SHA-256 fingerprint, and only where it is for this name. */
export function pinnedIdentity(name: string, pin: string): CheckIdentity {
  const wanted = plainHex(pin);
  const check: CheckIdentity = (_host, certificate) => {
    const seen = certificate.fingerprint256;
    if (plainHex(seen) === wanted) return checkServerIdentity(name, certificate);
    return Object.assign(new Error('not the pinned certificate'), { code: pinMissedCode });
  };
  pins.set(check, wanted);
  return check;
}

/** An agent that shares no socket between targets of different pins: Node's own looks at the certificates alone. */
export class PinningAgent extends Agent {
  override getName(options?: Parameters<Agent['getName']>[0]): string {
    const check: unknown = (options as { readonly checkServerIdentity?: unknown } | undefined)?.checkServerIdentity;
    const pin = typeof check === 'function' ? (pins.get(check as CheckIdentity) ?? '') : '';
    return `${super.getName(options)}:${pin}`;
  }
}

function plainHex(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}
