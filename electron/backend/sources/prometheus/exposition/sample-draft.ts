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

/** Forgets the samples from this number on: their line was refused after all. */
export function dropSamplesFrom(draft: SampleDraft, count: number): void {
  const perSample = [draft.nameIndexes, draft.blocks, draft.lines, draft.values, draft.valueStarts, draft.valueEnds];
  for (const list of [...perSample, draft.times, draft.timeStarts, draft.timeEnds]) {
    if (list.length > count) list.length = count;
  }
  while ((draft.withExemplar.at(-1) ?? -1) >= count) draft.withExemplar.pop();
}

export function tableOf(draft: SampleDraft): SampleTable {
  const { names, nameIndexes, blocks, lines, values, valueStarts, valueEnds, withExemplar } = draft;
  const timestamps = draft.hasTimestamp ? { times: draft.times, starts: draft.timeStarts, ends: draft.timeEnds } : null;
  return { names, nameIndexes, blocks, lines, values, valueStarts, valueEnds, timestamps, withExemplar };
}
