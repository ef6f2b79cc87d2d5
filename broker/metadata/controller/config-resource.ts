import { ErrorCode } from '../../../kafka/protocol/index.ts';
import {
  brokerConfigDefinition,
  type ConfigDefinition,
  type ConfigTexts,
  clientMetricsConfigs,
  clientMetricsProblems,
  dynamicBrokerConfigProblems,
  groupConfigDefinition,
  groupConfigProblem,
  topicConfigDefinition,
  topicConfigProblems,
} from '../../config/index.ts';
import { RefusedError } from '../errors.ts';
import { resourceTypes } from '../image.ts';
import type { MetadataRecord } from '../record.ts';
import { topicNameProblem } from '../topic-name.ts';
import { type ControllerContext, contextLayers, refuseProblems } from './decision.ts';

/** What carries configs: a topic, a broker or all of them, a group, a client metrics subscription. */
export interface Resource {
  readonly resourceType: number;
  readonly resourceName: string;
}

/** The feature that makes `min.insync.replicas` a matter of the whole cluster (KIP-966). */
const elrFeature = 'eligible.leader.replicas.version';
const minIsr = 'min.insync.replicas';
const valueBytesMax = 32_767;

/** Refuses a resource that cannot have configs. */
export function refuseResource(
  { nodeId }: ControllerContext,
  { resourceType, resourceName }: Resource,
): void {
  switch (resourceType) {
    case resourceTypes.TOPIC: {
      refuseEmptyName(resourceName, 'Default topic resources are not allowed.');
      const problem = topicNameProblem(resourceName);
      if (problem !== undefined) throw new RefusedError(ErrorCode.INVALID_TOPIC_EXCEPTION, problem);
      return;
    }
    case resourceTypes.BROKER: {
      if (resourceName === '' || brokerId(resourceName) === nodeId) return;
      const message = `Unexpected broker id, expected ${nodeId}, but received ${resourceName}`;
      throw new RefusedError(ErrorCode.INVALID_REQUEST, message);
    }
    case resourceTypes.GROUP:
      refuseEmptyName(resourceName, 'Default group resources are not allowed.');
      return;
    case resourceTypes.CLIENT_METRICS:
      refuseEmptyName(resourceName, "Subscription name can't be empty");
      return;
    default:
      throw new RefusedError(ErrorCode.INVALID_REQUEST, `Unknown resource type ${resourceType}`);
  }
}

/** Refuses a topic that does not exist, as Kafka does after it has looked at the configs. Groups need not exist. */
export function refuseAbsent({ image }: ControllerContext, { resourceType, resourceName }: Resource): void {
  if (resourceType !== resourceTypes.TOPIC || image.topic(resourceName) !== undefined) return;
  const message = `The topic '${resourceName}' does not exist.`;
  throw new RefusedError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, message);
}

/** Refuses a whole set of configs a resource would have, naming every problem. */
export function refuseConfigs(context: ControllerContext, resource: Resource, after: ConfigTexts): void {
  refuseTooLong(after);
  if (resource.resourceType === resourceTypes.BROKER) refuseBrokerConfigs(context, resource, after);
  else if (resource.resourceType === resourceTypes.CLIENT_METRICS) refuseSubscription(after);
  else refuseProblems(ErrorCode.INVALID_CONFIG, otherProblems(context, resource, after));
}

/**
 * The records that turn the configs of a resource from `before` into `after`. A broker's are written even when they
 * are equal, which makes it read its key stores again.
 */
export function configChanges(
  context: ControllerContext,
  resource: Resource,
  { before, after }: { readonly before: ConfigTexts; readonly after: ConfigTexts },
): readonly MetadataRecord[] {
  const record = (name: string, value: string | null): MetadataRecord => ({
    type: 'ConfigRecord',
    value: { ...resource, name, value },
  });
  const removed = [...before.keys()].filter((name) => !after.has(name)).map((name) => record(name, null));
  const isAlways = resource.resourceType === resourceTypes.BROKER;
  const set = [...after].filter(([name, value]) => isAlways || before.get(name) !== value);
  const changes = [...removed, ...set.map(([name, value]) => record(name, value))];
  const isNewMinIsr = before.get(minIsr) !== after.get(minIsr);
  return isNewMinIsr && hasElr(context) ? [...changes, ...clearElr(resource)] : changes;
}

