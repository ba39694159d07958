import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { StoreConfig } from './object-store/index.ts';

const port = z.coerce.number().int().min(1).max(65535);
const optional = z.string().min(1).optional();

const DATABASE_URL = /^mysql:\/\/[^/?#]+\/[^/?#]+(\?socket=[^&#]+)?$/;

const Environment = z.object({
  QINQIAO_PORT: port.default(8080),
  QINQIAO_REST_PORT: port.default(8081),
  QINQIAO_HOST: z.string().default('127.0.0.1'),
  QINQIAO_DATA: z.string().default('./data'),
  QINQIAO_DATABASE_URL: z.string().regex(DATABASE_URL, 'must be mysql://user:password@host/database').optional(),
  QINQIAO_DEMO: z.enum(['0', '1']).default('1'),
  QINQIAO_SECRET: z.string().min(32).optional(),
  QINQIAO_LINK_URL: z.url().optional(),
  QINQIAO_RTC_PORT: z.coerce.number().int().min(0).max(65000).default(40000),
  QINQIAO_RTC_IP: z.string().default('127.0.0.1'),
  QINQIAO_RTC_ANNOUNCED: optional,
  QINQIAO_RTC_WORKERS: z.coerce.number().int().min(1).max(64).optional(),
  QINQIAO_ICE_SERVERS: z.string().default('[]'),
  QINQIAO_VIDEO_CODEC: z.enum(['vp8', 'h264']).default('vp8'),
  QINQIAO_TAP_IP: z.string().default('127.0.0.1'),
  QINQIAO_RECORDING_LOST: z.enum(['end', 'continue']).default('end'),
  QINQIAO_RECORDING_WAIT_MS: z.coerce.number().int().min(0).max(60_000).default(10_000),
  QINQIAO_MIN_FREE_MB: z.coerce.number().min(0).default(500),
  QINQIAO_KEEP_JOURNALS: z.enum(['0', '1']).default('0'),
  QINQIAO_WORK_DIR: optional,
  QINQIAO_STORE: z.enum(['disk', 's3']).default('disk'),
  QINQIAO_STORE_FOLDER: optional,
  QINQIAO_S3_ENDPOINT: z.url().optional(),
  QINQIAO_S3_REGION: z.string().min(1).default('us-east-1'),
  QINQIAO_S3_BUCKET: optional,
  QINQIAO_S3_PREFIX: z.string().default(''),
  QINQIAO_S3_KEY_ID: optional,
  QINQIAO_S3_KEY_SECRET_FILE: optional,
  QINQIAO_S3_PATH_STYLE: z.enum(['0', '1']).default('1'),
  QINQIAO_COLD_STORE: z.enum(['none', 'disk', 's3']).default('none'),
  QINQIAO_COLD_FOLDER: optional,
  QINQIAO_COLD_S3_ENDPOINT: z.url().optional(),
  QINQIAO_COLD_S3_REGION: z.string().min(1).default('us-east-1'),
  QINQIAO_COLD_S3_BUCKET: optional,
  QINQIAO_COLD_S3_PREFIX: z.string().default(''),
  QINQIAO_COLD_S3_KEY_ID: optional,
  QINQIAO_COLD_S3_KEY_SECRET_FILE: optional,
  QINQIAO_COLD_S3_PATH_STYLE: z.enum(['0', '1']).default('1'),
  QINQIAO_SPEECH_ENGINE: z.enum(['trial', 'funasr', 'none']).default('trial'),
  QINQIAO_FUNASR_URL: z.url().optional(),
  QINQIAO_TRIAL_ENGINE: optional,
  QINQIAO_TRIAL_LANGUAGE: z.enum(['zh-x-trial', 'en']).default('zh-x-trial'),
  QINQIAO_FACES: z.enum(['embedded', 'http', 'none']).default('embedded'),
  QINQIAO_FACES_THREADS: z.coerce.number().int().min(1).max(16).default(1),
  QINQIAO_FACES_URL: z.url().optional(),
  QINQIAO_FACES_TOKEN_FILE: optional,
  QINQIAO_FACES_UPLOAD: z.enum(['json', 'multipart']).default('json'),
  QINQIAO_FACES_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(5000),
  QINQIAO_IDENTITY: z.enum(['local', 'wechat', 'city']).default('local'),
  QINQIAO_WECHAT_APP_ID: optional,
  QINQIAO_WECHAT_SECRET: optional,
  QINQIAO_WECHAT_SECRET_FILE: optional,
  QINQIAO_WECHAT_API: z.url().default('https://api.weixin.qq.com'),
  QINQIAO_CITY_CLIENT_ID: optional,
  QINQIAO_CITY_CLIENT_SECRET: optional,
  QINQIAO_CITY_AUTHORIZE_URL: z.url().optional(),
  QINQIAO_CITY_TOKEN_URL: z.url().optional(),
  QINQIAO_CITY_USER_URL: z.url().optional(),
  QINQIAO_CITY_REDIRECT_URL: z.url().optional(),
  QINQIAO_NOTICE_WECHAT: z.enum(['local', 'wechat']).default('local'),
  QINQIAO_NOTICE_SMS: z.enum(['local', 'aliyun']).default('local'),
  QINQIAO_NOTICE_VOICE: z.enum(['local', 'aliyun']).default('local'),
  QINQIAO_WECHAT_PROGRAM_STATE: z.enum(['formal', 'trial', 'developer']).default('formal'),
  QINQIAO_ALIYUN_KEY_ID: optional,
  QINQIAO_ALIYUN_KEY_SECRET_FILE: optional,
  QINQIAO_SMS_SIGN_NAME: optional,
  QINQIAO_SMS_API: z.url().default('https://dysmsapi.aliyuncs.com'),
  QINQIAO_VOICE_SHOW_NUMBER: optional,
  QINQIAO_VOICE_API: z.url().default('https://dyvmsapi.aliyuncs.com'),
  QINQIAO_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  MEDIASOUP_WORKER_BIN: optional,
  FFMPEG_PATH: optional,
});

/** Everything an installation can set, read from the environment once at the start. docs/deployment.md explains each. */
export interface Config {
  port: number;
  /** Where processes that serve REST alone listen, all at the same. */
  restPort: number;
  host: string;
  dataDir: string;
  /** Null: SQLite in the data folder. */
  databaseUrl: string | null;
  /** Whether `npm start` fills an empty store with something to try out; without it, with the first administrators only. */
  demoData: boolean;
  /** Null: drawn once and kept in the data folder (see secrets.ts). */
  secret: string | null;
  linkUrl: string;
  rtc: {
    port: number;
    ip: string;
    announced: string | null;
    workers: number;
    workerBin: string | null;
    iceServers: Record<string, unknown>[];
  };
  videoCodec: 'vp8' | 'h264';
  /** Address on which recorder and bridge take RTP. */
  tapIp: string;
  recording: {
    lost: 'end' | 'continue';
    waitMs: number;
    minFreeBytes: number;
    keepJournals: boolean;
    ffmpegPath: string | null;
    /** Where plain files lie while they are made and until they are sealed; null: in the recording's own folder. */
    workDir: string | null;
  };
  /** Where sealed recordings are kept, and where they are moved to after a while; null: nowhere. */
  storage: StorageConfig;
  speech: { engine: 'trial' | 'funasr' | 'none'; funasrUrl: string | null; trialEngine: string | null; trialLanguage: 'zh-x-trial' | 'en' };
  /** What finds and compares faces; `none`: nobody logs in by face and calls are not watched. */
  faces: FaceConfig;
  /** Who checks families' real names when they register. */
  identity:
    | { provider: 'local' }
    | { provider: 'wechat'; wechat: { appId: string; secret: string; api: string } }
    | {
        provider: 'city';
        city: { clientId: string; clientSecret: string; authorizeUrl: string; tokenUrl: string; userUrl: string; redirectUrl: string };
      };
  notices: NoticeConfig;
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
}

export interface StorageConfig {
  hot: StoreConfig;
  cold: StoreConfig | null;
}

export type FaceConfig =
  | { engine: 'embedded'; threads: number }
  | { engine: 'http'; url: string; token: string | null; upload: 'json' | 'multipart'; timeoutMs: number }
  | { engine: 'none' };

interface AliyunKey {
  keyId: string;
  keySecret: string;
  /** https://dysmsapi.aliyuncs.com */
  api: string;
}

/** Who carries notices out of the house. Null: they are only listed in the console. */
export interface NoticeConfig {
  wechat: { appId: string; secret: string; api: string; programState: 'formal' | 'trial' | 'developer' } | null;
  sms: (AliyunKey & { signName: string }) | null;
  /** `showNumber`: the number that is shown to who is called; null: one of the provider's. */
  voice: (AliyunKey & { showNumber: string | null }) | null;
}

/** A setting that can't be used; its message names the variable and what it may be. */
export class ConfigError extends Error {}

/** Reads and checks the settings. Throws `ConfigError` naming every wrong variable. */
export function loadConfig(env: Record<string, string | undefined> = process.env): Config {
  const parsed = Environment.safeParse(env);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  }
  const e = parsed.data;
  return {
    port: e.QINQIAO_PORT,
    restPort: e.QINQIAO_REST_PORT,
    host: e.QINQIAO_HOST,
    dataDir: resolve(e.QINQIAO_DATA),
    databaseUrl: e.QINQIAO_DATABASE_URL ?? null,
    demoData: e.QINQIAO_DEMO === '1',
    secret: e.QINQIAO_SECRET ?? null,
    linkUrl: e.QINQIAO_LINK_URL ?? `http://127.0.0.1:${e.QINQIAO_PORT}`,
    rtc: {
      port: e.QINQIAO_RTC_PORT,
      ip: e.QINQIAO_RTC_IP,
      announced: e.QINQIAO_RTC_ANNOUNCED ?? null,
      workers: e.QINQIAO_RTC_WORKERS ?? availableParallelism(),
      workerBin: e.MEDIASOUP_WORKER_BIN ?? null,
      iceServers: parseIceServers(e.QINQIAO_ICE_SERVERS),
    },
    videoCodec: e.QINQIAO_VIDEO_CODEC,
    tapIp: e.QINQIAO_TAP_IP,
    recording: {
      lost: e.QINQIAO_RECORDING_LOST,
      waitMs: e.QINQIAO_RECORDING_WAIT_MS,
      minFreeBytes: e.QINQIAO_MIN_FREE_MB * 1e6,
      keepJournals: e.QINQIAO_KEEP_JOURNALS === '1',
      ffmpegPath: e.FFMPEG_PATH ?? null,
      workDir: e.QINQIAO_WORK_DIR === undefined ? null : resolve(e.QINQIAO_WORK_DIR),
    },
    storage: storageOf(e),
    speech: {
      engine: e.QINQIAO_SPEECH_ENGINE,
      funasrUrl: e.QINQIAO_FUNASR_URL ?? null,
      trialEngine: e.QINQIAO_TRIAL_ENGINE ?? null,
      trialLanguage: e.QINQIAO_TRIAL_LANGUAGE,
    },
    faces: facesOf(e),
    identity: identityOf(e),
    notices: noticesOf(e),
    logLevel: e.QINQIAO_LOG_LEVEL,
  };
}

