import {
  type AlterConfigsRequest,
  type Element,
  type Encodable,
  ErrorCode,
  type IncrementalAlterConfigsRequest,
  type incrementalAlterConfigsResponse,
} from '../../../kafka/protocol/index.ts';
import { type ConfigTexts, isReplicationThrottle, parseList } from '../../config/index.ts';
import { RefusedError } from '../errors.ts';
import { resourceTypes } from '../image.ts';
import type { MetadataRecord } from '../record.ts';
import {
  configChanges,
  configDefinition,
  type Resource,
  refuseAbsent,
  refuseConfigs,
  refuseMinIsr,
  refuseResource,
} from './config-resource.ts';
import { type ControllerContext, type Decision, duplicates, orRefusal } from './decision.ts';
import { alteredLevels } from './logger-levels.ts';

/** The answers to AlterConfigs and IncrementalAlterConfigs have the same shape. */
type AlterConfigsAnswer = Encodable<typeof incrementalAlterConfigsResponse>;
type ResourceResult = Element<AlterConfigsAnswer['responses']>;

/** A decision, and log levels to set on this broker alone: they are no records. Null returns a logger to the root's. */
export interface AlterConfigsDecision extends Decision<AlterConfigsAnswer> {
  readonly loggerLevels: ReadonlyMap<string, string | null>;
}

/** Values of `configOperation` (KIP-339). */
export const alterConfigOperations = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const;

const namedResources: readonly number[] = [
  resourceTypes.TOPIC,
  resourceTypes.GROUP,
  resourceTypes.CLIENT_METRICS,
];

type IncrementalResource = Element<IncrementalAlterConfigsRequest['resources']>;
type Operation = Element<IncrementalResource['configs']>;

/** Decides IncrementalAlterConfigs (44). Each resource is answered, and altered whole or not at all. */
export function decideIncrementalAlterConfigs(
  context: ControllerContext,
  request: Pick<IncrementalAlterConfigsRequest, 'resources' | 'validateOnly'>,
  loggers: ConfigTexts = new Map(),
): AlterConfigsDecision {
  return decideEach(request, (resource) => {
    refuseOperations(resource.configs);
    if (resource.resourceType === resourceTypes.BROKER_LOGGER) {
      refuseForeignBroker(context, resource.resourceName);
      return { records: [], loggerLevels: alteredLevels(resource.configs, loggers) };
    }
    // A broker's name and type are looked at before what is to be done, other names after it.
    const isEarly = !namedResources.includes(resource.resourceType);
    if (isEarly) refuseResource(context, resource);
    const before = context.image.configs(resource.resourceType, resource.resourceName);
    const after = new Map(before);
    for (const operation of resource.configs) alter(after, resource, operation);
    if (!isEarly) refuseResource(context, resource);
    const records = checkedChanges(context, resource, { before, after });
    refuseMinIsr(context, resource, resource.configs);
    return { records, loggerLevels: new Map() };
  });
}

/** Decides AlterConfigs (33): what a resource is not given anew, it loses. */
export function decideAlterConfigs(
  context: ControllerContext,
  request: Pick<AlterConfigsRequest, 'resources' | 'validateOnly'>,
): AlterConfigsDecision {
  return decideEach(request, (resource) => {
    refuseRepeatedKeys(resource.configs);
    refuseNulls(resource.configs);
    if (resource.resourceType === resourceTypes.BROKER_LOGGER) {
      throw new RefusedError(ErrorCode.INVALID_REQUEST, `Unknown resource type ${resource.resourceType}`);
    }
    refuseResource(context, resource);
    const before = context.image.configs(resource.resourceType, resource.resourceName);
    const given = resource.configs.map(({ name, value }): [string, string] => [name, value ?? '']);
    const after = new Map(given);
    return { records: checkedChanges(context, resource, { before, after }), loggerLevels: new Map() };
  });
}

interface Changes {
  readonly records: readonly MetadataRecord[];
  readonly loggerLevels: ReadonlyMap<string, string | null>;
}

