import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readCommand } from '#electron/hosts/cli/arguments.ts';
import { createHostSecrets } from '#backend/secrets/host-secrets.ts';

const MAIN = fileURLToPath(new URL('../../../electron/hosts/cli/main.ts', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'tokenwatt-secret-'));
afterAll(() => rmSync(home, { recursive: true }));

async function run(args: readonly string[], input = '') {
  const child = spawn(process.execPath, [MAIN, 'secret', ...args], { env: { ...process.env, TOKENWATT_HOME: home } });
  child.stdin.end(input);
  const [out, said] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, out, said };
}

describe('tokenwatt secret', () => {
  it('keeps what comes by standard input, without its last line break and without printing it', async () => {
    const kept = await run(['set', 'mimir.token'], 'planted-token-5678\n');
    expect(kept).toMatchObject({ code: 0, out: '' });
    expect(kept.said).toContain('secrets.json');
    expect(kept.said).not.toContain('planted');
    expect(await createHostSecrets(home, {}).get('mimir.token')).toEqual({ ok: true, value: 'planted-token-5678' });
    expect(statSync(join(home, 'secrets.json')).mode & 0o077).toBe(0);
    expect(await run(['list'])).toEqual({ code: 0, out: 'mimir.token\n', said: '' });
    expect(await run(['remove', 'mimir.token'])).toEqual({ code: 0, out: '', said: '' });
    expect(readFileSync(join(home, 'secrets.json'), 'utf8')).not.toContain('planted');
  });

  it('refuses an empty value', async () => {
    expect(await run(['set', 'empty'], '\n')).toMatchObject({ code: 4, said: expect.stringContaining('empty') });
  });

  it.each([[['set']], [['set', 'a', 'the-value']], [['show', 'a']], [['set', 'a b']], [['list', 'a']]])(
    'refuses %j: a value is never an argument',
    (words) => expect(readCommand(['secret', ...words]).ok).toBe(false),
  );
});
