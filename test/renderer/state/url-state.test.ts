import { describe, expect, it } from 'vitest';
import { URL_DEFAULTS, urlStateFrom, urlStateTo, type UrlState } from '#renderer/state/url-state.ts';
import { epochMs } from '#shared/time/instant.ts';

describe('the state in the address', () => {
  it('leaves defaults out, so that the first page has a bare address', () => {
    expect(urlStateTo(URL_DEFAULTS)).toBe('');
    expect(urlStateFrom('')).toEqual(URL_DEFAULTS);
  });

  it.each<[string, Partial<UrlState>]>([
    ['page', { page: 'cost-book' }],
    ['moving range', { range: { kind: 'last', seconds: 3600 } }],
    [
      'fixed range',
      { range: { kind: 'fixed', from: epochMs(Date.UTC(2026, 0, 1)), to: epochMs(Date.UTC(2026, 0, 2)) } },
    ],
    ['zone', { zone: 'local' }],
    ['scope with signs that addresses use', { scope: { model: 'meta/llama-3.3 70b & co?#=', node: 'den-07' } }],
    ['scope of what has no node', { scope: { node: null } }],
    ['basis and cost', { basis: 'output', kind: 'marginal' }],
    ['tab and choice', { page: 'idle', tab: 'what-if', item: 'kimi-k2 & co' }],
    ['breakdown and theme', { by: 'node', theme: 'light' }],
  ])('carries the %s there and back', (_, patch) => {
    const state = { ...URL_DEFAULTS, ...patch };
    expect(urlStateFrom(urlStateTo(state))).toEqual(state);
  });

  it('takes the default for what it cannot read, and keeps the rest', () => {
    const state = urlStateFrom('?page=nowhere&range=soon&zone=Mars&basis=none&theme=pink&by=mood&model=kimi-k2');
    expect(state).toEqual({ ...URL_DEFAULTS, scope: { model: 'kimi-k2' } });
  });

  it('drops a scope that the contract would refuse', () => {
    expect(urlStateFrom(`?model=${'x'.repeat(513)}`).scope).toEqual({});
  });
});
