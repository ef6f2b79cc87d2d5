import { ConfigError, type ConfigOf, type ConfigProblem } from '../../runtime/plugin/index.ts';
import { endpointProblem } from './endpoint.ts';
import { parseStatusSet } from './status-set.ts';

/** The keys of the http sink. */
export const httpConfig = {
  type: 'object',
  required: ['url'],
  properties: {
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: a placeholder that users write.
    url: {
      type: 'string',
      minLength: 1,
      description:
        'Where records are sent to, http or https. ${topic} in path or query stands for the topic of the record.',
      examples: ['https://api.example.com/events', 'https://api.example.com/${topic}'],
    },
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: a placeholder that users write.
    method: {
      enum: ['POST', 'PUT', 'PATCH'],
      ignoreCase: true,
      default: 'POST',
      description: 'Method of the requests.',
    },
    'body.format': {
      enum: ['array', 'ndjson', 'single'],
      ignoreCase: true,
      default: 'array',
      description:
        'array: a JSON array of records in each request. ndjson: one record a line. single: one record, one request.',
    },
    'include.metadata': {
      type: 'boolean',
      default: false,
      description:
        'Send topic, partition, offset, timestamp, key, headers and value instead of the value alone.',
    },
    'behavior.on.null.values': {
      enum: ['write', 'ignore'],
      ignoreCase: true,
      default: 'write',
      description: 'What to do with tombstones: send them as null, or leave them out.',
    },
    'batch.max.size': {
      type: 'integer',
      minimum: 1,
      maximum: 100_000,
      default: 500,
      description: 'How many records a request has, at most.',
    },
    'batch.max.bytes': {
      type: 'string',
      format: 'bytes',
      default: '1MiB',
      description: 'How large a body is, at most. A single record may be larger.',
    },
    headers: {
      type: 'object',
      additionalProperties: { type: 'string', format: 'secret' },
      default: {},
      description: 'Headers of the requests by name. Values are treated as secrets.',
    },
    'bearer.token': { type: 'string', format: 'secret', description: 'Token for Authorization: Bearer.' },
    'connection.user': { type: 'string', description: 'User for Authorization: Basic.' },
    'connection.password': {
      type: 'string',
      format: 'secret',
      description: 'Password for Authorization: Basic.',
    },
    'idempotency.header': {
      type: 'string',
      default: 'Idempotency-Key',
      description:
        'Header with a key that a repeated request has again, by which a server can leave out what it got before. Empty: none.',
    },
    'request.timeout.ms': {
      type: 'string',
      format: 'duration',
      default: '30s',
      description: 'Longest time for a request until its response has been read.',
    },
    'retry.on.status.codes': {
      type: 'array',
      items: { type: 'string' },
      default: ['408', '425', '429', '500-599'],
      importance: 'LOW',
      description: 'Statuses after which the request is sent again: 503, or ranges such as 500-599 and 500-.',
    },
    'retry.after.max.ms': {
      type: 'string',
      format: 'duration',
      default: '5m',
      importance: 'LOW',
      description: 'Longest wait that a server can ask for with Retry-After.',
    },
    'redirects.max': {
      type: 'integer',
      minimum: 0,
      maximum: 10,
      default: 3,
      importance: 'LOW',
      description: 'How many redirects (307, 308) are followed. Credentials do not go to another origin.',
    },
    'response.max.bytes': {
      type: 'string',
      format: 'bytes',
      default: '1MiB',
      importance: 'LOW',
      description: 'How much of a response is read.',
    },
    'allow.private.addresses': {
      type: 'boolean',
      default: false,
      description:
        'Send to loopback and private addresses as well. Link-local addresses and the metadata services of clouds stay closed.',
    },
  },
} as const;

export type HttpConfig = ConfigOf<typeof httpConfig>;

/** Headers that the connection itself sets. */
const reserved =
  /^(connection|content-length|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/i;

/** Checks rules between keys. Throws {@link ConfigError} with every problem. */
export function checkHttpConfig(config: HttpConfig): void {
  const problems: ConfigProblem[] = [];
  const add = (key: string, message: string | undefined): void => {
    if (message !== undefined) problems.push({ key, message });
  };
  add('url', endpointProblem(config.url));
  for (const [name, value] of Object.entries(config.headers)) {
    add(`headers.${name}`, headerProblem(name, value.reveal()));
  }
  const idempotencyHeader = config['idempotency.header'];
  if (idempotencyHeader !== '') add('idempotency.header', headerProblem(idempotencyHeader, ''));
  if (!parseStatusSet(config['retry.on.status.codes'])) {
    add(
      'retry.on.status.codes',
      'retry.on.status.codes are statuses from 400 to 599, or ranges such as 500-599.',
    );
  }
  if (config['request.timeout.ms'] < 1) add('request.timeout.ms', 'request.timeout.ms must be above 0.');
  for (const problem of credentialProblems(config)) add('connection.user', problem);
  if (problems.length > 0) throw new ConfigError(problems);
}

function headerProblem(name: string, value: string): string | undefined {
  if (reserved.test(name)) return `The header ${name} cannot be configured.`;
  try {
    const { validateHeaderName, validateHeaderValue } = process.getBuiltinModule('node:http');
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return undefined;
  } catch {
    return `${JSON.stringify(name)} is not a header: its name or its value has characters that headers cannot have.`;
  }
}

function credentialProblems(config: HttpConfig): string[] {
  const hasUser = config['connection.user'] !== undefined;
  const hasPassword = config['connection.password'] !== undefined;
  const given = [
    hasUser || hasPassword,
    config['bearer.token'] !== undefined,
    Object.keys(config.headers).some((name) => name.toLowerCase() === 'authorization'),
  ].filter(Boolean).length;
  const token = config['bearer.token']?.reveal() ?? '';
  return [
    ...(hasUser === hasPassword ? [] : ['connection.user and connection.password belong together.']),
    ...(given > 1 ? ['Use one of bearer.token, connection.user, and the header Authorization.'] : []),
    ...(/^[\x21-\x7e]*$/.test(token) ? [] : ['bearer.token has characters that a header cannot have.']),
    ...(config['connection.user']?.includes(':') ? ['connection.user cannot contain a colon.'] : []),
  ];
}

/** The credentials and other configured headers, names in lower case. */
export function secretHeaders(config: HttpConfig): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(config.headers)) headers[name.toLowerCase()] = value.reveal();
  const token = config['bearer.token'];
  if (token !== undefined) headers['authorization'] = `Bearer ${token.reveal()}`;
  const { 'connection.user': user, 'connection.password': password } = config;
  if (user !== undefined && password !== undefined) {
    headers['authorization'] = `Basic ${Buffer.from(`${user}:${password.reveal()}`).toString('base64')}`;
  }
  return headers;
}
