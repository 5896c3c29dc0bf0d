import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawRequest, sendRaw } from './raw-http.ts';
import { serveTiny, signIn, type Served } from './serve-tiny.ts';

describe('the files of the renderer', () => {
  let served: Served;
  let cookie: string;
  beforeAll(async () => {
    served = await serveTiny();
    cookie = await signIn(served.server);
  });
  afterAll(() => served.server.stop());

  const get = (path: string, headers: readonly (readonly [string, string])[] = [['Cookie', cookie]]) =>
    sendRaw(
      served.server.port,
      rawRequest({ path, headers: [['Host', `127.0.0.1:${served.server.port}`], ...headers] }),
    );

  it('are served to a browser that was let in, with their types', async () => {
    const index = await get('/');
    expect(index).toMatchObject({ status: 200, body: '<!doctype html><title>tiny</title>' });
    expect(index.head).toContain('Content-Type: text/html');
    expect((await get('/assets/main.js?v=1')).head).toContain('Content-Type: text/javascript');
  });

  it('are not served to anybody else, who learns how to get in', async () => {
    const answer = await get('/', []);
    expect(answer.status).toBe(401);
    expect(answer.body).toContain('tokenwatt -- open');
    expect((await get('/assets/main.js', [])).status).toBe(401);
    expect((await get('/', [['Cookie', `tokenwatt-${served.server.port}=${'0'.repeat(64)}`]])).status).toBe(401);
  });

  it('leave out kinds of files that no page asks for', async () => {
    expect((await get('/assets/main.js.map')).status).toBe(404);
  });

  const outside = [
    '/../outside.html',
    '/assets/../../outside.html',
    '/..%2foutside.html',
    '/%2e%2e/outside.html',
    '/..%5coutside.html',
    '/..\\outside.html',
    '/assets%2fmain.js',
    '/index.html%00.js',
    '/index.html::$DATA',
    '/C:/Windows/win.ini',
    '/assets/',
    '/assets',
    '/constructor',
    '/__proto__',
  ];
  it.each(outside)('give 404 for %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it('have their place explained when they are not built', async () => {
    const bare = await serveTiny({ rendererFolder: '/does/not/exist' });
    const headers = { Cookie: await signIn(bare.server) };
    const answer = await fetch(`${bare.origin}/`, { headers });
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('npm run build:renderer');
    await bare.server.stop();
  });
});
