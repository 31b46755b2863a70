import type { Plugin } from 'vite';
import { createMock } from './mock.mjs';

/** Answers the API in `npm run dev`, so that the page can be worked on without a server. */
export function mockServer(): Plugin {
  return {
    name: 'mock-server',
    apply: 'serve',
    configureServer({ middlewares }) {
      const mock = createMock({ demo: true });
      middlewares.use((request, response, next) => {
        if (!mock.handle(request, response)) next();
      });
    },
  };
}
