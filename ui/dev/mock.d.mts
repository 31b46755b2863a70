import type { IncomingMessage, ServerResponse } from 'node:http';

export function createMock(options: { demo?: boolean }): {
  handle(request: IncomingMessage, response: ServerResponse): boolean;
};
