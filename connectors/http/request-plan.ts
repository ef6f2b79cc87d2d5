import { RecordError, type SinkBatch, type SinkRecord } from '../../runtime/plugin/index.ts';
import { endpointOf } from './endpoint.ts';
import type { HttpConfig } from './http-config.ts';
import { recordJson, valueJson } from './record-json.ts';

/** A record on its way. */
export interface Item {
  /** Position in the batch. */
  readonly index: number;
  readonly record: SinkRecord;
  readonly json: string;
}

/** Records that go to one URL together. */
export interface PlannedRequest {
  readonly url: URL;
  readonly items: readonly Item[];
}

/**
 * Deals a batch out to requests: by URL, and for each URL in order, as many as a request may have. Records that
 * `isDelivered` are left out. Those that have no URL are refused, in `errors`.
 */
export function planRequests(
  config: HttpConfig,
  batch: SinkBatch,
  isDelivered: (record: SinkRecord) => boolean,
  errors: RecordError[],
): PlannedRequest[] {
  const toJson = config['include.metadata'] ? recordJson : valueJson;
  const isIgnored = ({ value }: SinkRecord): boolean =>
    config['behavior.on.null.values'] === 'ignore' && (value === null || value === undefined);
  const byTopic = new Map<string, Item[]>();
  for (const [index, record] of batch.records.entries()) {
    if (isDelivered(record) || isIgnored(record)) continue;
    const items = byTopic.get(record.topic);
    const item = { index, record, json: toJson(record) };
    if (items === undefined) byTopic.set(record.topic, [item]);
    else items.push(item);
  }
  const byUrl = new Map<string, { url: URL; items: Item[] }>();
  for (const [topic, items] of byTopic) {
    const url = endpointOf(config.url, topic);
    if (url === undefined) {
      const message = `The topic ${JSON.stringify(topic)} cannot be part of a URL.`;
      errors.push(...items.map(({ index }) => new RecordError(index, message)));
      continue;
    }
    const planned = byUrl.get(url.href);
    if (planned === undefined) byUrl.set(url.href, { url, items });
    else planned.items = [...planned.items, ...items].sort((a, b) => a.index - b.index);
  }
  return [...byUrl.values()].flatMap(({ url, items }) =>
    cut(items, config).map((part) => ({ url, items: part })),
  );
}

function cut(items: readonly Item[], config: HttpConfig): Item[][] {
  const countMax = config['body.format'] === 'single' ? 1 : config['batch.max.size'];
  const bytesMax = config['batch.max.bytes'];
  const parts: Item[][] = [];
  let bytes = 0;
  for (const item of items) {
    const size = Buffer.byteLength(item.json) + 1;
    const last = parts.at(-1);
    if (last === undefined || last.length >= countMax || bytes + size > bytesMax) {
      parts.push([item]);
      bytes = size + 1;
    } else {
      last.push(item);
      bytes += size;
    }
  }
  return parts;
}

const contentTypes = {
  array: 'application/json',
  ndjson: 'application/x-ndjson',
  single: 'application/json',
} as const;

/** The body of a request, and its type. */
export function bodyOf(
  format: HttpConfig['body.format'],
  items: readonly Item[],
): { type: string; body: Buffer } {
  const texts = items.map(({ json }) => json);
  const text = {
    array: () => `[${texts.join(',')}]`,
    ndjson: () => `${texts.join('\n')}\n`,
    single: () => texts.join(''),
  }[format]();
  return { type: contentTypes[format], body: Buffer.from(text) };
}
