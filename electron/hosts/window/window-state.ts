import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Size and position in screen points. */
type Rectangle = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
export type WindowState = Rectangle & { readonly isMaximized: boolean };
export type WindowPlace = { readonly width: number; readonly height: number; readonly x?: number; readonly y?: number };

const FIRST_PLACE: WindowPlace = { width: 1360, height: 860 };

/** So much of a window must lie on some display, in both directions, for a person to find and move it. */
const VISIBLE_MIN = 120;

/** What was saved, or null when nothing readable was: then the window opens as at first. */
export function readWindowState(dataFolder: string): WindowState | null {
  try {
    return stateOf(JSON.parse(readFileSync(pathIn(dataFolder), 'utf8')));
  } catch {
    return null;
  }
}

export function saveWindowState(dataFolder: string, { x, y, width, height, isMaximized }: WindowState): void {
  try {
    writeFileSync(pathIn(dataFolder), JSON.stringify({ x, y, width, height, isMaximized }), { mode: 0o600 });
  } catch {
    // A full disk must not keep a window from closing; next time it opens as at first.
  }
}

/** Where to open: the saved size, at the saved position if a display still shows it. */
export function placeOf(saved: WindowState | null, displays: readonly Rectangle[]): WindowPlace {
  if (saved === null) return FIRST_PLACE;
  const { x, y, width, height } = saved;
  const isVisible = displays.some(
    (display) =>
      Math.min(x + width, display.x + display.width) - Math.max(x, display.x) >= VISIBLE_MIN &&
      Math.min(y + height, display.y + display.height) - Math.max(y, display.y) >= VISIBLE_MIN,
  );
  return isVisible ? { x, y, width, height } : { width, height };
}

function stateOf(value: unknown): WindowState | null {
  if (typeof value !== 'object' || value === null) return null;
  const { x, y, width, height, isMaximized } = value as Readonly<Record<string, unknown>>;
  if (!isPoint(x) || !isPoint(y) || !isPoint(width) || !isPoint(height)) return null;
  return width > 0 && height > 0 ? { x, y, width, height, isMaximized: isMaximized === true } : null;
}

function isPoint(value: unknown): value is number {
  return Number.isInteger(value) && Math.abs(value as number) <= 100_000;
}

function pathIn(dataFolder: string): string {
  return join(dataFolder, 'window-state.json');
}
