import { expect, test } from 'vitest';

import { safeText } from '#backend/sources/http/safe-text.ts';

test.each([
  ['plain text', 'plain text'],
  ['two\nlines\r\n', 'two\\u000alines\\u000d\\u000a'],
  ['\u001b[2J\u009b31m', '\\u001b[2J\\u009b31m'],
  ['\u202eevil', '\\u202eevil'],
  ['x'.repeat(500), `${'x'.repeat(120)}…`],
])('remote text %j is shown as %j', (remote, shown) => {
  expect(safeText(remote, [])).toBe(shown);
});

test.each([
  ['you sent Bearer abcdef123', 'you sent [secret]'],
  ['/login?token=abcdef123', '/login?token=[secret]'],
  ['key a%2Fb%2Bc%3D%3D!', 'key [secret]!'],
  [
    'a secret cut by the length bound: '.padEnd(115, '.') + 'abcdef123',
    `${'a secret cut by the length bound: '.padEnd(115, '.')}[secr…`,
  ],
])('our own secret in %j is taken out', (remote, shown) => {
  expect(safeText(remote, ['Bearer abcdef123', 'a/b+c=='])).toBe(shown);
});
