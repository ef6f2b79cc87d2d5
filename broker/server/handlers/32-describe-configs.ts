import { describeConfigsRequest, describeConfigsResponse } from '../../../kafka/protocol/index.ts';
import type { LoggerLevels } from '../../../platform/logger-levels.ts';
import { answerDescribeConfigs } from '../../metadata/index.ts';
import { type Api, api } from '../api.ts';
import type { Cluster } from '../cluster.ts';

/** DescribeConfigs: every config of topics, brokers and groups, with where its value comes from. */
export function describeConfigsApi(cluster: Cluster, loggers: LoggerLevels): Api {
  return api(describeConfigsRequest, describeConfigsResponse, (request) =>
    answerDescribeConfigs({ ...cluster.context(), loggers: loggers.all }, request),
  );
}
