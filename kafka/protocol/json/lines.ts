import { StreamError } from '../../../platform/errors.ts';
import { decodeExact, encodeExact } from '../codec/codec.ts';
import { messageByName } from '../registry.ts';
import type { MessageDefinition } from '../schema/index.ts';
import { ProtocolLineError } from './errors.ts';
import { fromJson } from './from-json.ts';
import { int64Json, parseJson } from './json-text.ts';
import { type JsonOptions, toJson } from './to-json.ts';

/**
 * Turns a line `{"name":"FetchRequest","version":12,"hex":"…"}` into the same with `json`, Kafka's JSON form
 * of the message, in place of `hex`. Other members are kept. Throws {@link ProtocolLineError}.
 */
export function decodeLine(line: string, options: JsonOptions = {}): string {
  const { definition, version, payload, rest } = parseLine(line, 'hex');
  if (typeof payload !== 'string' || payload.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(payload)) {
    throw new ProtocolLineError('"hex" has to be a string of pairs of hexadecimal digits.');
  }
  return explain(() => {
    const value = decodeExact(definition, version, Buffer.from(payload, 'hex'));
    return JSON.stringify(
      { ...rest, json: toJson(definition, version, value as object, options) },
      exactNumbers,
    );
  });
}

/**
 * Turns a line `{"name":"FetchRequest","version":12,"json":{…}}` into the same with `hex`, the encoded message,
 * in place of `json`. `records` are read as base64. Throws {@link ProtocolLineError}.
 */
export function encodeLine(line: string): string {
  const { definition, version, payload, rest } = parseLine(line, 'json');
  return explain(() => {
    const bytes = encodeExact(definition, version, fromJson(definition, version, payload));
    return JSON.stringify({ ...rest, hex: bytes.toString('hex') }, exactNumbers);
  });
}

interface ProtocolLine {
  readonly definition: MessageDefinition;
  readonly version: number;
  readonly payload: unknown;
  readonly rest: object;
}

function parseLine(line: string, payloadName: 'hex' | 'json'): ProtocolLine {
  const parsed = parseObject(line);
  const { name, version, hex, json, ...others } = parsed;
  const definition = typeof name === 'string' ? messageByName(name) : undefined;
  if (definition === undefined) throw new ProtocolLineError(`there is no message named ${show(name)}.`);
  if (typeof version !== 'number') throw new ProtocolLineError('"version" has to be a number.');
  const payload = payloadName === 'hex' ? hex : json;
  if (payload === undefined) throw new ProtocolLineError(`"${payloadName}" is missing.`);
  return { definition, version, payload, rest: { name, version, ...others } };
}

function parseObject(line: string): Partial<Record<'name' | 'version' | 'hex' | 'json', unknown>> {
  let parsed: unknown;
  try {
    parsed = parseJson(line);
  } catch (cause) {
    throw new ProtocolLineError(`it is not JSON (${cause instanceof Error ? cause.message : cause}).`, {
      cause,
    });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new ProtocolLineError('it is not a JSON object.');
  }
  return parsed;
}

function explain(convert: () => string): string {
  try {
    return convert();
  } catch (cause) {
    if (!(cause instanceof StreamError)) throw cause;
    throw new ProtocolLineError(cause.message, { cause });
  }
}

function exactNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? int64Json(value) : value;
}

function show(name: unknown): string {
  return typeof name === 'string' ? `"${name}"` : 'what "name" says';
}
