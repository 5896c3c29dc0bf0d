import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import { createSavedFileSource } from '#backend/sources/saved-file/saved-file-source.ts';
import type { Scrape } from '#shared/model/sample.ts';
import { epochMs } from '#shared/time/instant.ts';
import { startFleet, totalOf } from '../../sampling/readings.ts';
import { gpu, logAt, splitPower } from '../nvidia-smi/smi-xml.ts';

const folder = mkdtempSync(join(tmpdir(), 'tokenwatt-saved-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Local time, as nvidia-smi prints it. */
const TAKEN = new Date(2026, 7, 21, 11, 0, 0).getTime();
const stamp = (seconds: number): string =>
  `Fri Aug 21 11:${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')} 2026`;
const textAt = (seconds: number, watts: number): string =>
  logAt(stamp(seconds), '580.1', 13, gpu(1, splitPower('gpu', `${watts}.00 W`, 'N/A')));

let files = 0;
function savedFile() {
  files += 1;
  const path = join(folder, `smi-${files}.xml`);
  const scrapes: Scrape[] = [];
  let now = TAKEN + 10_000;
  let written = 0;
  const options = { name: 'case 42', path, node: 'node-7', pollSeconds: 10 };
  const source = createSavedFileSource({ ...options, now: () => epochMs(now) });
  return {
    path,
    scrapes,
    write: (text: string) => {
      writeFileSync(path, text);
      written += 1;
      utimesSync(path, 1_700_000_000 + written, 1_700_000_000 + written);
    },
    poll: () => source.poll((scrape) => scrapes.push(scrape), new AbortController().signal),
    health: () => source.health(epochMs(now)),
    wait: (seconds: number) => {
      now += seconds * 1000;
    },
  };
}

describe('a saved file of nvidia-smi', () => {
  test('is one reading of the instant that it names, however often it is polled', async () => {
    const file = savedFile();
    file.write(textAt(0, 600));
    for (let poll = 0; poll < 5; poll += 1) await file.poll();
    expect(file.scrapes).toMatchObject([
      { at: TAKEN, monotonicMs: null, intervalSeconds: null, gpus: [{ powerWatts: 600, node: 'node-7' }] },
    ]);
  });

  test('says that it is one, when it was taken, and how old that is', async () => {
    const file = savedFile();
    file.write(textAt(0, 600));
    await file.poll();
    const taken = new Date(TAKEN).toISOString().slice(0, 19).replace('T', ' ');
    const reason = `A saved file, taken at ${taken} UTC: it says nothing of now`;
    expect(file.health()).toMatchObject({ kind: 'file', state: 'fresh', address: file.path, reason });
    file.wait(3600);
    expect(file.health()).toMatchObject({ state: 'stale', reason });
  });

  test('gives no facts alone, and those between its readings where it is written anew', async () => {
    const fleet = startFleet();
    const file = savedFile();
    const takenIn = async (text: string) => {
      file.write(text);
      await file.poll();
      return fleet.take(...file.scrapes.splice(0)).gpuFacts;
    };
    expect(await takenIn(textAt(0, 600))).toEqual([]);
    // Written again with the same reading: nothing new.
    expect(await takenIn(textAt(0, 600))).toEqual([]);
    file.wait(60);
    const facts = await takenIn(textAt(60, 400));
    expect([totalOf(facts, 'energyJoules'), totalOf(facts, 'observedSeconds')]).toEqual([500 * 60, 60]);
    file.wait(3600);
    // Nobody watched between two readings that lie far apart.
    expect(await takenIn(textAt(1500, 400))).toEqual([]);
  });

  test('is refused with the reason, and read again when it has changed', async () => {
    const file = savedFile();
    await file.poll();
    expect(file.health()).toMatchObject({ state: 'down', reason: expect.stringContaining('There is no such file') });
    for (const [text, reason] of [
      ['<nvidia_smi_log><gpu>', /XML cannot be read/],
      ['<html></html>', /not the output of nvidia-smi/],
      [textAt(0, 600).replace('11:00:00', 'soon'), /does not say when/],
      [textAt(3599, 600), /still to come/],
      [`<!DOCTYPE x [<!ENTITY a "b">]>${textAt(0, 600)}`, /entities/],
    ] as const) {
      file.write(text);
      await file.poll();
      expect(file.health()).toMatchObject({ state: 'down', reason: expect.stringMatching(reason) });
    }
    file.write(textAt(0, 600));
    await file.poll();
    expect(file.health().state).toBe('fresh');
    expect(file.scrapes).toHaveLength(1);
  });
});