function decideEach<R extends Resource>(
  request: { readonly resources: readonly R[]; readonly validateOnly: boolean },
  decide: (resource: R) => Changes,
): AlterConfigsDecision {
  const keyOf = ({ resourceType, resourceName }: Resource): string => `${resourceType}/${resourceName}`;
  const repeated = duplicates(request.resources.map(keyOf));
  const records: MetadataRecord[] = [];
  const loggerLevels = new Map<string, string | null>();
  const responses = request.resources.map((resource): ResourceResult => {
    const { resourceType, resourceName } = resource;
    const attempt = (): ResourceResult => {
      if (repeated.has(keyOf(resource))) {
        throw new RefusedError(ErrorCode.INVALID_REQUEST, 'Each resource must appear at most once.');
      }
      const changes = decide(resource);
      if (!request.validateOnly) {
        records.push(...changes.records);
        for (const [logger, level] of changes.loggerLevels) loggerLevels.set(logger, level);
      }
      return { errorCode: ErrorCode.NONE, errorMessage: null, resourceType, resourceName };
    };
    return orRefusal(attempt, ({ errorCode, message }) => ({
      errorCode,
      errorMessage: message,
      resourceType,
      resourceName,
    }));
  });
  return { records, loggerLevels, response: { throttleTimeMs: 0, responses } };
}

function checkedChanges(
  context: ControllerContext,
  { resourceType, resourceName }: Resource,
  { before, after }: { readonly before: ConfigTexts; readonly after: ConfigTexts },
): readonly MetadataRecord[] {
  const resource = { resourceType, resourceName };
  refuseConfigs(context, resource, after);
  refuseAbsent(context, resource);
  return configChanges(context, resource, { before, after });
}

function alter(
  after: Map<string, string>,
  resource: Resource,
  { name, value, configOperation }: Operation,
): void {
  const text = value ?? '';
  // Java's split gives no empty items at the end, but one of an empty text.
  const items = () => (text === '' ? [''] : parseList(text.replace(/,+$/, '')));
  switch (configOperation) {
    case alterConfigOperations.SET:
      after.set(name, text);
      return;
    case alterConfigOperations.DELETE:
      after.delete(name);
      return;
    case alterConfigOperations.APPEND:
      after.set(name, [...new Set([...listItems(after, resource, name, 'APPEND'), ...items()])].join(','));
      return;
    default: {
      const taken = items();
      const left = listItems(after, resource, name, 'SUBTRACT').filter((item) => !taken.includes(item));
      after.set(name, left.join(','));
    }
  }
}

/** What APPEND and SUBTRACT start from: the resource's own value, else the default. Kafka knows no lists of client metrics. */
function listItems(
  after: ConfigTexts,
  resource: Resource,
  name: string,
  verb: 'APPEND' | 'SUBTRACT',
): readonly string[] {
  const definition = configDefinition(resource, name);
  if (definition?.type !== 'LIST' || resource.resourceType === resourceTypes.CLIENT_METRICS) {
    const isOfBroker = resource.resourceType === resourceTypes.BROKER;
    const broker =
      definition === undefined || isReplicationThrottle(name)
        ? `Unknown config name: ${name}`
        : `Config value ${verb.toLowerCase()} is not allowed for config key: ${name}`;
    const message = isOfBroker ? broker : `Can't ${verb} to key ${name} because its type is not LIST.`;
    throw new RefusedError(ErrorCode.INVALID_CONFIG, message);
  }
  return parseList(after.get(name) ?? definition.default ?? '');
}

function refuseOperations(operations: readonly Operation[]): void {
  refuseRepeatedKeys(operations);
  const { SUBTRACT, DELETE } = alterConfigOperations;
  const unknown = operations.find(({ configOperation }) => configOperation < 0 || configOperation > SUBTRACT);
  if (unknown !== undefined) {
    const message = `Unknown operation ${unknown.configOperation} for configuration ${unknown.name}.`;
    throw new RefusedError(ErrorCode.INVALID_REQUEST, message);
  }
  refuseNulls(operations.filter(({ configOperation }) => configOperation !== DELETE));
}

function refuseRepeatedKeys(configs: readonly { readonly name: string }[]): void {
  if (duplicates(configs.map(({ name }) => name)).size > 0) {
    throw new RefusedError(ErrorCode.INVALID_REQUEST, 'Error due to duplicate config keys');
  }
}

function refuseNulls(configs: readonly { readonly name: string; readonly value: string | null }[]): void {
  const names = configs.filter(({ value }) => value === null).map(({ name }) => name);
  if (names.length > 0) {
    const message = `Null value not supported for : ${names.join(', ')}`;
    throw new RefusedError(ErrorCode.INVALID_REQUEST, message);
  }
}

function refuseForeignBroker({ nodeId }: ControllerContext, name: string): void {
  if (name === String(nodeId)) return;
  const message = /^\d{1,10}$/.test(name)
    ? `Unexpected node id. Expected ${nodeId}, but received ${name}`
    : `Node id must be an integer, but it is: ${name}`;
  throw new RefusedError(ErrorCode.INVALID_REQUEST, message);
}
