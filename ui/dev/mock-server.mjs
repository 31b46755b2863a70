// Serves the built page with the mock API: node dev/mock-server.mjs [port]
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createMock } from './mock.mjs';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const policy =
  "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

export function serveMock(options, port = 0) {
  const mock = createMock(options);
  const server = createServer((request, response) => {
    if (mock.handle(request, response)) return;
    const path = new URL(request.url, 'http://mock').pathname;
    const send = (name, status) => {
      const body = readFileSync(join(dist, name));
      response.writeHead(status, {
        'Content-Type': types[extname(name)] ?? 'font/woff2',
        'Content-Security-Policy': policy,
      });
      response.end(body);
    };
    try {
      send(path === '/' ? 'index.html' : path, 200);
    } catch {
      send('index.html', 404);
    }
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      const url = `http://127.0.0.1:${server.address().port}`;
      const stop = () => {
        mock.stop();
        server.closeAllConnections();
        server.close();
      };
      resolve({ url, mock, stop });
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await serveMock({ demo: true }, Number(process.argv[2] ?? 0));
  console.log(url);
}
