import {
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '../../../kafka/protocol/index.ts';
import { type LoggerLevels, logLevels } from '../../../platform/logger-levels.ts';
import { decideIncrementalAlterConfigs } from '../../metadata/index.ts';
import { type Api, api } from '../api.ts';
import type { Cluster } from '../cluster.ts';

/** IncrementalAlterConfigs: sets, deletes, appends to and subtracts from single configs; sets levels of loggers. */
export function incrementalAlterConfigsApi({ metadata, context }: Cluster, loggers: LoggerLevels): Api {
  return api(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, (request) =>
    metadata.change(() => {
      const decision = decideIncrementalAlterConfigs(context(), request, loggers.all);
      for (const [name, level] of decision.loggerLevels) {
        loggers.set(name, logLevels.find((known) => known === level) ?? null);
      }
      return decision;
    }),
  );
}
