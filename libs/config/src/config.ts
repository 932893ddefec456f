import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  MinLength,
  validateSync,
} from 'class-validator';
import { describeSettings } from './describe-settings.js';

/**
 * Every setting of the apps, read once; set-up and the sidecar read their own. The names are those of the environment and of `.env.example`
 * (a test holds the two together). Only apps read this; they hand plain values down.
 */
export class Config {
  /** Folder for caches and downloads: photos, cut-outs, embeddings. */
  @IsString()
  @MinLength(1)
  DATA_DIR = 'data';

  /** Where photos, cut-outs and vectors are kept: `s3://bucket/prefix?endpoint=…&region=…`; empty: in DATA_DIR. */
  @Matches(/^(s3:\/\/\S+)?$/, {
    message: 'an address such as s3://bucket/prefix?endpoint=https://storage.example.org',
  })
  BLOB_URL = '';

  /** Addresses (host:port) of running sidecars, separated by commas; empty: start one as a child process. */
  @Matches(/^([^\s,/@*]+:\d{1,5}(,[^\s,/@*]+:\d{1,5})*)?$/, {
    message: 'host:port pairs separated by commas, such as 127.0.0.1:50051,gpu-2:50051',
  })
  INFERENCE_ADDRESSES = '';

  /** PEM file of the authority that signed the sidecars' certificates; empty: no TLS. */
  @IsString()
  INFERENCE_TLS_CA = '';

  /** PEM file of our own certificate, for sidecars that ask who calls. */
  @IsString()
  INFERENCE_TLS_CERT = '';

  /** PEM file of its key. */
  @IsString()
  INFERENCE_TLS_KEY = '';

  /** What sees: `auto`, `clip` or `starter`. */
  @IsIn(['auto', 'starter', 'clip'])
  PERCEPTOR = 'auto';

  /** What cuts: `auto`, `groie` or `u2netp`. */
  @IsIn(['auto', 'u2netp', 'groie'])
  SEGMENTER = 'auto';

  /** Address of the api.php of Wikimedia Commons, or of another MediaWiki with files. */
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  COMMONS_URL = 'https://commons.wikimedia.org/w/api.php';

  /** Address of a PostgreSQL server with pgvector; empty: an embedded one, started when it is needed. */
  @IsString()
  DATABASE_URL = '';

  /** Folder of the embedded server's programs (`postgres`, `initdb`, …); empty: those of a Python package. */
  @IsString()
  PG_BIN = '';

  /** Threads of the sidecar; unset: as many as there are cores. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(256)
  THREADS?: number;

  /** Whom the hosts we fetch from may write to: a mailbox or web address; part of the User-Agent. */
  @Matches(/^[ -'*-~]{0,200}$/, {
    message: 'a mailbox or web address of at most 200 printable ASCII characters without parentheses',
  })
  CONTACT = '';

  /** Exact host:port pairs in private networks that may be fetched from, separated by commas. */
  @Matches(/^([^\s,/@*]+:\d{1,5}(,[^\s,/@*]+:\d{1,5})*)?$/, {
    message: 'host:port pairs separated by commas, such as 127.0.0.1:8080,wiki.local:80',
  })
  FETCH_ALLOW = '';

  /** `true`: fetch nothing, use what is kept on disk. */
  @IsBoolean({ message: 'true or false' })
  OFFLINE = false;

  /** Service: the network interface it listens on. */
  @IsString()
  @MinLength(1)
  HOST = '127.0.0.1';

  /** Service: its port; 0: any that is free. */
  @IsInt()
  @Min(0)
  @Max(65_535)
  PORT = 8080;

  /** Service: `name:SHA-256 of the key[:requests per minute[:unfinished collages]]`, separated by commas; empty: no keys. */
  @Matches(/^([\w.-]{1,64}:[0-9a-f]{64}(:\d{1,6}){0,2}(,[\w.-]{1,64}:[0-9a-f]{64}(:\d{1,6}){0,2})*)?$/, {
    message: 'name:SHA-256[:requests per minute[:unfinished collages]] entries separated by commas',
  })
  API_KEYS = '';

  /** Service: requests a minute of a client without a limit of its own. */
  @IsInt()
  @Min(1)
  @Max(999_999)
  RATE_LIMIT = 600;

  /** Service: collages that a client without a limit of its own may have waiting or under way. */
  @IsInt()
  @Min(1)
  @Max(999_999)
  UNFINISHED_LIMIT = 200;

  /** Service: web pages' origins that may call it, separated by commas; `*`: all; empty: none but its own. */
  @Matches(/^(\*|https?:\/\/[^\s,/]+(,https?:\/\/[^\s,/]+)*)?$/, {
    message: 'origins such as https://example.org separated by commas, or *',
  })
  CORS_ORIGINS = '';

