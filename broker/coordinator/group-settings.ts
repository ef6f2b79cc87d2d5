import { type GroupConfig, groupConfig } from '../config/index.ts';
import type { ConsumerGroupTimes } from '../groups/index.ts';
import { type ControllerContext, type MetadataDelta, resourceTypes } from '../metadata/index.ts';

/** Configs of groups in force, computed once until configs change: heartbeats ask for them. */
export class GroupSettings {
  readonly #context: () => ControllerContext;
  /** Of groups with configs of their own; those of all others are under the empty name. */
  readonly #byGroup = new Map<string, GroupConfig>();
  #isConsumerProtocolEnabled: boolean | undefined;
  readonly #image: ControllerContext['image'];

  constructor(context: () => ControllerContext, image: ControllerContext['image']) {
    this.#context = context;
    this.#image = image;
  }

  onMetadataChange({ configsChanged, featuresChanged }: MetadataDelta): void {
    if (configsChanged.length > 0) this.#byGroup.clear();
    if (featuresChanged.length > 0) this.#isConsumerProtocolEnabled = undefined;
  }

  timesOf(groupId: string): ConsumerGroupTimes {
    const config = this.#configOf(groupId);
    return {
      sessionTimeoutMs: config.consumerSessionTimeoutMs,
      heartbeatIntervalMs: config.consumerHeartbeatIntervalMs,
      assignmentIntervalMs: config.consumerAssignmentIntervalMs,
    };
  }

  /** `group.version` is 1 and `group.coordinator.rebalance.protocols` has `consumer`. */
  get isConsumerProtocolEnabled(): boolean {
    this.#isConsumerProtocolEnabled ??=
      this.#image.featureLevel('group.version') >= 1 &&
      this.#context().config.groupCoordinatorRebalanceProtocols.some(isConsumer);
    return this.#isConsumerProtocolEnabled;
  }

  #configOf(groupId: string): GroupConfig {
    const overrides = this.#image.configs(resourceTypes.GROUP, groupId);
    const name = overrides.size === 0 ? '' : groupId;
    const known = this.#byGroup.get(name);
    if (known !== undefined) return known;
    const config = groupConfig(overrides, this.#context().config);
    this.#byGroup.set(name, config);
    return config;
  }
}

function isConsumer(protocol: string): boolean {
  return protocol.toLowerCase() === 'consumer';
}
