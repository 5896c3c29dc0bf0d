import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** One build for both hosts: relative addresses, so that it runs under any path and from the window's own scheme. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'es2024',
    // Fonts stay files: the page's policy allows fonts from its own origin only, not from data addresses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
});
