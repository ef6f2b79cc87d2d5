import { txnOffsetCommitRequest, txnOffsetCommitResponse } from '../../../kafka/protocol/index.ts';
import type { GroupService } from '../../groups/index.ts';
import { type Api, api } from '../api.ts';
import { groupContext } from '../group-context.ts';

/** TxnOffsetCommit: positions of a group that count once a transaction has committed. */
export function txnOffsetCommitApi(groups: GroupService): Api {
  return api(txnOffsetCommitRequest, txnOffsetCommitResponse, (request, context) =>
    groups.txnOffsetCommit(request, groupContext(context)),
  );
}
