// A receiver of alerts' messages, as the tests and the pictures need one.
import { createServer } from 'node:http';

/** Takes messages; what it is posted to at /gone is refused for good. */
export async function startReceiver() {
  const taken = [];
  const server = createServer((request, answer) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      taken.push({ path: request.url, body: JSON.parse(body) });
      answer.statusCode = request.url === '/gone' ? 410 : 200;
      answer.end('thanks');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { taken, url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
