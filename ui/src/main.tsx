import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { beginPreferences } from './lib/preferences';
import './styles/main.scss';

const root = document.getElementById('root');
if (root) {
  void beginPreferences().then(() =>
    createRoot(root).render(
      <StrictMode>
        <App />
      </StrictMode>,
    ),
  );
}
