import { describe, expect, it } from 'vitest';
import { csvText } from '#renderer/components/csv-text.ts';

const lines = (rows: Parameters<typeof csvText>[0]['rows']) =>
  csvText({ columns: [{ head: 'Name' }, { head: 'Cost', unit: 'USD/Mtok' }], rows }).split('\r\n');

describe('csvText', () => {
  it('has units in its heads and ends each line as RFC 4180 says', () => {
    expect(csvText({ columns: [{ head: 'Cost', unit: 'USD' }], rows: [[1]] })).toBe('Cost [USD]\r\n1\r\n');
    expect(lines([])).toEqual(['Name,Cost [USD/Mtok]', '']);
  });

  it('keeps numbers unrounded, and what is not known empty', () => {
    expect(lines([['a', 0.1 + 0.2]])[1]).toBe('a,0.30000000000000004');
    expect(lines([['a', null]])[1]).toBe('a,');
    expect(lines([['a', Number.NaN]])[1]).toBe('a,');
    expect(lines([['a', 0]])[1]).toBe('a,0');
  });

  it('quotes commas, quotes and line breaks', () => {
    expect(lines([['two, "quoted"', 1]])[1]).toBe('"two, ""quoted""",1');
    expect(csvText({ columns: [{ head: 'a' }], rows: [['b\nc']] })).toBe('a\r\n"b\nc"\r\n');
  });

  it.each(['=HYPERLINK("x")', '+1', '-1+1', '@SUM(A1)', '\tx'])('makes no formula of %j', (text) => {
    expect(lines([[text, 1]])[1]!.replace(/^"/u, '')).toMatch(/^'/u);
  });

  it('leaves a negative number a number', () => {
    expect(lines([['a', -1.5]])[1]).toBe('a,-1.5');
  });
});
