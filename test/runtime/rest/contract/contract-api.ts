import { deepStrictEqual, fail, match, strictEqual } from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whose worker answers. */
export type WorkerKind = 'millrace' | 'kafka';

/** What an answer's body must be: a text to the byte, a pattern, or JSON with its keys in this order. */
export type Expected = string | RegExp | Json | ((kind: WorkerKind) => string | RegExp | Json);

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One row of Kafka Connect's REST API. */
export interface ContractRow {
  readonly name: string;
  run(api: ContractApi): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

let count = 0;

/** A worker behind a URL, with Kafka's file connectors, and a folder that it can read and write too. */
export class ContractApi {
  readonly url: string;
  readonly kind: WorkerKind;
  readonly #directory: string;
  readonly #created = new Set<string>();
  /** Part of every name, so that rows and runs do not meet. */
  readonly #run = `${process.pid}-${Date.now().toString(36)}`;

  private constructor(url: string, kind: WorkerKind, directory: string) {
    this.url = url;
    this.kind = kind;
    this.#directory = directory;
  }

  /** Asks the worker whose it is: only ours describes itself. */
  static async of(url: string, directory: string): Promise<ContractApi> {
    const own = await fetch(`${url}/openapi.json`);
    await own.arrayBuffer();
    mkdirSync(directory, { recursive: true });
    return new ContractApi(url, own.status === 200 ? 'millrace' : 'kafka', directory);
  }

  /** A name that no other row has. */
  name(what: string): string {
    count += 1;
    return `${what}-${this.#run}-${count}`;
  }

  file(name: string): string {
    return join(this.#directory, `${name}.txt`);
  }

  /** The config of a file source of three lines. */
  source(name: string): Record<string, string> {
    writeFileSync(this.file(name), 'one\ntwo\nthree\n');
    return { 'connector.class': 'FileStreamSource', 'tasks.max': '1', file: this.file(name), topic: name };
  }

  /** The config of a file sink of the topic that `source(topic)` writes. */
  sink(name: string, topic: string): Record<string, string> {
    return { 'connector.class': 'FileStreamSink', topics: topic, file: this.file(name) };
  }

  /** Creates a connector and waits until it and its one task run. */
  async create(name: string, config: Record<string, string>): Promise<void> {
    await this.expect('POST', '/connectors', 201, undefined, { body: { name, config } });
    await this.running(name);
  }

  /** A running source, and a name for it. */
  async runningSource(): Promise<{ readonly name: string; readonly config: Record<string, string> }> {
    const name = this.name('source');
    const config = this.source(name);
    await this.create(name, config);
    return { name, config };
  }

  async running(name: string): Promise<void> {
    await this.until(`${name} runs`, `/connectors/${name}/status`, /"tasks":\[\{"id":0,"state":"RUNNING"/);
  }

  /** Waits until a source has written to its topic. A stop commits its offsets, whenever the next commit would be. */
  async produced(name: string): Promise<void> {
    await this.until(`${name} has written`, `/connectors/${name}/topics`, /"topics":\["/);
  }

  /** Waits until a sink's file has this content. */
  async written(name: string, text: string): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!existsSync(this.file(name)) || readFileSync(this.file(name), 'utf8') !== text) {
      if (Date.now() > deadline) fail(`waited in vain: ${name} writes its file`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stopped(name: string): Promise<void> {
    await this.expect('PUT', `/connectors/${name}/stop`, 204, '');
    await this.until(`${name} stops`, `/connectors/${name}/status`, /"STOPPED".*"tasks":\[\]/);
  }

  /** Asks until the answer is as the pattern says. */
  async until(what: string, path: string, pattern: RegExp): Promise<void> {
    const deadline = Date.now() + 30_000;
    let last = '';
    while (Date.now() < deadline) {
      last = (await this.call('GET', path)).text;
      if (pattern.test(last)) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    fail(`waited in vain: ${what}; the last answer was ${last}`);
  }

  /** Calls and compares status and body. */
  async expect(
    method: string,
    path: string,
    status: number,
    expected?: Expected,
    options: { readonly body?: unknown; readonly headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const answer = await this.call(method, path, options.body, options.headers);
    const what = `${method} ${path} answered ${answer.status} ${answer.text.slice(0, 600)}`;
    strictEqual(answer.status, status, what);
    const wanted = typeof expected === 'function' ? expected(this.kind) : expected;
    if (wanted === undefined) return answer;
    if (wanted instanceof RegExp) match(answer.text, wanted, what);
    else if (typeof wanted === 'string') strictEqual(answer.text, wanted, what);
    else deepStrictEqual(ordered(JSON.parse(answer.text)), ordered(wanted), what);
    return answer;
  }

  /** Expects an error with this message. */
  async refuse(
    method: string,
    path: string,
    status: number,
    message: string | RegExp,
    options: { readonly body?: unknown; readonly headers?: Record<string, string> } = {},
  ): Promise<void> {
    const { text } = await this.expect(method, path, status, undefined, options);
    const error = JSON.parse(text) as { readonly message: string };
    deepStrictEqual(Object.keys(error), ['error_code', 'message'], text);
    strictEqual((error as { error_code?: unknown }).error_code, status, text);
    if (typeof message === 'string') strictEqual(error.message, message);
    else match(error.message, message);
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    if (method === 'POST' && path === '/connectors' && isNamed(body)) this.#created.add(body.name.trim());
    const name = /^\/connectors\/([^/]+)\/config$/.exec(path)?.[1];
    if (method === 'PUT' && name !== undefined) this.#created.add(name);
    const type = text === undefined ? {} : { 'content-type': 'application/json' };
    const init = { method, headers: { ...type, ...headers }, ...(text !== undefined && { body: text }) };
    const response = await fetch(this.url + path, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** Deletes what the row has created. */
  async cleanUp(): Promise<void> {
    for (const name of this.#created) {
      await this.call('DELETE', `/connectors/${encodeURIComponent(name)}`);
    }
    this.#created.clear();
  }
}

function isNamed(body: unknown): body is { readonly name: string } {
  return typeof body === 'object' && body !== null && 'name' in body && typeof body.name === 'string';
}

/** Objects as lists of entries, so that order counts; but for maps that a hash table gives any order. */
function ordered(value: Json, isMap = false): Json {
  if (Array.isArray(value)) return value.map((each: Json) => ordered(each));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as { readonly [key: string]: Json }).map(
    ([key, each]): Json => [key, ordered(each, key === 'config' || key === 'partition')],
  );
  return isMap ? entries.toSorted((a, b) => (String(a) < String(b) ? -1 : 1)) : entries;
}
