import type { Logger } from '../../platform/logger.ts';
import type { Properties } from '../config/index.ts';
import type { TaskEnvironment } from '../tasks/index.ts';
import type { ConfigStore } from './config-store.ts';
import type { SourceOffsets } from './source-offsets.ts';
import type { WorkerStartups } from './startups.ts';
import type { StatusStore } from './status-store.ts';
import type { WorkerEvent } from './worker-event.ts';

/** What the runners of a connector and its tasks work with. */
export interface RunnerParts {
  readonly name: string;
  readonly environment: TaskEnvironment;
  readonly configs: ConfigStore;
  readonly statuses: StatusStore;
  readonly offsets: SourceOffsets;
  readonly logger: Logger;
  readonly startups: WorkerStartups;
  /** Replaces references such as `${env:PASSWORD}` by what they stand for. */
  resolve(config: Properties): Properties;
  emit(event: WorkerEvent): void;
}
