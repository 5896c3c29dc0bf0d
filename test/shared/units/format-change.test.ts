import { describe, expect, it } from 'vitest';
import { formatChange } from '#shared/units/format-change.ts';

describe('formatChange', () => {
  it('carries arrow and sign', () => {
    expect(formatChange(0.116, 0.122)).toEqual({ arrow: '▼', text: '−4.9 %', direction: 'down' });
    expect(formatChange(2.2, 1)).toEqual({ arrow: '▲', text: '+120 %', direction: 'up' });
  });

  it('reads a hair as no change', () => {
    expect(formatChange(1.0001, 1)?.direction).toBe('same');
  });

  it('has nothing to say without something to compare with', () => {
    expect(formatChange(null, 1)).toBeNull();
    expect(formatChange(1, null)).toBeNull();
    expect(formatChange(1, 0)).toBeNull();
  });
});
