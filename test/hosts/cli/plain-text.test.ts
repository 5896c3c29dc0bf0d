import { describe, expect, it } from 'vitest';
import { plainText } from '#electron/hosts/cli/plain-text.ts';
import { tableText } from '#electron/hosts/cli/text-table.ts';

describe('text from data on a terminal', () => {
  it.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['a title change', '\u001b]0;owned\u0007model', 'model'],
    ['a cleared screen and a moved cursor', 'a\u001b[2J\u001b[1;1Hb', 'ab'],
    ['C1 controls', 'a\u009b31mb', 'ab'],
    ['a bare escape, bell, backspace and delete', 'a\u001b\u0007\u0008\u007fb', 'ab'],
    ['line breaks that forge a row', 'a\r\nb\u2028c\u2029d', 'a b c d'],
    ['turned reading direction', 'a\u202eb\u2066c', 'abc'],
  ])('loses %s', (_, text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  it('keeps letters of every script', () => {
    expect(plainText('Zürich 模型 κ')).toBe('Zürich 模型 κ');
  });
});

describe('a table', () => {
  it('lines columns up, numbers to the right', () => {
    const rows = [
      ['model', 'cost'],
      ['llama', '1.25 $/Mtok'],
      ['  part', '–'],
    ];
    expect(tableText(rows, { numeric: [1] }).split('\n')).toEqual([
      'model          cost',
      'llama   1.25 $/Mtok',
      '  part            –',
    ]);
  });

  it('holds one row per row, whatever is in the cells', () => {
    expect(
      tableText([
        ['a\nfree lunch  0.00 $', '1'],
        ['b', '2'],
      ]).split('\n'),
    ).toHaveLength(2);
  });

  it('cuts a cell that would push the others off the screen', () => {
    const [line] = tableText([['x'.repeat(5000), '1']]).split('\n');
    expect(line!.length).toBeLessThan(130);
    expect(line).toContain('…');
  });
});
