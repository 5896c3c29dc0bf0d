import { expect, it } from 'vitest';
import { scopeNotice } from '#renderer/pages/snapshots/snapshot-rows.ts';

it('says that a file holds the whole fleet where screens are narrowed, and to what', () => {
  expect(scopeNotice({})).toBeNull();
  expect(scopeNotice({ model: 'llama', pool: 'prod' })).toMatch(/^The file holds the whole fleet: .*model llama/u);
  expect(scopeNotice({ model: 'llama', pool: 'prod' })).toContain('pool prod');
  expect(scopeNotice({ tenant: null })).toContain('no tenant');
});
