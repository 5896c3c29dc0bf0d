import { describe, expect, it } from 'vitest';
import { droppedSnapshot, keptName } from '#renderer/state/dropped-snapshot.ts';
import { SNAPSHOT_BYTES_MAX, snapshotName } from '#shared/contract/snapshot-schema.ts';

describe('what is dropped', () => {
  const file = { name: 'week.TWSNAP', size: 10 };

  it('is taken when it is one file with the ending of a snapshot', () => {
    expect(droppedSnapshot([file])).toEqual({ ok: true, value: file });
  });

  it('is refused with a reason otherwise', () => {
    const refused = [
      [[], /Nothing was dropped/u],
      [[file, file], /2 files/u],
      [[{ name: 'book.xlsx', size: 10 }], /^book\.xlsx is not opened/u],
      [[{ name: 'week.twsnap.exe', size: 10 }], /ends in \.twsnap/u],
      [[{ ...file, size: 0 }], /is empty/u],
      [[{ ...file, size: SNAPSHOT_BYTES_MAX + 1 }], /larger than 1\.5 GB/u],
    ] as const;
    for (const [files, reason] of refused) {
      expect(droppedSnapshot(files)).toEqual({ ok: false, failure: expect.stringMatching(reason) });
    }
  });
});

it('gives every file a name that the backend takes', () => {
  expect(keptName('week.twsnap')).toBe('week.twsnap');
  expect(keptName('My fleet (1).TwSnap')).toBe('My-fleet-1-.twsnap');
  for (const name of ['.twsnap', '../../x.twsnap', 'zürich 電力.twsnap', '-rf.twsnap', `${'a'.repeat(300)}.twsnap`]) {
    expect(snapshotName.safeParse(keptName(name)).success, name).toBe(true);
  }
});
