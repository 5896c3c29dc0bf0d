import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createNvidiaSmiReader } from '#backend/sources/nvidia-smi/nvidia-smi-reader.ts';
import { createNvidiaSmiRunner } from '#backend/sources/nvidia-smi/run-nvidia-smi.ts';
import { gpu, log, splitPower } from './smi-xml.ts';

const NEVER = new AbortController().signal;
const XML = log('580.1', 13, gpu(1, splitPower('gpu', '612.50 W', 'N/A')), gpu(2, splitPower('gpu', '70.00 W', 'N/A')));

/** A stand-in for nvidia-smi, found on the PATH as the real one is; its shell has no other program. */
describe.skipIf(process.platform === 'win32')('reading nvidia-smi (stand-in scripts)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokenwatt-smi-'));
  const pathBefore = process.env['PATH'];
  const output = join(folder, 'output.xml');
  const released = join(folder, 'released');
  beforeAll(() => {
    process.env['PATH'] = folder;
  });
  afterAll(() => {
    process.env['PATH'] = pathBefore;
    rmSync(folder, { recursive: true });
  });
  const standIn = (script: string, text = XML): void => {
    writeFileSync(output, text);
    writeFileSync(join(folder, 'nvidia-smi'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  };
  const print = `/bin/cat ${output}`;
  const read = (deadlineMs?: number) => createNvidiaSmiReader('here', createNvidiaSmiRunner(deadlineMs)).read(NEVER);

  it('is absent where there is none', async () => {
    expect(await read()).toMatchObject({
      ok: false,
      failure: { kind: 'absent', message: expect.stringContaining('not on the PATH') },
    });
  });

  it('reads several GPUs, and one', async () => {
    standIn(print);
    expect(await read()).toMatchObject({
      ok: true,
      value: {
        from: 'nvidia-smi, driver 580.1',
        gpus: [{ powerWatts: 612.5, node: 'here' }, { powerWatts: 70 }],
        note: null,
      },
    });
    standIn(print, log('580.1', 13, gpu(4, '')));
    expect(await read()).toMatchObject({ ok: true, value: { gpus: [{ memoryUsedBytes: 2 ** 30 }] } });
  });

  it('tells in a note which GPU is lost', async () => {
    standIn(print, log('580.1', 13, gpu(1, ''), gpu(2, '').replace(/>[^<>]*\d[^<>]*</g, '>GPU is lost<')));
    expect(await read()).toMatchObject({
      ok: true,
      value: { note: expect.stringMatching(/^GPU 1 at .* GPU is lost\.$/) },
    });
  });

  it.each([
    [
      'text on stderr beside good XML',
      `${print}; echo "WARNING: infoROM is corrupted at gpu 0001" >&2`,
      /infoROM is corrupted at gpu 0001/,
    ],
    ['exit code 9', 'echo "NVIDIA-SMI has failed"; exit 9', /ended with code 9: the NVIDIA driver is not loaded/],
    ['exit code 15', 'exit 15', /ended with code 15: a GPU is lost/],
    ['an exit code that no manual names', 'echo "odd thing" >&2; exit 77', /ended with code 77: .*odd thing/],
    ['plain text', 'echo "No devices were found"', /cannot be read: Non-whitespace before first tag/],
    ['nothing', 'exit 0', /printed nothing/],
    ['XML cut short', `echo '<nvidia_smi_log><gpu>'`, /cannot be read: Unclosed root tag/],
    ['other XML', `echo '<html></html>'`, /not the output of nvidia-smi/],
    ['a log without GPUs', `echo '<nvidia_smi_log></nvidia_smi_log>'`, /lists no GPU|not the output/],
    ['terminal escapes on stderr', `printf '\\033[31mred' >&2`, /\\u001b\[31mred/],
  ])('says why after %s', async (_, script, expected) => {
    standIn(script);
    expect(await read()).toMatchObject({
      ok: false,
      failure: { kind: 'failed', message: expect.stringMatching(expected) },
    });
  });

  it('says that more than 1 MiB was printed', async () => {
    standIn(print, XML.replace('</nvidia_smi_log>', `${' '.repeat(1.1 * 2 ** 20)}</nvidia_smi_log>`));
    expect(await read()).toMatchObject({ ok: false, failure: { message: expect.stringContaining('more than 1 MiB') } });
  });

  it('gives up a call that hangs, starts no second one beside it, and reads again when it has ended', async () => {
    standIn(`until [ -e ${released} ]; do /bin/sleep 0.02; done; ${print}`);
    const reader = createNvidiaSmiReader('here', createNvidiaSmiRunner(100));
    try {
      expect(await reader.read(NEVER)).toMatchObject({
        ok: false,
        failure: { message: expect.stringContaining('no answer within 0.1 s') },
      });
      standIn(print);
      expect(await reader.read(NEVER)).toMatchObject({
        ok: false,
        failure: { message: expect.stringContaining('hangs') },
      });
    } finally {
      writeFileSync(released, '');
    }
    const patient = createNvidiaSmiReader('here', createNvidiaSmiRunner());
    expect(await patient.read(NEVER)).toMatchObject({ ok: true });
    await vi.waitFor(async () => expect((await reader.read(NEVER)).ok).toBe(true), { timeout: 20_000, interval: 100 });
  });

  it('comes back when the reading is no longer wanted', async () => {
    standIn(print);
    const reader = createNvidiaSmiReader('here');
    expect(await reader.read(AbortSignal.abort())).toMatchObject({
      ok: false,
      failure: { message: 'Reading was stopped.' },
    });
  });
});
