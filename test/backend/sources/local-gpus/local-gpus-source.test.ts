import { describe, expect, it } from 'vitest';
import type { LocalGpuFailure, LocalGpuReader, LocalGpuReading } from '#backend/sources/local-gpus/local-gpu-reader.ts';
import { createLocalGpusSource, firstPresent } from '#backend/sources/local-gpus/local-gpus-source.ts';
import { fail, succeed } from '#shared/lib/result.ts';
import type { Scrape } from '#shared/model/sample.ts';
import { epochMs } from '#shared/time/instant.ts';

const NEVER = new AbortController().signal;
const good = (from: string, note: string | null = null): LocalGpuReading => ({ from, gpus: [], problems: [], note });
const absent = (message: string): LocalGpuFailure => ({ kind: 'absent', message });
const broken = (message: string): LocalGpuFailure => ({ kind: 'failed', message });

/** A reader that answers in turn, its last answer for ever. */
const answering = (...answers: readonly (LocalGpuReading | LocalGpuFailure)[]) => {
  let asked = 0;
  const reader: LocalGpuReader = {
    read: () => {
      const answer = answers[Math.min(asked, answers.length - 1)]!;
      asked += 1;
      return Promise.resolve('kind' in answer ? fail(answer) : succeed(answer));
    },
    close: () => undefined,
  };
  return { reader, asked: () => asked };
};

describe('the first of two readers that this machine has', () => {
  it('is the better one where it reads, and the other is not asked', async () => {
    const other = answering(good('nvidia-smi'));
    const both = firstPresent(answering(good('NVML')).reader, other.reader);
    expect(await both.read(NEVER)).toMatchObject({ value: { from: 'NVML' } });
    expect(other.asked()).toBe(0);
  });

  it('is the other one where the better is absent, and stays it', async () => {
    const better = answering(absent('no NVML'));
    const both = firstPresent(better.reader, answering(good('nvidia-smi')).reader);
    expect(await both.read(NEVER)).toMatchObject({ value: { from: 'nvidia-smi' } });
    await both.read(NEVER);
    expect(better.asked()).toBe(1);
  });

  it('is the better one though it fails: the other would fail for the same cause', async () => {
    const other = answering(good('nvidia-smi'));
    const both = firstPresent(answering(broken('driver not loaded')).reader, other.reader);
    expect(await both.read(NEVER)).toEqual(fail(broken('driver not loaded')));
    expect(other.asked()).toBe(0);
  });

  it('is none where both are absent, with both reasons and a next step, until one appears', async () => {
    const both = firstPresent(answering(absent('No NVML.'), good('NVML')).reader, answering(absent('No tool.')).reader);
    const first = await both.read(NEVER);
    expect(first).toMatchObject({
      failure: { kind: 'absent', message: expect.stringMatching(/No NVML\. No tool\. Or connect/) },
    });
    expect(await both.read(NEVER)).toMatchObject({ value: { from: 'NVML' } });
  });
});

describe('the source of the GPUs of this machine', () => {
  const sourceOf = (...answers: readonly (LocalGpuReading | LocalGpuFailure)[]) => {
    let now = 1_000_000;
    const scrapes: Scrape[] = [];
    const { reader } = answering(...answers);
    const options = { name: 'here', via: 'auto', pollSeconds: 10, reader } as const;
    const source = createLocalGpusSource({ ...options, now: () => epochMs(now), monotonicMs: () => 5 });
    return {
      scrapes,
      poll: () => source.poll((scrape) => scrapes.push(scrape), NEVER),
      health: (laterMs = 0) => {
        now += laterMs;
        return source.health(epochMs(now));
      },
    };
  };

  it('waits before its first reading', () => {
    expect(sourceOf(good('NVML')).health()).toMatchObject({ kind: 'local-gpus', state: 'waiting', reason: null });
  });

  it('hands over what was read and says which way it came', async () => {
    const source = sourceOf(good('NVML, driver 1.2'));
    await source.poll();
    expect(source.scrapes).toMatchObject([{ at: 1_000_000, monotonicMs: 5, engines: [], intervalSeconds: null }]);
    expect(source.health()).toMatchObject({ state: 'fresh', address: 'NVML, driver 1.2', reason: null });
    expect(source.health(40_000)).toMatchObject({ state: 'stale' });
  });

  it('is down with the reason of the reader, hands over nothing, and comes back', async () => {
    const source = sourceOf(broken('the driver is not loaded'), good('NVML', 'GPU 3 is lost.'));
    await source.poll();
    expect(source.scrapes).toEqual([]);
    expect(source.health()).toMatchObject({ state: 'down', reason: 'the driver is not loaded' });
    await source.poll();
    expect(source.health()).toMatchObject({ state: 'fresh', reason: 'GPU 3 is lost.' });
  });
});
