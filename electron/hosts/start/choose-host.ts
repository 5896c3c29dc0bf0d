/** What is known before the choice. */
export type Machine = {
  /** A screen, and somebody before it. */
  readonly hasDisplay: boolean;
  /** Electron's program, or null when it is not there. */
  readonly electron: string | null;
  /** Fetching Electron failed before, since the packages were installed. */
  readonly hasFailedToFetch: boolean;
};

export type HostChoice =
  | { readonly kind: 'window'; readonly electron: string }
  | { readonly kind: 'fetch-electron' }
  | { readonly kind: 'server'; readonly why: string };

/** Window where it can be had; the same screens in a browser everywhere else, with the reason as a sentence. */
export function chooseHost({ hasDisplay, electron, hasFailedToFetch }: Machine): HostChoice {
  if (!hasDisplay) {
    return {
      kind: 'server',
      why: 'There is no display here, so the screens are served to a browser; for the window, run npm start on a desktop.',
    };
  }
  if (electron !== null) return { kind: 'window', electron };
  if (!hasFailedToFetch) return { kind: 'fetch-electron' };
  return {
    kind: 'server',
    why: 'Electron could not be fetched, so the screens open in a browser; for the window, run npx install-electron.',
  };
}
