import type { SignalGroup } from '#shared/model/signal.ts';
import { engineGroups } from './engine-signals.ts';
import { gpuGroups } from './gpu-signals.ts';
import { powerGroups } from './power-signals.ts';
import type { TargetRead } from './target-read.ts';

/**
 * Every signal that the targets of a source could tell, with its state and, for a gap, the next step. Pure: the command
 * line, the test of an address and the screen all show this.
 */
export function signalsOf(reads: readonly TargetRead[]): readonly SignalGroup[] {
  return [...gpuGroups(reads), ...engineGroups(reads), ...powerGroups(reads)];
}
