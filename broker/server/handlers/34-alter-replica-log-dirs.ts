import { alterReplicaLogDirsRequest, alterReplicaLogDirsResponse } from '../../../kafka/protocol/index.ts';
import type { ReplicaMoves } from '../../replica/replica-moves.ts';
import { type Api, api } from '../api.ts';

/**
 * AlterReplicaLogDirs: begins to move replicas to other log directories, or ends that. Of several directories for one
 * replica the last counts.
 */
export function alterReplicaLogDirsApi(moves: ReplicaMoves): Api {
  return api(alterReplicaLogDirsRequest, alterReplicaLogDirsResponse, ({ dirs }) => {
    const wanted = new Map<string, Map<number, string>>();
    for (const { path, topics } of dirs) {
      for (const { name, partitions } of topics) {
        const paths = wanted.get(name) ?? new Map<number, string>();
        for (const partition of partitions) paths.set(partition, path);
        if (paths.size > 0) wanted.set(name, paths);
      }
    }
    const results = [...wanted].map(([topicName, paths]) => ({
      topicName,
      partitions: [...paths].map(([partitionIndex, path]) => ({
        partitionIndex,
        errorCode: moves.alter(topicName, partitionIndex, path),
      })),
    }));
    return { throttleTimeMs: 0, results };
  });
}
