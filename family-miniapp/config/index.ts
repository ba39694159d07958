import { resolve } from 'node:path';
import { defineConfig } from '@tarojs/cli';

const root = resolve(__dirname, '../..');

const OWN_PACKAGES = ['contracts', 'client-sdk'].map((name) => resolve(root, name));
const NEWER_LIBRARIES = ['mediasoup-client', 'awaitqueue', 'h264-profile-level-id'].map((name) => resolve(root, 'node_modules', name));

export default defineConfig({
  projectName: 'qinqiao-family',
  date: '2026-11-20',
  designWidth: 375,
  deviceRatio: { 375: 2, 750: 1 },
  sourceRoot: 'src',
  outputRoot: process.env['QINQIAO_WEAPP_OUT'] ?? `dist/${process.env.TARO_ENV}`,
  plugins: [resolve(__dirname, 'aria-plugin.ts')],
  // Where the mini-program finds the server; the H5 is served by it.
  defineConstants: { QINQIAO_SERVER: JSON.stringify(process.env['QINQIAO_SERVER'] ?? 'https://qinqiao.example.invalid') },
  framework: 'react',
  // Quoting keys, Taro's default, breaks classes with private members.
  terser: { enable: true, config: { output: { quote_keys: false, keep_quoted_props: false } } },
  compiler: { type: 'webpack5', prebundle: { enable: false } },
  cache: { enable: false },
  mini: { compile: { include: OWN_PACKAGES }, postcss: { pxtransform: { enable: true, config: {} }, cssModules: { enable: false } } },
  h5: {
    publicPath: './',
    staticDirectory: 'static',
    router: { mode: 'hash' },
    // TypeScript sources of ours outside this folder, and libraries whose syntax is newer than many families' phones.
    compile: { include: [...OWN_PACKAGES, ...NEWER_LIBRARIES] },
    webpackChain(chain) {
      // What two pages use is loaded once.
      const shared = { name: 'shared', chunks: 'async', minChunks: 2, priority: 100, enforce: true, test: /\.(ts|tsx|js|mjs)$/ };
      chain.merge({ optimization: { splitChunks: { cacheGroups: { shared } } } });
    },
    output: { filename: 'assets/[name].[contenthash:8].js', chunkFilename: 'assets/[name].[contenthash:8].js' },
    miniCssExtractPluginOption: {
      ignoreOrder: true,
      filename: 'assets/[name].[contenthash:8].css',
      chunkFilename: 'assets/[name].[contenthash:8].css',
    },
    postcss: { autoprefixer: { enable: true, config: {} }, pxtransform: { enable: true, config: { maxRootSize: 22 } } },
  },
});
