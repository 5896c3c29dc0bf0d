import { describe, expect, it } from 'vitest';
import { accessSchema, httpUrl, matchersSchema } from '#shared/contract/access-schema.ts';

const PIN = 'AB:'.repeat(31) + 'CD';

describe('an access', () => {
  it.each([
    ['nothing', {}],
    ['headers and a tenant', { headers: { 'X-Team': 'gpu ops' }, tenant: 'a|b' }],
    ['a name and a password by name', { auth: { kind: 'basic', username: 'u', passwordSecret: 'prom.pw' } }],
    ['a client certificate with a key by name', { tls: { certFile: '/c.pem', keySecret: 'k' } }],
    ['a pin', { tls: { pin: PIN } }],
    ['a proxy', { proxy: { url: 'http://proxy:3128', username: 'u', passwordSecret: 'p' } }],
  ])('may be %s', (_, access) => {
    expect(accessSchema.safeParse(access).success).toBe(true);
  });

  it.each([
    ['a credential among the headers', { headers: { Authorization: 'Bearer abc' } }],
    ['a header that ends another', { headers: { 'X-A': 'a\r\nX-B: b' } }],
    ['a header name with a blank', { headers: { 'X A': 'a' } }],
    ['a token in place of its name', { auth: { kind: 'bearer', tokenSecret: 'eyJ= abc/+' } }],
    ['a token itself', { auth: { kind: 'bearer', token: 'abc' } }],
    ['a user name with a colon', { auth: { kind: 'basic', username: 'a:b', passwordSecret: 'p' } }],
    ['a certificate without its key', { tls: { certFile: '/c.pem' } }],
    ['a key twice', { tls: { certFile: '/c.pem', keyFile: '/k.pem', keySecret: 'k' } }],
    ['a pin that is no fingerprint', { tls: { pin: 'AB:CD' } }],
    ['a pin beside no verification', { tls: { pin: PIN, skipVerification: true } }],
    ['a proxy with its password in the address', { proxy: { url: 'http://u:p@proxy:3128' } }],
    ['a proxy of another kind', { proxy: { url: 'socks5://proxy:1080' } }],
  ])('is refused with %s, and the message does not repeat it', (_, access) => {
    const parsed = accessSchema.safeParse(access);
    expect(parsed.success).toBe(false);
    expect(parsed.error?.message).not.toMatch(/Bearer abc|eyJ|u:p@/);
  });
});

describe('an address', () => {
  it.each(['http://host:9090', 'https://host/prom@etheus', 'http://[::1]:9090/?a=b@c'])('may be %s', (url) => {
    expect(httpUrl.safeParse(url).success).toBe(true);
  });

  it.each(['http://user:pw@host', 'http://user@host/', 'http:user:pw@host', 'ftp://host/', 'host:9090'])(
    'is not %s',
    (url) => expect(httpUrl.safeParse(url).success).toBe(false),
  );
});

describe('matchers of a server', () => {
  it('are labels and values', () => {
    expect(matchersSchema.parse([{ label: 'cluster', value: 'ash"1' }])).toEqual([
      { label: 'cluster', value: 'ash"1', isRegex: false },
    ]);
    expect(matchersSchema.safeParse([{ label: 'a="b",c', value: 'd' }]).success).toBe(false);
  });
});
