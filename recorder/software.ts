import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')) as { version: string };

/** What the manifests name as the maker of a recording. */
export const SOFTWARE = `qinqiao-recorder ${version}`;
