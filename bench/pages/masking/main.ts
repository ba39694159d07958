import { startHelper } from '@qinqiao/client-sdk/picture/testing';
declare const MASKING_ASSETS: string;
const assets = new URL(MASKING_ASSETS, document.baseURI).href;
Object.assign(window, { lab: { startHelper, assets } });
