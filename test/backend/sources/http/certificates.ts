import { createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** A certificate and its key, both PEM, made while the test runs so that none lies in the repository. */
export type TestCertificate = { readonly cert: string; readonly key: string };

/** Signed by itself, for one host name, valid between two instants. The least of X.509 that TLS accepts. */
export function selfSigned(host: string, from: Date, to: Date): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const body = bodyOf(host, from, to, publicKey);
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, ecdsaWithSha256, element(0x03, Buffer.from([0]), signature));
  const base64 = certificate.toString('base64').replace(/(.{64})/g, '$1\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    key: createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))
      .export({ type: 'pkcs8', format: 'pem' })
      .toString(),
  };
}

/** The signed part (RFC 5280, section 4.1). */
function bodyOf(host: string, from: Date, to: Date, publicKey: KeyObject): Buffer {
  const name = sequence(element(0x31, sequence(objectId(85, 4, 3), element(0x0c, Buffer.from(host)))));
  return sequence(
    element(0xa0, integer(2)),
    integer(1),
    ecdsaWithSha256,
    name,
    sequence(time(from), time(to)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(alternativeName(host), isAuthority)),
  );
}

const ecdsaWithSha256 = sequence(element(0x06, Buffer.from([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02])));
const isAuthority = sequence(objectId(85, 29, 19), element(0x04, sequence(element(0x01, Buffer.from([0xff])))));

function alternativeName(host: string): Buffer {
  return sequence(objectId(85, 29, 17), element(0x04, sequence(element(0x82, Buffer.from(host)))));
}

function integer(value: number): Buffer {
  return element(0x02, Buffer.from([value]));
}

/** An object identifier whose parts all fit a byte, the first two given as one. */
function objectId(...parts: number[]): Buffer {
  return element(0x06, Buffer.from(parts));
}

function time(at: Date): Buffer {
  return element(0x18, Buffer.from(at.toISOString().replace(/[-:T]|\.\d+/g, '')));
}

function sequence(...parts: Buffer[]): Buffer {
  return element(0x30, ...parts);
}

function element(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
