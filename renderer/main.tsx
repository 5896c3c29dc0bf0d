import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { BackendProvider } from './backend/BackendProvider.tsx';
import { pickTransport } from './backend/pick-transport.ts';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <BackendProvider transport={pickTransport(window)}>
        <App />
      </BackendProvider>
    </StrictMode>,
  );
}
