import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configSchema, loadConfig, saveConfig } from '#backend/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'tokenwatt-config-'));
const file = join(folder, 'config.json');
afterAll(() => rmSync(folder, { recursive: true }));

const SOURCE = { kind: 'prometheus', name: 'prom', url: 'http://127.0.0.1:9090' };

describe('the configuration', () => {
  it('is the defaults where no file is, or no folder', async () => {
    const defaults = { ok: true, value: configSchema.parse({}) };
    expect(await loadConfig(folder)).toEqual(defaults);
    expect(await loadConfig(null)).toEqual(defaults);
    expect(defaults.value.pollSeconds).toBe(10);
  });

  it('comes back as it was saved, for its owner alone, with nothing left beside it', async () => {
    const config = configSchema.parse({ fleetName: 'Lab', sources: [SOURCE] });
    expect(await saveConfig(folder, config)).toEqual({ ok: true, value: undefined });
    expect(await loadConfig(folder)).toEqual({ ok: true, value: config });
    expect(readdirSync(folder)).toEqual(['config.json']);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('says of every mapped meter what it stands for, also once saved', async () => {
    const pdu = { metric: 'pdu_watts', boundary: 'rack', placeLabel: 'rack' };
    const wall = { metric: 'utility_watts', boundary: 'wall', placeLabel: 'room', place: 'node', scale: 1000 };
    const config = configSchema.parse({ meters: [pdu, wall] });
    expect(config.meters.map(({ place }) => place)).toEqual(['rack', 'node']);
    expect(config.meters[0]).toMatchObject({ labels: {}, quantity: 'power', scale: 1 });
    expect(configSchema.parse(JSON.parse(JSON.stringify(config)))).toEqual(config);
    expect(configSchema.safeParse({ meters: [{ ...pdu, place: 'node' }] }).success).toBe(false);
  });

  it('that was never saved leaves the old one whole', async () => {
    const before = readFileSync(file, 'utf8');
    const saved = await saveConfig(join(folder, 'absent'), configSchema.parse({}));
    expect(saved).toMatchObject({ ok: false });
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it.each([
    ['text that is not JSON', '{"fleetName":', 'not JSON'],
    ['an unknown field', '{"fleet":"Lab"}', 'not valid'],
    ['a poll of no seconds', '{"pollSeconds":0}', 'not valid'],
    [
      'an address of another kind',
      JSON.stringify({ sources: [{ ...SOURCE, url: 'file:///etc/passwd' }] }),
      'not valid',
    ],
    ['two sources of one name', JSON.stringify({ sources: [SOURCE, SOURCE] }), 'same name'],
  ])('refuses %s, and says what is wrong and where', async (_, text, reason) => {
    writeFileSync(file, text);
    const loaded = await loadConfig(folder);
    expect(!loaded.ok && loaded.failure).toContain(reason);
    expect(!loaded.ok && loaded.failure).toContain('config.json');
  });
});
