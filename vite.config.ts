import { defineConfig } from 'vite';

/** The portal: `src/portal` becomes `dist/portal`, which the service serves. `npx vite` serves it while it is edited. */
export default defineConfig({
  root: 'src/portal',
  build: {
    outDir: '../../dist/portal',
    emptyOutDir: true,
    // Nothing inline: the content security policy allows scripts and fonts from files of the same origin only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Kilobytes before compression. What counts is the main route's share, in `npm run bench -- portal`.
    chunkSizeWarningLimit: 750,
    rolldownOptions: {
      onLog: (level, log, tell) => {
        // Packages mark what runs in browsers ("use client"); here everything does.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') tell(level, log);
      },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/connect': 'http://127.0.0.1:8080' } },
});
