import { createServer, request as requestPlain } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** A forward proxy on loopback: CONNECT for https, whole addresses in the request line for http. */
export type ProxyServer = {
  readonly url: string;
  /** Every request line that came, and the proxy credentials with it. */
  readonly asked: { readonly line: string; readonly authorization: string | undefined }[];
  close(): Promise<void>;
};

type ProxyOptions = {
  /** What `Proxy-Authorization` has to be; anyone may pass when left out. */
  readonly authorization?: string;
  /** Names that it resolves to loopback, as a proxy knows names that its clients do not. */
  readonly names?: readonly string[];
};

export async function startProxy({ authorization, names = [] }: ProxyOptions = {}): Promise<ProxyServer> {
  const asked: ProxyServer['asked'] = [];
  const sockets = new Set<Socket>();
  const isLetThrough = (sent: string | undefined): boolean => authorization === undefined || sent === authorization;
  const addressOf = (host: string): string => (names.includes(host) ? '127.0.0.1' : host);

  const server = createServer((request, response) => {
    const sent = request.headers['proxy-authorization'];
    asked.push({ line: `${request.method} ${request.url}`, authorization: sent });
    if (!isLetThrough(sent)) return void response.writeHead(407).end();
    const { hostname, port, pathname, search } = new URL(request.url ?? '');
    const { 'proxy-authorization': _kept, ...headers } = request.headers;
    const onward = requestPlain({ host: addressOf(hostname), port, path: pathname + search, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  });
  server.on('connect', (request, socket: Socket) => {
    const sent = request.headers['proxy-authorization'];
    asked.push({ line: `CONNECT ${request.url}`, authorization: sent });
    sockets.add(socket);
    socket.on('error', () => {});
    if (!isLetThrough(sent)) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const { hostname, port } = new URL(`http://${request.url}`);
    const onward = connect({ host: addressOf(hostname), port: Number(port) });
    onward.on('connect', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.pipe(socket);
      socket.pipe(onward);
    });
    onward.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    socket.on('close', () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
