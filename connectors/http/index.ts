import { defineSink } from '../../runtime/plugin/index.ts';
import { sampleEndpoint } from './endpoint.ts';
import { checkHttpConfig, type HttpConfig, httpConfig, secretHeaders } from './http-config.ts';
import { HttpDelivery, httpClient } from './http-delivery.ts';
import { showResponse } from './http-errors.ts';

/**
 * Sends records as JSON to an HTTP server. At least once: a request without an answer is sent again, with the same idempotency
 * key, by which the server can tell. Statuses 2xx mean that all records arrived; 207 has a result for each of them; statuses to
 * retry and broken connections repeat the batch; 401, 404, 405 and 407 fail the task; 413 halves the request; other 4xx refuse
 * the request's records. Private addresses are closed unless the config opens them.
 */
export const sink = defineSink({
  name: 'http',
  version: '1.0.0',
  description: 'Sends records as JSON to an HTTP server, in batches or one by one.',
  config: httpConfig,
  validate(config: HttpConfig) {
    checkHttpConfig(config);
  },
  async check(config: HttpConfig, ctx) {
    const client = httpClient(config);
    try {
      const url = sampleEndpoint(config.url);
      const request = {
        method: 'HEAD',
        url,
        headers: {},
        secretHeaders: secretHeaders(config),
        body: undefined,
      };
      const response = await client.send(request, ctx);
      // A server need not know HEAD; but it answers, and what it says of the credentials counts.
      const isUsable = response.status < 500 && ![401, 403, 407].includes(response.status);
      if (!isUsable) throw new Error(showResponse('HEAD', response));
    } finally {
      client.close();
    }
  },
  open(config: HttpConfig, ctx): HttpDelivery {
    const hasSecrets = Object.keys(secretHeaders(config)).length > 0;
    if (hasSecrets && config.url.startsWith('http:')) {
      ctx.log.warn({}, 'headers and credentials are sent without encryption');
    }
    return new HttpDelivery(config, ctx.connector);
  },
  write: (delivery: HttpDelivery, batch, ctx) => delivery.write(batch, ctx),
  close: (delivery: HttpDelivery) => delivery.close(),
});
