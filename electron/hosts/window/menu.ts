import type { MenuItemConstructorOptions } from 'electron';

export type MenuInput = {
  readonly platform: NodeJS.Platform;
  readonly isPackaged: boolean;
  readonly openSnapshot: () => void;
};

/** The menu: what the system expects of an app, by its own roles, and developer tools outside packaged apps. */
export function menuTemplate({ platform, isPackaged, openSnapshot }: MenuInput): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        { label: 'Open Snapshot…', accelerator: 'CmdOrCtrl+O', click: () => openSnapshot() },
        { type: 'separator' },
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        { role: 'reload' },
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...(isPackaged ? [] : [{ role: 'toggleDevTools' } as const]),
      ],
    },
    { role: 'windowMenu' },
  ];
}
