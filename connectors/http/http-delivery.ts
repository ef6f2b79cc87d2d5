import {
  FatalError,
  type PluginContext,
  RecordError,
  RetriableError,
  type SinkBatch,
  type SinkRecord,
} from '../../runtime/plugin/index.ts';
import { addressPolicy } from './address-policy.ts';
import { HttpClient } from './http-client.ts';
import { type HttpConfig, secretHeaders } from './http-config.ts';
import { showResponse, showUrl } from './http-errors.ts';
import type { HttpResponse } from './http-message.ts';
import { IdempotencyKeys } from './idempotency-key.ts';
import { readMultiStatus } from './multi-status.ts';
import { bodyOf, type Item, type PlannedRequest, planRequests } from './request-plan.ts';
import { parseStatusSet, retryAfterMs, type StatusSet } from './status-set.ts';

/** Longest part of a wait for Retry-After that is spent inside one call of `write`. */
const WAIT_MAX_MS = 5000;

/** Statuses that say that the sink, not the record, is wrong. */
const misconfigured: ReadonlySet<number> = new Set([401, 404, 405, 407]);

/** Makes the client that a config describes. */
export function httpClient(config: HttpConfig): HttpClient {
  return new HttpClient({
    policy: addressPolicy({ allowsPrivate: config['allow.private.addresses'] }),
    timeoutMs: config['request.timeout.ms'],
    redirectsMax: config['redirects.max'],
    responseBytesMax: config['response.max.bytes'],
  });
}

/** Sends the batches of one task and sorts out what became of each record. */
export class HttpDelivery {
  readonly #config: HttpConfig;
  readonly #client: HttpClient;
  readonly #keys: IdempotencyKeys;
  readonly #isRetriable: StatusSet;
  readonly #secretHeaders: Readonly<Record<string, string>>;
  /** Records that arrived although their batch failed: when it comes again, or parts of it, they are not sent again. */
  readonly #delivered = new WeakSet<SinkRecord>();
  /** Records that the server refused by themselves, and how: in parts of their batch they are not sent again. */
  readonly #refused = new WeakMap<SinkRecord, string>();
  /** Monotonic; the server wants nothing before. */
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(config: HttpConfig, connector: string) {
    this.#config = config;
    this.#client = httpClient(config);
    this.#keys = new IdempotencyKeys(connector);
    this.#isRetriable = parseStatusSet(config['retry.on.status.codes']) ?? (() => false);
    this.#secretHeaders = secretHeaders(config);
  }

  /** Resolves with the records that were refused; all others have arrived. */
  async write(batch: SinkBatch, ctx: PluginContext): Promise<readonly RecordError[]> {
    await this.#wait(ctx);
    const errors: RecordError[] = [];
    this.#keys.register(batch);
    for (const [index, record] of batch.records.entries()) {
      const told = this.#refused.get(record);
      if (told !== undefined) errors.push(new RecordError(index, told));
    }
    const isDone = (record: SinkRecord): boolean => this.#delivered.has(record) || this.#refused.has(record);
    for (const request of planRequests(this.#config, batch, isDone, errors)) {
      await this.#send(request, errors, ctx);
    }
    return errors;
  }

  close(): void {
    this.#client.close();
  }

  async #wait(ctx: PluginContext): Promise<void> {
    const waitMs = this.#notBefore - ctx.clock.monotonic();
    if (waitMs <= 0) return;
    await ctx.sleep(Math.min(waitMs, WAIT_MAX_MS));
    if (ctx.clock.monotonic() < this.#notBefore) {
      throw new RetriableError('The server asked to wait with Retry-After, and the time is not over.');
    }
  }

