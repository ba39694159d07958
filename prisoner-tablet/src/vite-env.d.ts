/// <reference types="vite-plugin-pwa/client" />

interface ImportMetaEnv {
  /** Of the app, from its package. */
  readonly VITE_APP_VERSION: string;
}

/** Folder of the masking's models below the app, put there by the build (`maskingAssets`). */
declare const MASKING_ASSETS: string;
