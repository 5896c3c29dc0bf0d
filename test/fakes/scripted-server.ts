import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A series as a server holds it: labels with `__name__`, and samples in order of time, seconds and text. */
export type HeldSeries = {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
};

/** What was asked: the names of metrics, and the range `(until - seconds, until]`. */
export type ServerQuestion = {
  readonly names: readonly string[];
  readonly query: string;
  readonly until: number;
  readonly seconds: number;
};

type Reply = { readonly status?: number; readonly headers?: Record<string, string>; readonly body: unknown };

/**
 * The query API of a Prometheus-compatible server on loopback, for raw samples of series by name. `held` is what it holds;
 * `reply` may answer a question otherwise, given the answer that it would have.
 */
export type ScriptedServer = {
  readonly url: string;
  readonly questions: ServerQuestion[];
  held: readonly HeldSeries[];
  reply: ((question: ServerQuestion, answer: Reply) => Reply | 'silent') | null;
  close(): Promise<void>;
};

export async function startScriptedServer(): Promise<ScriptedServer> {
  const server = createServer((request, response) => void handle(request, response));
  const scripted: ScriptedServer = {
    url: '',
    questions: [],
    held: [],
    reply: null,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const question = questionOf(form);
    if (question === null) return void response.writeHead(404).end();
    scripted.questions.push(question);
    const answer: Reply = {
      body: { status: 'success', data: { resultType: 'matrix', result: inRange(scripted.held, question) } },
    };
    const reply = scripted.reply === null ? answer : scripted.reply(question, answer);
    if (reply === 'silent') return;
    const { status = 200, headers = {}, body } = reply;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(scripted, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

function questionOf(form: URLSearchParams): ServerQuestion | null {
  const query = form.get('query') ?? '';
  const [, names, seconds] = /^\{__name__=~"([^"]*)".*\}\[(\d+)s\]$/.exec(query) ?? [];
  if (names === undefined || seconds === undefined) return null;
  return { names: names.split('|'), query, until: Number(form.get('time')), seconds: Number(seconds) };
}

function inRange(held: readonly HeldSeries[], { names, until, seconds }: ServerQuestion): HeldSeries[] {
  const asked = new Set(names);
  return held.flatMap(({ metric, values }) => {
    const inside = values.filter(([at]) => at > until - seconds && at <= until);
    return asked.has(metric['__name__'] ?? '') && inside.length > 0 ? [{ metric, values: inside }] : [];
  });
}
