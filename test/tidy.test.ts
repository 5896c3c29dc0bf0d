import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CALLS, FIGURE_NAMES } from '#shared/contract/backend-api.ts';

/** House rules that neither compiler nor lint can hold. */

const root = new URL('..', import.meta.url).pathname;

/** Names of files in the rooms, relative to the root. */
function files(pattern: string): string[] {
  const found = ['shared', 'electron', 'renderer', 'test'].flatMap((room) =>
    globSync(`${room}/${pattern}`, { cwd: root }),
  );
  return found.filter((name) => !name.includes('node_modules')).toSorted();
}

function textOf(name: string): string {
  return readFileSync(`${root}${name}`, 'utf8');
}

const SOURCES = files('**/*.{ts,tsx,mjs,css}');
const PAGES = ['README.md', ...files('**/*.md')].filter((name) => existsSync(root + name));

/** Folders that a newcomer opens: each says what it does, what it may import, how to add one more and why it is so. */
const ROOMS = [
  'shared',
  'shared/cost',
  'shared/contract',
  'electron/backend/answers',
  'electron/backend/reference',
  'electron/backend/reports',
  'electron/backend/sampling',
  'electron/backend/snapshot',
  'electron/backend/sources',
  'electron/backend/store',
  'electron/hosts',
  'electron/sample-fleet',
  'renderer',
];

const LINES_MAX = 40;

describe('every room', () => {
  it.each(ROOMS)('%s has a page', (room) => {
    expect(existsSync(`${root}${room}/README.md`)).toBe(true);
  });

  it('has a page that is read in a minute', () => {
    const rooms = PAGES.filter((name) => !name.startsWith('test/') && name !== 'README.md');
    const long = rooms.filter((name) => textOf(name).trimEnd().split('\n').length > LINES_MAX);
    expect(long).toEqual([]);
  });
});

describe('every call of the contract', () => {
  const tests = files('**/*.test.ts').map(textOf).join('\n');

  it.each(Object.keys(CALLS))('%s has a test that asks it', (name) => {
    expect(tests).toMatch(new RegExp(`'${name}'|\\.${name}\\(`));
  });

  it('and every figure is asked for by the tests of the answers', () => {
    expect(textOf('test/backend/answers/answers.test.ts')).toContain('it.each(FIGURE_NAMES)');
    expect(new Set(FIGURE_NAMES).size).toBe(FIGURE_NAMES.length);
  });
});

describe('files', () => {
  it('are kebab-case, or have the name of the component or class they export', () => {
    const isKebab = (name: string) => /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/.test(basename(name));
    const isComponent = (name: string) => {
      const [own = ''] = basename(name).split('.');
      const code = name.endsWith('.css') ? '' : textOf(name);
      return (
        /^[A-Z][A-Za-z]+$/.test(own) &&
        (name.endsWith('.module.css') ||
          code.includes(`export function ${own}`) ||
          code.includes(`export class ${own}`))
      );
    };
    expect(SOURCES.filter((name) => !isKebab(name) && !isComponent(name))).toEqual([]);
  });

  it('do not gather others: no index file re-exports a folder', () => {
    expect(SOURCES.filter((name) => basename(name, extname(name)) === 'index')).toEqual([]);
  });

  it('are not named after no job', () => {
    const nameless = /^(utils?|misc|common|helpers?|manager|data|info)$/;
    expect(SOURCES.filter((name) => nameless.test(basename(name).split('.')[0] ?? ''))).toEqual([]);
  });
});

describe('migrations', () => {
  it('are numbered from 1 without a hole, in order of their names', () => {
    const names = files('**/migrations/*.ts').map((name) => basename(name));
    expect(names.length).toBeGreaterThan(0);
    expect(names.map((name) => Number(name.slice(0, 4)))).toEqual(names.map((_, index) => index + 1));
    expect(names.every((name) => /^\d{4}-[a-z-]+\.ts$/.test(name))).toBe(true);
  });
});

describe('text', () => {
  const own = 'test/tidy.test.ts';
  const all = [...SOURCES, ...PAGES].filter((name) => name !== own);
  const holding = (pattern: RegExp) => all.filter((name) => pattern.test(textOf(name)));

  it('has no em dash: a comma, a colon or a full stop does', () => {
    expect(holding(/\u2014/)).toEqual([]);
  });

  it('has no TODO without a condition for its end', () => {
    expect(holding(/\b(TODO|FIXME|XXX)\b(?!.*\b(when|until|once)\b)/)).toEqual([]);
  });

  it('has no path of the machine it was written on', () => {
    expect(holding(/(^|[\s'"`(])\/(work|root|home\/[a-z]+)\/(main|shared)\b/m)).toEqual([]);
  });

  it('has no test that is switched off or left alone', () => {
    const tests = all.filter((name) => name.includes('.test.'));
    expect(tests.filter((name) => /\b(it|describe|test)\.(only|skip|todo)\(/.test(textOf(name)))).toEqual([]);
  });
});