function storageOf(e: z.output<typeof Environment>): StorageConfig {
  const hotFolder = resolve(e.QINQIAO_STORE_FOLDER ?? join(resolve(e.QINQIAO_DATA), 'sealed'));
  const hot: StoreConfig = e.QINQIAO_STORE === 'disk' ? { kind: 'disk', folder: hotFolder } : s3Of(e, 'QINQIAO_STORE', 'QINQIAO_S3');
  if (e.QINQIAO_COLD_STORE === 'none') return { hot, cold: null };
  if (e.QINQIAO_COLD_STORE === 's3') return { hot, cold: s3Of(e, 'QINQIAO_COLD_STORE', 'QINQIAO_COLD_S3') };
  if (e.QINQIAO_COLD_FOLDER === undefined) throw new ConfigError('QINQIAO_COLD_FOLDER: needed when QINQIAO_COLD_STORE is disk');
  const folder = resolve(e.QINQIAO_COLD_FOLDER);
  if (hot.kind === 'disk' && hot.folder === folder)
    throw new ConfigError('QINQIAO_COLD_FOLDER: must be another folder than the first store');
  return { hot, cold: { kind: 'disk', folder } };
}

function s3Of(e: z.output<typeof Environment>, by: string, prefix: 'QINQIAO_S3' | 'QINQIAO_COLD_S3'): StoreConfig {
  const needed = (name: keyof typeof e): string => {
    const value = e[name];
    if (typeof value !== 'string') throw new ConfigError(`${name}: needed when ${by} is s3`);
    return value;
  };
  const keySecretFile = `${prefix}_KEY_SECRET_FILE` as const;
  const keyPrefix = e[`${prefix}_PREFIX`].replace(/^\/+|\/+$/g, '');
  return {
    kind: 's3',
    endpoint: e[`${prefix}_ENDPOINT`] ?? null,
    region: e[`${prefix}_REGION`],
    bucket: needed(`${prefix}_BUCKET`),
    prefix: keyPrefix === '' ? '' : `${keyPrefix}/`,
    keyId: needed(`${prefix}_KEY_ID`),
    keySecret: secretIn(keySecretFile, needed(keySecretFile)),
    pathStyle: e[`${prefix}_PATH_STYLE`] === '1',
  };
}

