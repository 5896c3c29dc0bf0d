import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readWindowState, saveWindowState } from '#electron/hosts/window/window-state.ts';

describe('the saved state of the window', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokenwatt-state-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const state = { x: -20, y: 0, width: 1000, height: 700, isMaximized: true };

  it('is read as it was written', () => {
    expect(readWindowState(folder)).toBeNull();
    saveWindowState(folder, state);
    expect(readWindowState(folder)).toEqual(state);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"x":0}',
    '{"x":0,"y":0,"width":0,"height":9}',
    '{"x":0,"y":0,"width":1e9,"height":9}',
  ])('is none when the file says %s', (text) => {
    writeFileSync(join(folder, 'window-state.json'), text);
    expect(readWindowState(folder)).toBeNull();
  });

  it('is given up without a word when it cannot be written', () => {
    expect(() => saveWindowState(join(folder, 'nowhere'), state)).not.toThrow();
  });
});
