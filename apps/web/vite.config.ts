import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'

const core = 'http://127.0.0.1:9300'

export default defineConfig({
  plugins: [tailwindcss(), solid()],
  build: {
    outDir: 'dist',
    target: ['chrome123', 'firefox121', 'safari17.5'],
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    // The strict policy of the page allows no `data:` fonts or scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: false,
  },
  server: {
    port: 9310,
    proxy: { '/api': { target: core, ws: true }, '/login': core, '/docs': core },
  },
})
