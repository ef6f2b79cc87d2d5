import type { SentConfig } from '../config/index.ts';
import { BadRequestError, type ConnectorOffset, type TargetState } from '../herder/index.ts';
import type { JsonObject } from '../plugin/index.ts';

/** The body of `POST /connectors`. */
export interface CreateRequest {
  readonly name: string;
  readonly config: SentConfig;
  readonly target: TargetState | undefined;
}

/** Reads the body of `POST /connectors`. Throws BadRequestError. */
export function createRequest(body: string): CreateRequest {
  const fields = objectOf(parse(body, true), 'The request');
  onlyFields(fields, ['name', 'config', 'initial_state']);
  const { name = null, config, initial_state: state = null } = fields;
  if (name !== null && typeof name !== 'string') throw new BadRequestError('The name must be a text.');
  return { name: (name ?? '').trim(), config: configOf(config), target: targetOf(state) };
}

/** Reads a flat config: texts, numbers and booleans become text, null stays. Throws BadRequestError. */
export function configRequest(body: string): SentConfig {
  return configOf(parse(body, true));
}

/** Reads the body of `PATCH /connectors/{c}/offsets`. Throws BadRequestError. */
export function offsetsRequest(body: string): readonly ConnectorOffset[] {
  const fields = body === '' ? {} : objectOf(parse(body, false), 'The request');
  onlyFields(fields, ['offsets']);
  const offsets = fields['offsets'] ?? [];
  if (!Array.isArray(offsets)) throw new BadRequestError('offsets must be a list.');
  if (offsets.length === 0) {
    throw new BadRequestError('Partitions / offsets need to be provided for an alter offsets request');
  }
  return offsets.map((each: unknown) => {
    const { partition, offset = null } = objectOf(each, 'Each of the offsets');
    return {
      partition: objectOf(partition, "Each offset's partition") as JsonObject,
      offset: offset === null ? null : (objectOf(offset, 'Each offset') as JsonObject),
    };
  });
}

/** Reads the body of `PUT /admin/loggers/{l}`. Throws BadRequestError. */
export function levelRequest(body: string): string {
  const fields = body === '' ? {} : objectOf(parse(body, false), 'The request');
  const level = fields['level'];
  if (typeof level !== 'string') {
    throw new BadRequestError("Desired 'level' parameter was not specified in request.");
  }
  return level;
}

type Fields = Readonly<Record<string, unknown>>;

/** With `hasTexts`, numbers keep the very text they were written in. */
function parse(body: string, hasTexts: boolean): unknown {
  if (body.trim() === '') throw new BadRequestError('The request needs a body in JSON.');
  try {
    return hasTexts ? JSON.parse(body, numberAsText) : JSON.parse(body);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BadRequestError(`The request is not valid JSON: ${reason}`, { cause: error });
  }
}

function numberAsText(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? (context?.source ?? String(value)) : value;
}

function objectOf(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new BadRequestError(`${what} must be a JSON object.`);
}

function onlyFields(fields: Fields, known: readonly string[]): void {
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new BadRequestError(`Unrecognized field "${unknown}": known are ${known.join(', ')}.`);
}

function configOf(value: unknown): SentConfig {
  const entries = Object.entries(objectOf(value, 'The config')).map(([key, each]) => {
    if (typeof each === 'object' && each !== null) {
      throw new BadRequestError(`The config value of "${key}" must be a text, a number or a boolean.`);
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

function targetOf(state: unknown): TargetState | undefined {
  if (state === null) return undefined;
  const name = typeof state === 'string' ? state.toUpperCase() : '';
  const target = Object.hasOwn(targets, name) ? targets[name] : undefined;
  if (target !== undefined) return target;
  throw new BadRequestError(`initial_state must be one of ${Object.keys(targets).join(', ')}.`);
}
