import type { BrowserWindowConstructorOptions } from 'electron';
import type { WindowPlace } from './window-state.ts';

export type WindowOptionsInput = {
  readonly preload: string;
  readonly place: WindowPlace;
  readonly isPackaged: boolean;
};

/** Options of the window: the page has no Node, no other world, no web view, and no tools in a packaged app. */
export function windowOptions({ preload, place, isPackaged }: WindowOptionsInput): BrowserWindowConstructorOptions {
  return {
    ...place,
    minWidth: 720,
    minHeight: 480,
    show: false,
    title: 'Tokenwatt',
    backgroundColor: '#111418',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      // The spell checker of Windows and Linux fetches its dictionaries from the network.
      spellcheck: false,
      devTools: !isPackaged,
    },
  };
}
