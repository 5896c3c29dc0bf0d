import { describe, expect, test } from 'vitest';
import {
  accessOfDraft,
  accessWords,
  draftOfAccess,
  missingOf,
  NO_ACCESS,
  secretBase,
  type AccessDraft,
} from '#renderer/pages/sources/access-draft.ts';
import { accessSchema } from '#shared/contract/access-schema.ts';
import type { Access } from '#shared/model/access.ts';

const typed = (text: string) => ({ typed: text, kept: null });
const kept = (name: string) => ({ typed: '', kept: name });
const entered = (draft: Partial<AccessDraft>, before: Access | null = null) =>
  accessOfDraft({ ...NO_ACCESS, ...draft }, before, 'host-a1');

test('nothing entered is no access, and asks with nothing', () => {
  expect(entered({})).toEqual({ access: null, secrets: {} });
  expect(entered({ tenant: '  ', headers: '\n' })).toEqual({ access: null, secrets: {} });
  expect(accessWords(NO_ACCESS)).toBe('nothing but the address');
});

test.each<[string, Partial<AccessDraft>, object, Record<string, string>]>([
  [
    'a bearer token',
    { auth: 'bearer', credential: typed(' abc \n') },
    { auth: { kind: 'bearer', tokenSecret: 'host-a1-token' } },
    { 'host-a1-token': 'abc' },
  ],
  [
    'a user and password',
    { auth: 'basic', username: 'me', credential: typed('pw') },
    { auth: { kind: 'basic', username: 'me', passwordSecret: 'host-a1-password' } },
    { 'host-a1-password': 'pw' },
  ],
  [
    'a key in a header',
    { auth: 'header', header: 'X-Api-Key', credential: typed('k') },
    { auth: { kind: 'header', header: 'X-Api-Key', valueSecret: 'host-a1-key' } },
    { 'host-a1-key': 'k' },
  ],
  ['a tenant', { tenant: 'team-a' }, { tenant: 'team-a' }, {}],
  ['headers', { headers: 'A: 1\n\nB:2:3' }, { headers: { A: '1', B: '2:3' } }, {}],
  [
    'certificates as text',
    { ca: typed('-----BEGIN A'), certificate: typed('-----BEGIN B'), key: typed('-----BEGIN C') },
    { tls: { caSecret: 'host-a1-ca', certSecret: 'host-a1-certificate', keySecret: 'host-a1-key' } },
    { 'host-a1-ca': '-----BEGIN A', 'host-a1-certificate': '-----BEGIN B', 'host-a1-key': '-----BEGIN C' },
  ],
  [
    'a proxy with a password',
    { proxy: 'http://p:3128', proxyUser: 'u', proxyPassword: typed('x') },
    { proxy: { url: 'http://p:3128', username: 'u', passwordSecret: 'host-a1-proxy-password' } },
    { 'host-a1-proxy-password': 'x' },
  ],
])('%s becomes an access that the backend takes', (_, draft, access, secrets) => {
  const made = entered(draft);
  expect(made).toMatchObject({ access, secrets });
  expect(accessSchema.safeParse(made.access).success).toBe(true);
});

test('an access is shown and sent back unchanged, with no value of a secret in it', () => {
  const before = accessSchema.parse({
    headers: { 'X-Team': 'a' },
    tenant: 't',
    auth: { kind: 'basic', username: 'me', passwordSecret: 'pw' },
    tls: { caSecret: 'ca', certSecret: 'cert', keySecret: 'key', serverName: 'a.example' },
    proxy: { url: 'http://p:3128', username: 'u', passwordSecret: 'pp' },
  });
  expect(accessOfDraft(draftOfAccess(before), before, 'x')).toEqual({ access: before, secrets: {} });
});

test('files that config.json names stay, until a text takes their place', () => {
  const before = accessSchema.parse({ tls: { caFile: '/etc/ca.pem', certFile: '/c.pem', keyFile: '/k.pem' } });
  expect(accessOfDraft(draftOfAccess(before), before, 'x').access).toEqual(before);
  const changed = accessOfDraft({ ...draftOfAccess(before), ca: typed('-----BEGIN') }, before, 'x');
  expect(changed.access?.tls).toMatchObject({ caFile: null, caSecret: 'x-ca', certFile: '/c.pem' });
});

test('a replaced secret keeps its name, a removed one is gone', () => {
  const before = accessSchema.parse({ auth: { kind: 'bearer', tokenSecret: 'old' } });
  const draft = draftOfAccess(before);
  expect(accessOfDraft({ ...draft, credential: { typed: 'new', kept: 'old' } }, before, 'x')).toMatchObject({
    access: { auth: { tokenSecret: 'old' } },
    secrets: { old: 'new' },
  });
  expect(accessOfDraft({ ...draft, auth: 'none', credential: typed('') }, before, 'x').access).toBeNull();
});

describe('what is missing', () => {
  test.each<[Partial<AccessDraft>, RegExp]>([
    [{ auth: 'bearer' }, /token/],
    [{ auth: 'basic', credential: typed('x') }, /user name/],
    [{ auth: 'basic', username: 'me' }, /password/],
    [{ auth: 'header', credential: typed('x') }, /name of the header/],
    [{ auth: 'header', header: 'X-Key' }, /value/],
    [{ certificate: typed('-----BEGIN') }, /go together/],
    [{ headers: 'no colon here' }, /Name: value/],
  ])('%o is said', (draft, message) => {
    expect(missingOf({ ...NO_ACCESS, ...draft })).toMatch(message);
  });

  test('nothing is, where a secret is kept', () => {
    expect(missingOf({ ...NO_ACCESS, auth: 'bearer', credential: kept('t') })).toBeNull();
  });
});

test('the words say how a source is asked', () => {
  const draft = { ...NO_ACCESS, auth: 'bearer' as const, tenant: 'a', ca: kept('ca'), skipVerification: true };
  expect(accessWords(draft)).toBe('bearer token, tenant a, own CA, certificate not checked');
});

test.each([
  ['https://mimir.example:8080/prometheus', 'mimir.example-3f'],
  ['gpu-1:9400 gpu-2:9400', 'gpu-1-3f'],
  ['[::1]:9400', 'source-3f'],
])('secrets of %s are called %s', (address, name) => {
  expect(secretBase(address, '3f')).toBe(name);
});