function facesOf(e: z.output<typeof Environment>): FaceConfig {
  if (e.QINQIAO_FACES === 'none') return { engine: 'none' };
  if (e.QINQIAO_FACES === 'embedded') return { engine: 'embedded', threads: e.QINQIAO_FACES_THREADS };
  if (e.QINQIAO_FACES_URL === undefined) throw new ConfigError('QINQIAO_FACES_URL: needed when QINQIAO_FACES is http');
  const token = e.QINQIAO_FACES_TOKEN_FILE === undefined ? null : secretIn('QINQIAO_FACES_TOKEN_FILE', e.QINQIAO_FACES_TOKEN_FILE);
  return {
    engine: 'http',
    url: e.QINQIAO_FACES_URL.replace(/\/+$/, ''),
    token,
    upload: e.QINQIAO_FACES_UPLOAD,
    timeoutMs: e.QINQIAO_FACES_TIMEOUT_MS,
  };
}

function identityOf(e: z.output<typeof Environment>): Config['identity'] {
  const needed = (name: keyof typeof e): string => {
    const value = e[name];
    if (typeof value !== 'string') throw new ConfigError(`${name}: needed when QINQIAO_IDENTITY is ${e.QINQIAO_IDENTITY}`);
    return value;
  };
  if (e.QINQIAO_IDENTITY === 'wechat') {
    const wechat = { appId: needed('QINQIAO_WECHAT_APP_ID'), secret: wechatSecret(e), api: e.QINQIAO_WECHAT_API };
    return { provider: 'wechat', wechat };
  }
  if (e.QINQIAO_IDENTITY === 'city') {
    const urls = { authorizeUrl: needed('QINQIAO_CITY_AUTHORIZE_URL'), tokenUrl: needed('QINQIAO_CITY_TOKEN_URL') };
    const more = { userUrl: needed('QINQIAO_CITY_USER_URL'), redirectUrl: needed('QINQIAO_CITY_REDIRECT_URL') };
    const client = { clientId: needed('QINQIAO_CITY_CLIENT_ID'), clientSecret: needed('QINQIAO_CITY_CLIENT_SECRET') };
    return { provider: 'city', city: { ...client, ...urls, ...more } };
  }
  return { provider: 'local' };
}

