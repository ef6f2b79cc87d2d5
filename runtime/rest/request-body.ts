import type { SentConfig } from '../config/index.ts';
import { BadRequestError, HerderError, type SentOffset, type TargetState } from '../herder/index.ts';
import type { JsonObject } from '../plugin/index.ts';

/** A body that is not JSON, or not of the shape that is asked for: an internal error, as in Kafka Connect. */
class MalformedBodyError extends HerderError {
  constructor(message: string, options?: ErrorOptions) {
    super('CONNECT_MALFORMED_BODY', 500, message, options);
  }
}

/** The body of `POST /connectors`. */
export interface CreateRequest {
  readonly name: string;
  readonly config: SentConfig;
  readonly target: TargetState | undefined;
}

/** Reads the body of `POST /connectors`. Throws MalformedBodyError. */
export function createRequest(body: string): CreateRequest {
  const fields = objectOf(parse(body, true), 'The request');
  onlyFields(fields, ['config', 'name', 'initial_state']);
  const { name = null, config, initial_state: state = null } = fields;
  return {
    name: name === null ? '' : textOf(name, 'The name').trim(),
    config: configOf(config),
    target: state === null ? undefined : targetOf(textOf(state, 'initial_state')),
  };
}

/** Reads a flat config: texts, numbers and booleans become text, null stays. Throws MalformedBodyError. */
export function configRequest(body: string): SentConfig {
  return configOf(parse(body, true));
}

/** Reads the body of `PATCH /connectors/{c}/offsets`. Throws MalformedBodyError and BadRequestError. */
export function offsetsRequest(body: string): readonly SentOffset[] {
  const fields = objectOf(parse(body, false), 'The request');
  onlyFields(fields, ['offsets']);
  const offsets = fields['offsets'] ?? [];
  if (!Array.isArray(offsets)) throw new MalformedBodyError('offsets must be a list.');
  if (offsets.length === 0) {
    throw new BadRequestError('Partitions / offsets need to be provided for an alter offsets request');
  }
  return offsets.map((each: unknown) => {
    const entry = objectOf(each, 'Each of the offsets');
    onlyFields(entry, ['partition', 'offset']);
    const { partition = null, offset = null } = entry;
    return {
      partition: partition === null ? null : (objectOf(partition, 'Each partition') as JsonObject),
      offset: offset === null ? null : (objectOf(offset, 'Each offset') as JsonObject),
    };
  });
}

/** Reads the body of `PUT /admin/loggers/{l}`. Throws MalformedBodyError and BadRequestError. */
export function levelRequest(body: string): string {
  const { level } = configOf(parse(body, true));
  if (level !== undefined && level !== null) return level;
  throw new BadRequestError("Desired 'level' parameter was not specified in request.");
}

type Fields = Readonly<Record<string, unknown>>;

/** With `hasTexts`, whole numbers keep the very text they were written in. */
function parse(body: string, hasTexts: boolean): unknown {
  if (body.trim() === '') throw new MalformedBodyError('The request needs a body in JSON.');
  try {
    return hasTexts ? JSON.parse(body, numberAsText) : JSON.parse(body);
  } catch (error) {
    // The parser's own message quotes the body, which may hold passwords.
    const at = error instanceof Error ? /\(line \d+ column \d+\)/.exec(error.message) : null;
    throw new MalformedBodyError(`The request is not valid JSON${at === null ? '' : ` ${at[0]}`}.`);
  }
}

function numberAsText(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? (context?.source ?? String(value)) : value;
}

function objectOf(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new MalformedBodyError(`${what} must be a JSON object.`);
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== 'object' && value !== undefined) return String(value);
  throw new MalformedBodyError(`${what} must be a text.`);
}

function onlyFields(fields: Fields, known: readonly string[]): void {
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new MalformedBodyError(`Unrecognized field "${unknown}": known are ${known.join(', ')}.`);
}

function configOf(value: unknown): SentConfig {
  const entries = Object.entries(objectOf(value, 'The config')).map(([key, each]) => {
    if (typeof each === 'object' && each !== null) {
      throw new MalformedBodyError(`The config value of "${key}" must be a text, a number or a boolean.`);
    }
    return [key, each === null ? null : String(each)] as const;
  });
  return Object.fromEntries(entries);
}

const targets: Readonly<Record<string, TargetState>> = {
  RUNNING: 'STARTED',
  PAUSED: 'PAUSED',
  STOPPED: 'STOPPED',
};

function targetOf(state: string): TargetState {
  const name = state.toUpperCase();
  const target = Object.hasOwn(targets, name) ? targets[name] : undefined;
  if (target !== undefined) return target;
  throw new MalformedBodyError(`initial_state must be one of ${Object.keys(targets).join(', ')}.`);
}
