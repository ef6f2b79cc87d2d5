import type { IncomingHttpHeaders } from 'node:http';

/** What is sent. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as well, but not to another origin that a redirect names: credentials. */
  readonly secretHeaders: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/** What came back. */
export interface HttpResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  /** Cut off at the limit; then `isComplete` is false. */
  readonly body: Buffer;
  readonly isComplete: boolean;
  /** Where the response came from, after redirects. */
  readonly url: URL;
}
