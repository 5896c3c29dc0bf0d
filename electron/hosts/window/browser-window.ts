import { BrowserWindow, screen } from 'electron';
import { PAGE_URL } from './app-page.ts';
import { windowOptions } from './window-options.ts';
import { placeOf, readWindowState, saveWindowState } from './window-state.ts';

/** Opens the window where it last was, and remembers where it is when it closes. */
export function openWindow(options: {
  readonly preload: string;
  readonly dataFolder: string;
  readonly isPackaged: boolean;
}): BrowserWindow {
  const saved = readWindowState(options.dataFolder);
  const areas = screen.getAllDisplays().map((display) => display.workArea);
  const window = new BrowserWindow(windowOptions({ ...options, place: placeOf(saved, areas) }));
  if (saved?.isMaximized === true) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    saveWindowState(options.dataFolder, { ...window.getNormalBounds(), isMaximized: window.isMaximized() });
  });
  // A load that is cut off by a reload or by quitting is no mistake of ours.
  window.loadURL(PAGE_URL).catch(() => undefined);
  return window;
}

export function showWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
