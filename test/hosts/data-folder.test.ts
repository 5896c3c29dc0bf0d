import { describe, expect, it } from 'vitest';
import { dataFolderIn } from '#electron/hosts/data-folder.ts';

describe('the data folder', () => {
  const home = '/home/ada';

  it('is what TOKENWATT_HOME says, on every platform', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      expect(dataFolderIn({ env: { TOKENWATT_HOME: '/data' }, platform, home })).toBe('/data');
    }
  });

  it('is the platform place for application data otherwise', () => {
    expect(dataFolderIn({ env: {}, platform: 'linux', home })).toBe('/home/ada/.local/share/tokenwatt');
    expect(dataFolderIn({ env: { XDG_DATA_HOME: '/xdg' }, platform: 'linux', home })).toBe('/xdg/tokenwatt');
    expect(dataFolderIn({ env: {}, platform: 'darwin', home })).toBe('/home/ada/Library/Application Support/Tokenwatt');
    expect(dataFolderIn({ env: { APPDATA: '/roaming' }, platform: 'win32', home })).toBe('/roaming/Tokenwatt');
  });

  it('ignores an empty TOKENWATT_HOME and a relative XDG_DATA_HOME', () => {
    const env = { TOKENWATT_HOME: '', XDG_DATA_HOME: 'relative' };
    expect(dataFolderIn({ env, platform: 'linux', home })).toBe('/home/ada/.local/share/tokenwatt');
  });
});
