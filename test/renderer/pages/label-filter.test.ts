import { expect, test } from 'vitest';
import { filterText, matchersOf } from '#renderer/pages/sources/label-filter.ts';

test.each([
  ['', []],
  ['cluster="prod"', [{ label: 'cluster', value: 'prod', isRegex: false }]],
  ['{cluster="prod"}', [{ label: 'cluster', value: 'prod', isRegex: false }]],
  [
    'cluster="a b", region=~"eu-.*"',
    [
      { label: 'cluster', value: 'a b', isRegex: false },
      { label: 'region', value: 'eu-.*', isRegex: true },
    ],
  ],
  ['a="say \\"hi\\""', [{ label: 'a', value: 'say "hi"', isRegex: false }]],
])('%s is read', (text, matchers) => {
  expect(matchersOf(text)).toEqual({ ok: true, value: matchers });
});

test.each(['cluster', 'cluster=prod', 'cluster!="prod"', 'a="b" c="d"', '1a="b"', 'a="b'])(
  '%s is refused with the place',
  (text) => {
    expect(matchersOf(text)).toMatchObject({ ok: false, failure: expect.stringContaining('label="value"') });
  },
);

test('what is written is read as it was', () => {
  const matchers = [
    { label: 'cluster', value: 'a "b" \\ c', isRegex: false },
    { label: 'pod', value: 'x|y', isRegex: true },
  ];
  expect(matchersOf(filterText(matchers))).toEqual({ ok: true, value: matchers });
});
