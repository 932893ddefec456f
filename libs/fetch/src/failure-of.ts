import { isPrivateAddressRefusal } from './agents.js';
import { FetchError } from './fetch-error.js';
import { BodyRefused } from './read-body.js';

const TIME_OUT_CODES = ['ECONNABORTED', 'ETIMEDOUT', 'ERR_SOCKET_CONNECTION_TIMEOUT'];

/** What went wrong with an exchange, in our words. `timedOut`: its time was up when it failed. */
export function failureOf(error: unknown, url: URL, timedOut: boolean): FetchError {
  const address = url.href;
  if (error instanceof FetchError) return error;
  if (error instanceof BodyRefused) {
    return error.reason === 'ENCODING_UNKNOWN'
      ? new FetchError('HTTP_STATUS', address, error.message, { status: 200, cause: error })
      : new FetchError(error.reason, address, error.message, { cause: error });
  }
  const cause = causes(error);
  if (cause.some(isPrivateAddressRefusal)) {
    return new FetchError(
      'PRIVATE_ADDRESS',
      address,
      `leads to an address that is not public; name ${url.hostname} and its port in FETCH_ALLOW if that is meant`,
      { cause: error },
    );
  }
  const codes = cause.map(({ code }) => code ?? '');
  if (codes.includes('HPE_HEADER_OVERFLOW')) {
    return new FetchError('TOO_LARGE', address, 'sent more than 16 KiB of headers', { cause: error });
  }
  if (timedOut || codes.some((code) => TIME_OUT_CODES.includes(code))) {
    return new FetchError('TIMED_OUT', address, 'took too long', { cause: error });
  }
  const { message } = cause.at(-1) ?? { message: String(error) };
  return new FetchError('UNREACHABLE', address, `can't be reached or broke off: ${message}`, {
    cause: error,
  });
}

/** An error and what caused it, outermost first. */
function causes(error: unknown): Array<Error & { code?: string }> {
  const chain: Error[] = [];
  for (
    let each = error;
    each instanceof Error && !chain.includes(each);
    each = each.cause ?? ('errors' in each && Array.isArray(each.errors) ? each.errors[0] : undefined)
  ) {
    chain.push(each);
  }
  return chain;
}