  async #send({ url, items }: PlannedRequest, errors: RecordError[], ctx: PluginContext): Promise<void> {
    const { method } = this.#config;
    const { type, body } = bodyOf(this.#config['body.format'], items);
    const key = this.#keys.keyOf(
      items.map(({ record }) => record),
      body,
    );
    const idempotencyHeader = this.#config['idempotency.header'].toLowerCase();
    const headers = {
      accept: 'application/json',
      'content-type': type,
      'user-agent': 'millrace',
      ...(idempotencyHeader === '' ? {} : { [idempotencyHeader]: key }),
    };
    const request = { method, url, headers, secretHeaders: this.#secretHeaders, body };
    const response = await this.#client.send(request, ctx);
    ctx.metric('http_requests');
    if (response.status === 413 && items.length > 1) {
      const middle = items.length >> 1;
      await this.#send({ url, items: items.slice(0, middle) }, errors, ctx);
      await this.#send({ url, items: items.slice(middle) }, errors, ctx);
    } else if (response.status === 207) this.#acceptEach(response, items, errors, ctx);
    else if (response.status >= 200 && response.status < 300) this.#accept(items, ctx);
    else this.#refuse(response, items, errors, ctx);
  }

  #accept(items: readonly Item[], ctx: PluginContext): void {
    for (const { record } of items) this.#delivered.add(record);
    ctx.metric('http_records', items.length);
  }

  #acceptEach(
    response: HttpResponse,
    items: readonly Item[],
    errors: RecordError[],
    ctx: PluginContext,
  ): void {
    const results = response.isComplete
      ? readMultiStatus(response.body.toString('utf8'), items.length)
      : undefined;
    const told = showResponse(this.#config.method, response);
    if (results === undefined) {
      throw new FatalError(
        `${told}. With 207 the body must be a JSON list with ok or status for each record.`,
      );
    }
    let again = 0;
    for (const [i, item] of items.entries()) {
      const { isOk = false, status, message = '' } = results[i] ?? {};
      if (isOk) this.#accept([item], ctx);
      else if (status !== undefined && this.#isRetriable(status)) again++;
      else errors.push(new RecordError(item.index, refusal(this.#config.method, response, status, message)));
    }
    if (again > 0) {
      this.#heed(response, ctx);
      throw new RetriableError(`${told} (${again} of ${items.length} records are to be sent again)`);
    }
  }

  #refuse(response: HttpResponse, items: readonly Item[], errors: RecordError[], ctx: PluginContext): void {
    const { status } = response;
    const told = showResponse(this.#config.method, response);
    if (this.#isRetriable(status)) {
      this.#heed(response, ctx);
      throw new RetriableError(told);
    }
    if (status < 400) throw new FatalError(`${told}. ${redirectAdvice(response)}`);
    if (misconfigured.has(status)) throw new FatalError(`${told}. Check url, method and credentials.`);
    const [item] = items;
    if (this.#config['body.format'] !== 'single' || item === undefined) throw new Error(told);
    this.#refused.set(item.record, told);
    errors.push(new RecordError(item.index, told));
  }

  #heed({ headers }: HttpResponse, ctx: PluginContext): void {
    const waitMs = retryAfterMs(headers['retry-after'], ctx.clock.now());
    if (waitMs === undefined) return;
    this.#notBefore = ctx.clock.monotonic() + Math.min(waitMs, this.#config['retry.after.max.ms']);
  }
}

function redirectAdvice({ headers: { location }, url }: HttpResponse): string {
  const target = URL.canParse(location ?? '', url.href) ? new URL(location ?? '', url.href) : undefined;
  return target === undefined || location === undefined
    ? 'Records are not sent on: correct url.'
    : `Only redirects with 307 and 308 are followed: set url to ${showUrl(target)} if that is right.`;
}

function refusal(method: string, { url }: HttpResponse, status: number | undefined, message: string): string {
  const said = [status === undefined ? '' : `status ${status}`, message]
    .filter((part) => part !== '')
    .join(': ');
  return `${method} ${showUrl(url)} refused the record${said === '' ? '' : `, ${said}`}.`;
}