function noticesOf(e: z.output<typeof Environment>): NoticeConfig {
  const needed = (name: keyof typeof e, by: keyof typeof e): string => {
    const value = e[name];
    if (typeof value !== 'string') throw new ConfigError(`${name}: needed when ${by} is ${String(e[by])}`);
    return value;
  };
  const aliyunKey = (by: keyof typeof e) => ({
    keyId: needed('QINQIAO_ALIYUN_KEY_ID', by),
    keySecret: secretIn('QINQIAO_ALIYUN_KEY_SECRET_FILE', needed('QINQIAO_ALIYUN_KEY_SECRET_FILE', by)),
  });
  const wechat = () => ({
    appId: needed('QINQIAO_WECHAT_APP_ID', 'QINQIAO_NOTICE_WECHAT'),
    secret: wechatSecret(e),
    api: e.QINQIAO_WECHAT_API,
    programState: e.QINQIAO_WECHAT_PROGRAM_STATE,
  });
  const sms = () => ({
    ...aliyunKey('QINQIAO_NOTICE_SMS'),
    api: e.QINQIAO_SMS_API,
    signName: needed('QINQIAO_SMS_SIGN_NAME', 'QINQIAO_NOTICE_SMS'),
  });
  const voice = () => ({
    ...aliyunKey('QINQIAO_NOTICE_VOICE'),
    api: e.QINQIAO_VOICE_API,
    showNumber: e.QINQIAO_VOICE_SHOW_NUMBER ?? null,
  });
  return {
    wechat: e.QINQIAO_NOTICE_WECHAT === 'wechat' ? wechat() : null,
    sms: e.QINQIAO_NOTICE_SMS === 'aliyun' ? sms() : null,
    voice: e.QINQIAO_NOTICE_VOICE === 'aliyun' ? voice() : null,
  };
}

/** From a file rather than from the environment, where other programs of the machine may see it; the environment still serves. */
function wechatSecret({ QINQIAO_WECHAT_SECRET: text, QINQIAO_WECHAT_SECRET_FILE: file }: z.output<typeof Environment>): string {
  if (file !== undefined) return secretIn('QINQIAO_WECHAT_SECRET_FILE', file);
  if (text === undefined) throw new ConfigError('QINQIAO_WECHAT_SECRET_FILE: needed for WeChat');
  return text;
}

function secretIn(name: string, file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new ConfigError(`${name}: the file cannot be read`, { cause });
  }
  if (text === '') throw new ConfigError(`${name}: the file is empty`);
  return text;
}

function parseIceServers(text: string): Record<string, unknown>[] {
  try {
    return z.array(z.record(z.string(), z.unknown())).parse(JSON.parse(text));
  } catch (cause) {
    throw new ConfigError('QINQIAO_ICE_SERVERS: must be a JSON array of RTCIceServer objects', { cause });
  }
}
