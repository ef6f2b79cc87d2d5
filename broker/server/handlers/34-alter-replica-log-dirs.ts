import { alterReplicaLogDirsRequest, alterReplicaLogDirsResponse } from '../../../kafka/protocol/index.ts';
import type { ReplicaMoves } from '../../replica/replica-moves.ts';
import { type Api, api } from '../api.ts';

/** AlterReplicaLogDirs: begins to move replicas to other log directories, or ends that. */
export function alterReplicaLogDirsApi(moves: ReplicaMoves): Api {
  return api(alterReplicaLogDirsRequest, alterReplicaLogDirsResponse, ({ dirs }) => {
    const results = new Map<string, { partitionIndex: number; errorCode: number }[]>();
    for (const { path, topics } of dirs) {
      for (const { name, partitions } of topics) {
        const told = results.get(name) ?? [];
        results.set(name, told);
        for (const partitionIndex of partitions) {
          told.push({ partitionIndex, errorCode: moves.alter(name, partitionIndex, path) });
        }
      }
    }
    return {
      throttleTimeMs: 0,
      results: [...results].map(([topicName, partitions]) => ({ topicName, partitions })),
    };
  });
}
