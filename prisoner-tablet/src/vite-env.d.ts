/// <reference types="vite-plugin-pwa/client" />

interface ImportMetaEnv {
  /** Of the app, from its package. */
  readonly VITE_APP_VERSION: string;
}
