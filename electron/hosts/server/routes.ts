import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallFailure } from '#shared/contract/backend-api.ts';
import { isNonce, proofOf } from '#electron/hosts/challenge.ts';
import { isAuthorised, isSignedIn, type Doorkeeper } from './doorkeeper.ts';
import { jsonAnswer, pageAnswer, refusalAnswer, send, type Answer } from './http-answer.ts';
import type { ServerLimits } from './limits.ts';
import { NOT_BUILT_PAGE, OPEN_PAGE, OPEN_SCRIPT, SIGN_IN_PAGE } from './pages.ts';
import { readJsonBody } from './read-body.ts';
import { refusalOf, type Refusal } from './request-guard.ts';
import type { SafeDispatch } from './safe-dispatch.ts';
import type { StaticFile } from './static-files.ts';

const CALL_PREFIX = '/api/call/';

export type RouteOptions = {
  readonly files: ReadonlyMap<string, StaticFile>;
  readonly dispatch: SafeDispatch;
  readonly limits: ServerLimits;
};

/** Answers one HTTP request: guard, then route, then authority, then body. */
export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  doorkeeper: Doorkeeper,
  options: RouteOptions,
): Promise<void> {
  const refusal = refusalOf(request, doorkeeper.port());
  if (refusal !== null) return send(response, refusalAnswer(refusal));
  const { path, query } = addressOf(request);
  const answer =
    request.method === 'POST'
      ? await answerPost(request, path, doorkeeper, options)
      : answerGet(request, { path, query }, doorkeeper, options.files);
  send(response, answer);
}

type Address = { readonly path: string; readonly query: string };

/** The path as it came, never decoded: it is only ever compared. */
function addressOf(request: IncomingMessage): Address {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  return { path, query };
}

function answerGet(
  request: IncomingMessage,
  { path, query }: Address,
  doorkeeper: Doorkeeper,
  files: ReadonlyMap<string, StaticFile>,
): Answer {
  if (path === '/healthz') return { status: 200, type: 'text/plain; charset=utf-8', body: 'up\n' };
  if (path === '/open') return pageAnswer(200, OPEN_PAGE);
  if (path === '/open.js') return { status: 200, type: 'text/javascript; charset=utf-8', body: OPEN_SCRIPT };
  if (path === '/api/challenge') return answerChallenge(query, doorkeeper);
  const file = files.get(path);
  if (file === undefined && path !== '/') return refusalAnswer({ status: 404, code: 'not-found' });
  if (!isSignedIn(request, doorkeeper)) return pageAnswer(401, SIGN_IN_PAGE);
  if (file === undefined) return pageAnswer(503, NOT_BUILT_PAGE);
  return { status: 200, type: file.type, body: file.bytes };
}

/** Proves to a client that this server knows the token, before the client sends it. */
function answerChallenge(query: string, { credentials, port }: Doorkeeper): Answer {
  const nonce = query.replace(/^nonce=/, '');
  if (!isNonce(nonce)) return refusalAnswer({ status: 400, code: 'bad-nonce' });
  return jsonAnswer(200, { proof: proofOf(credentials.token, { nonce, port: port() }) });
}

async function answerPost(
  request: IncomingMessage,
  path: string,
  doorkeeper: Doorkeeper,
  options: RouteOptions,
): Promise<Answer> {
  const isKnown = path === '/api/session' || path === '/api/link' || path.startsWith(CALL_PREFIX);
  if (!isKnown) return refusalAnswer({ status: 404, code: 'not-found' });
  const refusal = refusalOfPost(request);
  if (refusal !== null) return refusalAnswer(refusal);
  if (path === '/api/session') return await answerSession(request, doorkeeper, options.limits);
  if (!(await isAuthorised(request, doorkeeper))) return refusalAnswer({ status: 401, code: 'wrong-token' });
  if (!doorkeeper.rate.take()) return refusalAnswer({ status: 429, code: 'too-many-requests' });
  if (path === '/api/link') return jsonAnswer(200, { url: doorkeeper.openLink(options.limits.linkMs) });
  return await answerCall(request, path.slice(CALL_PREFIX.length), doorkeeper, options);
}

/** What a form or a link of another page cannot send: a JSON body and a header of our own. */
function refusalOfPost({ headers }: IncomingMessage): Refusal | null {
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) return { status: 415, code: 'not-json' };
  if (headers['x-tokenwatt'] !== '1') return { status: 403, code: 'header-missing' };
  return null;
}

/** Trades the one-time code of a link for the cookie of this browser. */
async function answerSession(request: IncomingMessage, doorkeeper: Doorkeeper, limits: ServerLimits): Promise<Answer> {
  const body = await readJsonBody(request, limits.bodyBytesMax);
  if (!body.ok) return refusalAnswer(body.failure);
  const session = await doorkeeper.redeem(body.value);
  if (session === null) return refusalAnswer({ status: 401, code: 'wrong-code' });
  const cookie = `${doorkeeper.cookieName()}=${session}; HttpOnly; SameSite=Strict; Path=/`;
  return { ...jsonAnswer(200, {}), headers: { 'Set-Cookie': cookie } };
}

async function answerCall(
  request: IncomingMessage,
  name: string,
  { queue }: Doorkeeper,
  { dispatch, limits }: RouteOptions,
): Promise<Answer> {
  const body = await readJsonBody(request, limits.bodyBytesMax);
  if (!body.ok) return refusalAnswer(body.failure);
  return await new Promise((resolve) => {
    const isTaken = queue.add(async () => {
      const result = await dispatch(name, body.value);
      resolve(jsonAnswer(result.ok ? 200 : STATUS_OF_FAILURE[result.failure.kind], result));
    });
    if (!isTaken) resolve(refusalAnswer({ status: 429, code: 'too-many-requests' }));
  });
}

const STATUS_OF_FAILURE: Readonly<Record<CallFailure['kind'], number>> = {
  'bad-input': 400,
  'unknown-call': 404,
  'not-possible': 409,
  disconnected: 503,
  failed: 500,
};
