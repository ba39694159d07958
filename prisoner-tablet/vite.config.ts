import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { maskingAssets } from '@qinqiao/client-sdk/picture/assets';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'), 'utf8')) as { version: string };

/** Served below /tablet/: every address is relative, and the service worker's scope is this folder. */
export default defineConfig({
  base: './',
  define: { 'import.meta.env.VITE_APP_VERSION': JSON.stringify(version) },
  plugins: [
    react(),
    maskingAssets(),
    VitePWA({
      // A new version waits until nobody is in a call: see src/device/updates.ts.
      registerType: 'prompt',
      scope: './',
      includeAssets: ['icon.svg'],
      workbox: {
        globPatterns: ['**/*.{js,css,html,svg}'],
        // The masking's models are 9 MB: kept when they are first asked for, not before the tablet opens.
        globIgnores: ['assets/masking-*/**'],
        runtimeCaching: [
          {
            urlPattern: /\/assets\/masking-[^/]+\//,
            handler: 'CacheFirst',
            options: { cacheName: 'masking', expiration: { maxEntries: 20 } },
          },
        ],
        navigateFallbackDenylist: [/^\/api/, /^\/socket\.io/],
      },
      manifest: {
        name: '亲桥会见终端',
        short_name: '会见终端',
        lang: 'zh-CN',
        display: 'fullscreen',
        display_override: ['fullscreen', 'standalone'],
        orientation: 'any',
        background_color: '#0f2747',
        theme_color: '#0f2747',
        start_url: './',
        scope: './',
        icons: [{ src: './icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
      },
    }),
  ],
  build: { target: 'es2022' },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/socket.io': { target: 'http://127.0.0.1:8080', ws: true } } },
});
