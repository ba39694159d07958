import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

const { resolve } = createRequire(import.meta.url);
const packageOf = (file: string, name: string) => join(resolve(file).split(name)[0] ?? '', name);
const MEDIAPIPE = dirname(resolve('@mediapipe/selfie_segmentation'));
const HUMAN = packageOf('@vladmandic/human', '@vladmandic/human');
const WASM = packageOf('@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-backend-wasm');

/** What the masking workers load by themselves, all of it from npm packages. */
const FILES: Record<string, string> = Object.fromEntries(
  [
    join(MEDIAPIPE, 'selfie_segmentation.js'),
    join(MEDIAPIPE, 'selfie_segmentation.binarypb'),
    join(MEDIAPIPE, 'selfie_segmentation_landscape.tflite'),
    join(MEDIAPIPE, 'selfie_segmentation_solution_simd_wasm_bin.js'),
    join(MEDIAPIPE, 'selfie_segmentation_solution_simd_wasm_bin.wasm'),
    join(MEDIAPIPE, 'selfie_segmentation_solution_simd_wasm_bin.data'),
    join(HUMAN, 'dist/human.js'),
    join(HUMAN, 'models/blazeface.json'),
    join(HUMAN, 'models/blazeface.bin'),
    join(WASM, 'dist/tfjs-backend-wasm-simd.wasm'),
  ].map((path) => [path.slice(path.lastIndexOf('/') + 1), path]),
);

/**
 * Puts the models of the masking beside the app's own files, and defines `MASKING_ASSETS`, their folder below the app's base. Its name
 * changes with the contents, so that browsers may keep the files for ever.
 */
export function maskingAssets(): Plugin {
  const contents = new Map(Object.entries(FILES).map(([name, path]) => [name, readFileSync(path)]));
  const hash = createHash('sha256');
  for (const content of contents.values()) hash.update(content);
  const folder = `assets/masking-${hash.digest('hex').slice(0, 12)}/`;
  return {
    name: 'masking-assets',
    config: () => ({ define: { MASKING_ASSETS: JSON.stringify(folder) } }),
    generateBundle() {
      for (const [name, source] of contents) this.emitFile({ type: 'asset', fileName: folder + name, source });
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const content = contents.get(request.url?.split(folder)[1] ?? '');
        if (content) response.end(content);
        else next();
      });
    },
  };
}
