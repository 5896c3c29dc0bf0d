import { describe, expect, it } from 'vitest';
import { CONTENT_SECURITY_POLICY } from '#electron/hosts/content-policy.ts';
import { answerPage, isOwnExport, isOwnPage, pageTable } from '#electron/hosts/window/app-page.ts';

describe('own addresses', () => {
  it.each(['app://tokenwatt/', 'app://tokenwatt/idle?range=24h#top', 'APP://tokenwatt'])('%s is ours', (address) => {
    expect(isOwnPage(address)).toBe(true);
  });

  it.each([
    'https://tokenwatt/',
    'app://tokenwatt.evil/',
    'app://tokenwatt:80/',
    'app://tokenwatt@evil/',
    'app://user:word@tokenwatt/',
    'app:tokenwatt',
    'file:///tokenwatt/',
    'javascript:alert(1)//app://tokenwatt/',
    'about:blank',
    'tokenwatt',
    '',
  ])('%s is not', (address) => {
    expect(isOwnPage(address)).toBe(false);
  });
});

describe('a download', () => {
  it.each(['report.xlsx', 'my fleet.zip', 'table.csv'])('of our page called %s is an export', (name) => {
    expect(isOwnExport('blob:app://tokenwatt/0b5c', name)).toBe(true);
  });

  it.each([
    ['blob:app://tokenwatt/0b5c', 'x.exe'],
    ['blob:app://tokenwatt/0b5c', 'x.csv.lnk'],
    ['blob:app://tokenwatt/0b5c', '../x.csv'],
    ['blob:app://tokenwatt.evil/0b5c', 'x.csv'],
    ['blob:https://tokenwatt/0b5c', 'x.csv'],
    ['https://example.com/x.csv', 'x.csv'],
    ['app://tokenwatt/x.csv', 'x.csv'],
  ])('from %s called %s is none', (address, name) => {
    expect(isOwnExport(address, name)).toBe(false);
  });
});

describe('pages', () => {
  const html = (text: string) => ({ type: 'text/html; charset=utf-8', bytes: Buffer.from(text) });
  const table = pageTable(
    new Map([
      ['/', html('screens')],
      ['/assets/a.js', html('script')],
    ]),
  );
  const get = (url: string, method = 'GET') => answerPage(table, { url, method });

  it('come from the table, with the policy on every answer', async () => {
    for (const url of ['app://tokenwatt/', 'app://tokenwatt/?scope=x', 'app://tokenwatt/nothing']) {
      expect(get(url).headers.get('Content-Security-Policy')).toBe(CONTENT_SECURITY_POLICY);
      expect(get(url).headers.get('X-Content-Type-Options')).toBe('nosniff');
    }
    expect(await get('app://tokenwatt/?scope=x').text()).toBe('screens');
    expect(await get('app://tokenwatt/assets/a.js').text()).toBe('script');
  });

  it.each([
    'app://tokenwatt/assets/../../package.json',
    'app://tokenwatt/%2e%2e/package.json',
    'app://tokenwatt/assets%2fa.js',
    'app://tokenwatt//etc/passwd',
    'app://evil/',
    'app://tokenwatt/__proto__',
  ])('%s is not there', (url) => {
    expect(get(url).status).toBe(404);
  });

  it('are only read', () => {
    expect(get('app://tokenwatt/', 'POST').status).toBe(405);
    expect(get('app://tokenwatt/', 'HEAD').status).toBe(200);
  });

  it('say how to build the screens when they are not built', async () => {
    const answer = answerPage(pageTable(new Map()), { url: 'app://tokenwatt/', method: 'GET' });
    expect(await answer.text()).toContain('npm run build');
  });
});

describe('the policy', () => {
  it('lets no script in but our files', () => {
    const directives = CONTENT_SECURITY_POLICY.split('; ');
    expect(directives).toContain("default-src 'none'");
    expect(directives).toContain("script-src 'self'");
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe-eval|script-src[^;]*unsafe|https?:|\*/);
  });
});
