import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { defineConfig } from 'vite';

const repository = join(import.meta.dirname, '..', '..', '..');

/** Found at run time: Electron itself, Node, and packages that are native or must not be bundled. */
const EXTERNAL = ['electron', '@duckdb/node-api', 'ws', 'pdfmake', ...builtinModules, /^node:/];

/**
 * Two builds: main, backend and sample fleet as modules for Node, and the preload as one CommonJS file, because a sandboxed
 * preload can load nothing else. They are small and read in bug reports, so nothing is minified.
 */
export default defineConfig({
  root: repository,
  publicDir: false,
  builder: {
    buildApp: async (builder) => {
      for (const name of ['node', 'preload']) {
        const environment = builder.environments[name];
        if (environment !== undefined) await builder.build(environment);
      }
    },
  },
  environments: {
    node: {
      consumer: 'server',
      resolve: { noExternal: true, external: ['@duckdb/node-api', 'ws', 'pdfmake'] },
      build: {
        outDir: 'dist/window',
        emptyOutDir: true,
        minify: false,
        target: 'node24',
        rolldownOptions: {
          input: {
            main: join(import.meta.dirname, 'main.ts'),
            backend: join(import.meta.dirname, 'backend-main.ts'),
            'sample-fleet': join(repository, 'electron', 'sample-fleet', 'main.ts'),
          },
          external: EXTERNAL,
          output: { format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'shared-[hash].js' },
        },
      },
    },
    preload: {
      consumer: 'server',
      resolve: { noExternal: true },
      build: {
        outDir: 'dist/window',
        emptyOutDir: false,
        minify: false,
        target: 'es2024',
        rolldownOptions: {
          input: join(import.meta.dirname, 'preload.ts'),
          external: EXTERNAL,
          output: { format: 'cjs', entryFileNames: 'preload.cjs' },
        },
      },
    },
  },
});
