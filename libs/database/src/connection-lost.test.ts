import { createServer, type Socket } from 'node:net';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { isConnectionLost } from './connection-lost.js';
import { DatabaseError } from './database-error.js';

const coded = (code: string, more: object = {}) =>
  Object.assign(new Error(`it said ${code}`), { code, ...more });

describe('isConnectionLost', () => {
  it.each([
    [coded('ECONNREFUSED')],
    [coded('ECONNRESET')],
    [coded('EPIPE')],
    [coded('ETIMEDOUT')],
    [coded('08006')],
    [coded('53300')],
    [coded('57P01')],
    [new Error('Connection terminated unexpectedly')],
    [new Error('Connection terminated due to connection timeout')],
    [new Error('timeout exceeded when trying to connect')],
    [new Error('timeout expired')],
    [new Error('Query read timeout')],
    [new Error('Client has encountered a connection error and is not queryable')],
    [{ message: '', code: 'ECONNREFUSED' }],
  ])('is true of %s', (error) => {
    expect(isConnectionLost(error)).toBe(true);
  });

  it.each([
    [coded('23505')],
    [coded('42601')],
    [coded('57014')],
    [coded('40P01')],
    [coded('ENOENT')],
    [coded('ENOSPC')],
    [coded('ECONNRESET', { reason: 'BLOB_STORE_UNREACHABLE' })],
    [new DatabaseError('DATABASE_SCHEMA', 'newer')],
    [new Error('the search said: Connection terminated')],
    ['no error'],
    [undefined],
    [null],
  ])('is false of %s', (error) => {
    expect(isConnectionLost(error)).toBe(false);
  });

  it('is true of what a pool throws where nobody listens, and where nobody answers in time', async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as { port: number };
    const failureOfPool = async (): Promise<unknown> => {
      const pool = new pg.Pool({ host: '127.0.0.1', port, connectionTimeoutMillis: 300, max: 1 });
      const thrown: unknown = await pool.query('SELECT 1').catch((error: unknown) => error);
      void pool.end();
      return thrown;
    };
    const silent = await failureOfPool();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => mute.close(resolve));
    const refused = await failureOfPool();
    expect([silent, refused].map(isConnectionLost)).toEqual([true, true]);
    expect(String(silent)).toContain('time');
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
