import {
  autoCreatedTopic,
  type ClusterView,
  type ControllerContext,
  decideCreateTopics,
} from '../metadata/index.ts';
import type { ClusterMetadata } from '../quorum/cluster-metadata.ts';
import type { RequestContext } from './request-context.ts';

/** The cluster's metadata as handlers need it. */
export class Cluster {
  readonly clusterId: string;
  readonly metadata: ClusterMetadata;
  readonly context: () => ControllerContext;
  readonly #beingCreated = new Set<string>();

  constructor(clusterId: string, metadata: ClusterMetadata, context: () => ControllerContext) {
    this.clusterId = clusterId;
    this.metadata = metadata;
    this.context = context;
  }

  /** Creates topics that clients asked for, without waiting; one that cannot be created is asked for again. */
  autoCreate(names: readonly string[]): void {
    const missing = names.filter((name) => !this.#beingCreated.has(name));
    for (const name of missing) this.#beingCreated.add(name);
    const topics = missing.map((name) => autoCreatedTopic(name, this.context().config));
    const request = { topics, validateOnly: false };
    const done = () => {
      for (const name of missing) this.#beingCreated.delete(name);
    };
    this.metadata.change(() => decideCreateTopics(this.context(), request)).then(done, done);
  }
}

/** The cluster as the sender of a request sees it: it reaches this broker by the listener it came in through. */
export function viewOf({ clusterId, metadata }: Cluster, { listener }: RequestContext): ClusterView {
  return { clusterId, image: metadata.image, endpointOf: () => listener.advertised };
}
