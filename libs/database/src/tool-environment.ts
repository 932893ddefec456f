import type pg from 'pg';
import { DATABASE_NAME } from './data-folder.js';

/**
 * How PostgreSQL's own programs reach the same server as we do: arguments and environment. A password in an address is
 * not handed over as an argument, which others on the machine could read.
 */
export function toolConnection(config: pg.ClientConfig): { address: string; env: NodeJS.ProcessEnv } {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C.UTF-8' };
  if (config.connectionString === undefined) {
    return {
      address: `host='${quote(String(config.host))}' port=${config.port} user=${config.user} dbname=${DATABASE_NAME}`,
      env,
    };
  }
  const url = new URL(config.connectionString);
  if (url.password) env.PGPASSWORD = decodeURIComponent(url.password);
  url.password = '';
  return { address: url.href, env };
}

function quote(value: string): string {
  return value.replace(/[\\']/g, '\\$&');
}
