import type { Admin, BrokerDescription, GroupDescription } from '../../../../kafka/client/index.ts';
import { row, widthOf } from '../text-table.ts';

const GROUP_WIDTH_MIN = 15;
const COORDINATOR_WIDTH_MIN = 25;
const COLUMN_WIDTH = 20;
const EPOCH_WIDTH = 15;
const TARGET_EPOCH_WIDTH = 25;
const NONE = '-';

/** The state of a group in one line. */
export async function stateTable(group: GroupDescription, isVerbose: boolean, admin: Admin): Promise<string> {
  const coordinator = coordinatorText(group.coordinator ?? (await onlyBroker(admin)));
  const widths = [
    widthOf([group.groupId], GROUP_WIDTH_MIN),
    widthOf([coordinator], COORDINATOR_WIDTH_MIN),
    COLUMN_WIDTH,
    COLUMN_WIDTH,
    ...(isVerbose ? [EPOCH_WIDTH, TARGET_EPOCH_WIDTH] : []),
  ];
  const head = ['GROUP', 'COORDINATOR (ID)', 'ASSIGNMENT-STRATEGY', 'STATE'];
  const epochs = [group.groupEpoch ?? NONE, group.targetAssignmentEpoch ?? NONE];
  return [
    row(widths, [...head, ...(isVerbose ? ['GROUP-EPOCH', 'TARGET-ASSIGNMENT-EPOCH'] : []), '#MEMBERS']),
    row(widths, [
      group.groupId,
      coordinator,
      group.protocol === '' ? NONE : group.protocol,
      group.state,
      ...(isVerbose ? epochs : []),
      group.members.length,
    ]),
  ].join('\n');
}

function coordinatorText(broker: BrokerDescription | undefined): string {
  return broker === undefined ? NONE : `${broker.host}:${broker.port}  (${broker.nodeId})`;
}

/** In a cluster of one broker it is the coordinator of every group. */
async function onlyBroker(admin: Admin): Promise<BrokerDescription | undefined> {
  const { brokers } = await admin.describeCluster();
  return brokers.length === 1 ? brokers[0] : undefined;
}
