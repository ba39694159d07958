import { maskingAssets } from '@qinqiao/client-sdk/picture/assets';
import { defineConfig } from 'vite';

export default defineConfig({ base: './', plugins: [maskingAssets()], build: { target: 'es2022' } });