/** The definition of one of the resource's configs, or undefined. */
export function configDefinition({ resourceType }: Resource, name: string): ConfigDefinition | undefined {
  switch (resourceType) {
    case resourceTypes.TOPIC:
      return topicConfigDefinition(name);
    case resourceTypes.BROKER:
      return brokerConfigDefinition(name);
    case resourceTypes.GROUP:
      return groupConfigDefinition(name);
    default:
      return Object.values<ConfigDefinition>(clientMetricsConfigs).find((config) => config.name === name);
  }
}

function refuseBrokerConfigs(
  context: ControllerContext,
  { resourceName }: Resource,
  after: ConfigTexts,
): void {
  const isPerBroker = resourceName !== '';
  const problems = dynamicBrokerConfigProblems(after, { isPerBroker, layers: contextLayers(context) });
  refuseProblems(ErrorCode.INVALID_REQUEST, problems);
  if (!hasElr(context)) return;
  if (isPerBroker && after.has(minIsr)) throw minIsrOfBroker();
  if (!isPerBroker && !after.has(minIsr)) {
    const message = `Cluster-level ${minIsr} cannot be removed while ELR is enabled.`;
    throw new RefusedError(ErrorCode.INVALID_CONFIG, message);
  }
}

/** Refuses what would be done to the minimum of one broker, be it to take away what is not there. */
export function refuseMinIsr(
  context: ControllerContext,
  { resourceType, resourceName }: Resource,
  changes: readonly { readonly name: string }[],
): void {
  const isOfBroker = resourceType === resourceTypes.BROKER && resourceName !== '';
  if (isOfBroker && hasElr(context) && changes.some(({ name }) => name === minIsr)) throw minIsrOfBroker();
}

function minIsrOfBroker(): RefusedError {
  const message = `Broker-level ${minIsr} cannot be altered while ELR is enabled.`;
  return new RefusedError(ErrorCode.INVALID_CONFIG, message);
}

/** Kafka takes an unknown name and an interval that is out of bounds for a bad request, other values for bad configs. */
function refuseSubscription(after: ConfigTexts): void {
  const { unknown, values, interval, match } = clientMetricsProblems(after);
  refuseProblems(ErrorCode.INVALID_REQUEST, unknown);
  refuseProblems(ErrorCode.INVALID_CONFIG, values);
  refuseProblems(ErrorCode.INVALID_REQUEST, interval);
  refuseProblems(ErrorCode.INVALID_CONFIG, match);
}

function otherProblems(
  context: ControllerContext,
  { resourceType }: Resource,
  after: ConfigTexts,
): readonly string[] {
  if (resourceType === resourceTypes.TOPIC) return topicConfigProblems(after, contextLayers(context));
  const problem = groupConfigProblem(after, context.config);
  return problem === undefined ? [] : [problem];
}

function refuseTooLong(after: ConfigTexts): void {
  for (const value of after.values()) {
    if (Buffer.byteLength(value) <= valueBytesMax) continue;
    throw new RefusedError(
      ErrorCode.INVALID_CONFIG,
      `The configuration value cannot be added because it exceeds the maximum value size of ${valueBytesMax} bytes.`,
    );
  }
}

function refuseEmptyName(name: string, message: string): void {
  if (name === '') throw new RefusedError(ErrorCode.INVALID_REQUEST, message);
}

function brokerId(name: string): number {
  if (/^-?\d{1,10}$/.test(name)) return Number(name);
  throw new RefusedError(ErrorCode.INVALID_REQUEST, `Node id must be an integer, but it is: ${name}`);
}

function hasElr({ image }: ControllerContext): boolean {
  return image.featureLevel(elrFeature) > 0;
}

/** Eligible leaders were chosen under the old minimum. */
function clearElr({ resourceType, resourceName }: Resource): readonly MetadataRecord[] {
  if (resourceType === resourceTypes.GROUP || resourceType === resourceTypes.CLIENT_METRICS) return [];
  const topicName = resourceType === resourceTypes.TOPIC ? resourceName : '';
  return [{ type: 'ClearElrRecord', value: { topicName } }];
}
