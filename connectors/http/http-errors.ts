import { FatalError, RetriableError } from '../../runtime/plugin/index.ts';
import type { HttpResponse } from './http-message.ts';

/** Longest part of a response body that is quoted in an error, in characters. */
const quoteLengthMax = 200;

/** A URL for messages: the values of its query are hidden, as keys and tokens are among them. */
export function showUrl(url: URL): string {
  const names = [...url.searchParams.keys()].map((name) => `${encodeURIComponent(name)}=[hidden]`);
  return `${url.origin}${url.pathname}${names.length === 0 ? '' : `?${names.join('&')}`}`;
}

/** What a response says, for messages: `POST http://host/path answered 422 Unprocessable Entity: name is missing`. */
export function showResponse(method: string, response: HttpResponse): string {
  const { status, statusText, url, body } = response;
  const line = firstLine(body.toString('utf8'));
  return (
    `${method} ${showUrl(url)} answered ${status} ${statusText}`.trimEnd() + (line === '' ? '' : `: ${line}`)
  );
}

/** The first line with something in it, without control characters, shortened. */
export function firstLine(text: string): string {
  const line =
    text
      .slice(0, 10_000)
      .split(/[\r\n]+/)
      .find((candidate) => candidate.trim() !== '') ?? '';
  const clean = line.replaceAll(/\p{Cc}/gu, ' ').trim();
  return clean.length > quoteLengthMax ? `${clean.slice(0, quoteLengthMax)}...` : clean;
}

/** Certificates do not get better by trying again; connections do. */
const hopeless =
  /^(CERT_|ERR_TLS_|ERR_SSL_|ERR_INVALID_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|EPROTO$)/;

/** What a request that got no response ends with. {@link FatalError} and {@link RetriableError} stay what they are. */
export function transportError(method: string, url: URL, cause: unknown): Error {
  if (cause instanceof FatalError || cause instanceof RetriableError) return cause;
  const { code = '', message } =
    cause instanceof Error ? (cause as NodeJS.ErrnoException) : { message: String(cause) };
  const text = `${method} ${showUrl(url)} failed: ${message || code}`;
  return hopeless.test(code)
    ? new FatalError(`${text}. Check url and certificates.`, { cause })
    : new RetriableError(text, { cause });
}
