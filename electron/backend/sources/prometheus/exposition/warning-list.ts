import { safeText } from '../../http/safe-text.ts';
import type { ExpositionWarning, ExpositionWarningKind } from './exposition.ts';

/** A body may be wrong on every line; nobody reads more than this, and the rest is counted. */
const WARNINGS_MAX = 100;

/** Collects warnings up to a bound. */
export type WarningList = {
  /** A message given as a function is only worked out if it is kept. */
  readonly add: (kind: ExpositionWarningKind, line: number, message: string | (() => string)) => void;
  readonly all: () => readonly ExpositionWarning[];
};

export function createWarningList(): WarningList {
  const kept: ExpositionWarning[] = [];
  let leftOut = 0;
  return {
    add: (kind, line, message) => {
      if (kept.length >= WARNINGS_MAX) leftOut++;
      else kept.push({ kind, line, message: typeof message === 'string' ? message : message() });
    },
    all: () => (leftOut === 0 ? kept : [...kept, { kind: 'more', line: 0, message: `${leftOut} more warnings` }]),
  };
}

/** Text from a body, fit for a message: control characters escaped, length bounded. */
export function shown(text: string): string {
  return safeText(text, []);
}
