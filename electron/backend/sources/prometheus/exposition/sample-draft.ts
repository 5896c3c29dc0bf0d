import type { Metadata } from './comment-line.ts';
import { createLabelBlocks, type LabelBlock, type LabelBlocks } from './label-block.ts';
import type { SampleTable } from './sample-table.ts';
import type { Scan } from './scan.ts';

/** The lines of one body while they are read. */
export type SampleDraft = {
  readonly metadata: Metadata[];
  readonly names: string[];
  readonly nameIndexByName: Map<string, number>;
  readonly nameIndexes: number[];
  readonly blocks: LabelBlock[];
  readonly lines: number[];
  readonly values: number[];
  readonly valueStarts: number[];
  readonly valueEnds: number[];
  readonly times: number[];
  readonly timeStarts: number[];
  readonly timeEnds: number[];
  readonly withExemplar: number[];
  readonly labelBlocks: LabelBlocks;
  hasTimestamp: boolean;
  hasEnded: boolean;
};

export function createDraft(scan: Scan): SampleDraft {
  return {
    metadata: [],
    names: [],
    nameIndexByName: new Map(),
    nameIndexes: [],
    blocks: [],
    lines: [],
    values: [],
    valueStarts: [],
    valueEnds: [],
    times: [],
    timeStarts: [],
    timeEnds: [],
    withExemplar: [],
    labelBlocks: createLabelBlocks(scan),
    hasTimestamp: false,
    hasEnded: false,
  };
}

export function tableOf(draft: SampleDraft): SampleTable {
  const { names, nameIndexes, blocks, lines, values, valueStarts, valueEnds, withExemplar } = draft;
  const timestamps = draft.hasTimestamp ? { times: draft.times, starts: draft.timeStarts, ends: draft.timeEnds } : null;
  return { names, nameIndexes, blocks, lines, values, valueStarts, valueEnds, timestamps, withExemplar };
}
