import { createGzip, gzipSync } from 'node:zlib';
import type { Reply } from './fault-server.js';

const MIB = 1024 * 1024;

/** An ordinary answer. */
export function content(
  body: string | Uint8Array,
  mediaType = 'application/json',
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return (_, response) => {
    response.writeHead(200, { 'content-type': mediaType, ...headers }).end(body);
  };
}

/** A redirect, to an absolute address or a path. */
export function redirect(location: string, status = 302): Reply {
  return (_, response) => {
    response.writeHead(status, { location }).end();
  };
}

/** A bare status, with an HTML page as front ends send it. */
export function statusPage(status: number, headers: Readonly<Record<string, string>> = {}): Reply {
  return (_, response) => {
    response
      .writeHead(status, { 'content-type': 'text/html', ...headers })
      .end(`<!DOCTYPE html><h1>Error ${status}</h1>`);
  };
}

/** What goes wrong with hosts, by name. */
export const faults = {
  /** 429 with a page for people and no Retry-After: Wikimedia's answer to too many requests. */
  tooManyRequestsInHtml: statusPage(429),

  /** 503 that says how long to wait: seconds, or a date. */
  unavailable: (retryAfter: string): Reply => statusPage(503, { 'retry-after': retryAfter }),

  /** Accepts the request and says nothing. */
  silence: (() => undefined) as Reply,

  /** The headers, half of the body, and then nothing. */
  slowBody: ((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '2000' });
    response.write('x'.repeat(1000));
  }) as Reply,

  /** A byte at a time, without end: never idle, never done. */
  trickle: ((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    const timer = setInterval(() => response.write('x'), 10);
    response.on('close', () => clearInterval(timer));
  }) as Reply,

  /** Chunks without end, as fast as they are taken. */
  endlessBody: ((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    const chunk = Buffer.alloc(65_536, 'x');
    const send = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', send);
    send();
  }) as Reply,

  /** Announces 10 GB, and begins to send them. */
  tenGigabytes: ((_, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': String(10 * 1024 * MIB) });
    response.write('x');
  }) as Reply,

  /** A gigabyte of zeros as about a megabyte of gzip. */
  gzipBomb: ((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    const gzip = createGzip();
    gzip.pipe(response);
    response.on('close', () => gzip.destroy());
    const zeros = Buffer.alloc(MIB);
    let left = 1024;
    const send = () => {
      while (left > 0 && !gzip.destroyed) {
        left -= 1;
        if (!gzip.write(zeros)) return void gzip.once('drain', send);
      }
      gzip.end();
    };
    send();
  }) as Reply,

  /** A gzip within a gzip, announced as such. */
  doubleGzip: content(gzipSync(gzipSync('{}')), 'application/json', { 'content-encoding': 'gzip, gzip' }),

  /** Claims to be gzip, is not. */
  falseGzip: content('{}', 'application/json', { 'content-encoding': 'gzip' }),

  /** Half of the body, then the connection is gone. */
  resetMidBody: ((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '2000' });
    response.write('x'.repeat(1000), () => response.socket?.resetAndDestroy());
  }) as Reply,

  /** The connection is gone before any answer. */
  resetAtOnce: ((_, response) => {
    response.socket?.resetAndDestroy();
  }) as Reply,

  /** A megabyte of headers. */
  headerFlood: ((_, response) => {
    const { socket } = response;
    socket?.write('HTTP/1.1 200 OK\r\n');
    for (let index = 0; index < 1024; index++) socket?.write(`x-${index}: ${'x'.repeat(1000)}\r\n`);
    socket?.end('\r\n');
  }) as Reply,

  /** Something that is not HTTP. */
  gibberish: ((_, response) => {
    response.socket?.end('220 mail.example ESMTP\r\n\r\n');
  }) as Reply,
};
