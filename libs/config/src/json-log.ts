import type { LoggerService } from '@nestjs/common';

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';
const levels: readonly LogLevel[] = ['debug', 'info', 'warning', 'error'];

/** Logs one JSON object a line: time, level, message, and what else is known, such as the collage's id. */
export class JsonLog implements LoggerService {
  /**
   * @param now milliseconds since 1970
   * @param lowest what is less important is left out
   */
  constructor(
    private readonly output: { write(text: string): unknown },
    private readonly now: () => number,
    private readonly lowest: LogLevel = 'info',
  ) {}

  write(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    if (levels.indexOf(level) < levels.indexOf(this.lowest)) return;
    const time = new Date(this.now()).toISOString();
    this.output.write(`${JSON.stringify({ time, level, message, ...fields })}\n`);
  }

  log(message: unknown, context?: unknown): void {
    // Nest tells of every route at start; that is for debugging.
    this.write('debug', String(message), { context });
  }

  warn(message: unknown, context?: unknown): void {
    this.write('warning', String(message), { context });
  }

  error(message: unknown, stack?: unknown, context?: unknown): void {
    this.write('error', String(message), { stack, context });
  }
}