  /** Service: largest photo that may be uploaded, in MiB. */
  @IsInt()
  @Min(1)
  @Max(64)
  UPLOAD_MEBIBYTES = 32;

  /** Service: photos that a client may have uploaded. */
  @IsInt()
  @Min(1)
  @Max(999_999)
  UPLOAD_LIMIT = 2000;

  /** Service: how many proxies stand before it, whose word on the client's address counts. */
  @IsInt()
  @Min(0)
  @Max(10)
  PROXY_COUNT = 0;

  /** Service: what messages on the end of a collage are signed with; empty: none are sent. */
  @Matches(/^(|\S{16,200})$/, { message: '16 to 200 characters without spaces' })
  WEBHOOK_SECRET = '';

  /**
   * Worker: where it looks for photos, some of `starter`, `commons` and `open-images` (once imported), separated by
   * commas; `none`: in PHOTOS_DIR only.
   */
  @Matches(/^(none|(starter|commons|open-images)(,(starter|commons|open-images))*)$/, {
    message: 'some of starter, commons and open-images, separated by commas, or none',
  })
  PHOTO_SOURCES = 'starter';

  /** Worker: a folder of your own photos that it looks through as well; empty: none. */
  @IsString()
  PHOTOS_DIR = '';

  /** Worker: collages that each worker makes at a time; the worker that started last sets it for all. */
  @IsInt()
  @Min(1)
  @Max(64)
  WORKER_CONCURRENCY = 1;

  /** Worker: how long a collage waits for what is away (sidecar, database, disk) before it fails, in seconds. */
  @IsInt()
  @Min(0)
  @Max(2_592_000)
  OUTAGE_SECONDS = 86_400;

  /** Worker: port on which it answers /metrics for Prometheus; 0: none. */
  @IsInt()
  @Min(0)
  @Max(65_535)
  WORKER_METRICS_PORT = 0;

  /** Worker: days that the events of a collage are kept after its end; 0: for ever. */
  @IsInt()
  @Min(0)
  @Max(36_500)
  EVENT_DAYS = 30;

  /**
   * Worker: days that what a collage's stages left is kept after its end, to go on from it with other settings, and that
   * pictures of other sizes and what models computed of photos are kept; 0: for ever.
   */
  @IsInt()
  @Min(0)
  @Max(36_500)
  STAGE_DAYS = 30;

  /** Worker: days that collages are kept after their end; 0: for ever. */
  @IsInt()
  @Min(0)
  @Max(36_500)
  COLLAGE_DAYS = 0;

  /** Worker: hours that photos, cut-outs and pictures are kept which no collage names. */
  @IsInt()
  @Min(1)
  @Max(876_000)
  UNUSED_HOURS = 72;

  /** Worker: GiB that all of these may take before more is cleared away than is due; 0: no limit. */
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  DISK_BUDGET_GIBIBYTES = 0;
}

/** A setting that cannot be used; the message names it, what was expected and what came. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the settings from an environment. An empty value means: the default.
 * @throws ConfigError naming every setting that is wrong
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.keys(describeSettings())
      .filter((name) => env[name] !== undefined && env[name] !== '')
      .map((name) => [name, typed(name, env[name]!)]),
  );
  const config = plainToInstance(Config, given, { exposeDefaultValues: true });
  const problems = validateSync(config).map(
    ({ property, value, constraints }) =>
      `${property}: expected ${Object.values(constraints ?? {}).join(' and ')}, received ${JSON.stringify(value)}`,
  );
  if (problems.length > 0) throw new ConfigError(`Wrong settings:\n  ${problems.join('\n  ')}`);
  return config;
}

const NUMBERS = [
  'THREADS',
  'PORT',
  'RATE_LIMIT',
  'UNFINISHED_LIMIT',
  'UPLOAD_MEBIBYTES',
  'UPLOAD_LIMIT',
  'PROXY_COUNT',
  'WORKER_CONCURRENCY',
  'OUTAGE_SECONDS',
  'WORKER_METRICS_PORT',
  'EVENT_DAYS',
  'STAGE_DAYS',
  'COLLAGE_DAYS',
  'UNUSED_HOURS',
  'DISK_BUDGET_GIBIBYTES',
];

/** A setting as its type; what is none stays a text, and is refused as such. */
function typed(name: string, value: string): unknown {
  if (NUMBERS.includes(name)) return /^\d+$/.test(value) ? Number(value) : value;
  return name === 'OFFLINE' && /^(true|false)$/.test(value) ? value === 'true' : value;
}
