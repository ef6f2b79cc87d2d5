/** What each script leaves behind is where the next begins: topics, then records, then groups with and without members. */
export const topicCommands: readonly string[] = [
  'kafka-topics --list',
  'kafka-topics --create --topic words',
  'kafka-topics --create --topic letters --partitions 3 --replication-factor 1 --config retention.ms=86400000',
  'kafka-topics --create --topic words',
  'kafka-topics --create --topic words --if-not-exists',
  'kafka-topics --create --topic a.b',
  'kafka-topics --create --topic a_b',
  'kafka-topics --create --topic wide --replication-factor 3',
  'kafka-topics --create --topic odd --config no.such=1',
  'kafka-topics --list',
  'kafka-topics --describe --topic letters',
  'kafka-topics --describe --topic nope',
  'kafka-topics --alter --topic letters --partitions 4',
  'kafka-topics --alter --topic letters --partitions 2',
  'kafka-topics --describe --topic letters',
  'kafka-topics --delete --topic a.b',
  'kafka-topics --delete --topic nope',
  'kafka-topics --zookeeper localhost:2181 --list',
  'kafka-configs --alter --entity-type topics --entity-name letters --add-config max.message.bytes=2000000',
  'kafka-configs --describe --entity-type topics --entity-name letters',
  'kafka-configs --alter --entity-type topics --entity-name letters --delete-config retention.ms',
  'kafka-configs --alter --entity-type topics --entity-name letters --add-config retention.ms=soon',
  'kafka-configs --describe --entity-type topics --entity-name letters',
  'kafka-configs --describe --entity-type topics --entity-name nope',
];

const keyed = '--reader-property parse.key=true --reader-property parse.headers=true';
const formatted = ['key', 'offset', 'partition', 'headers']
  .map((what) => `--formatter-property print.${what}=true`)
  .join(' ');

/** Input follows `<<<`, with a backslash and n for a line end, a backslash and t for a tab. */
export const recordCommands: readonly string[] = [
  'kafka-console-producer --topic words <<< one\\ntwo\\nthree\\n',
  'kafka-console-producer --topic words --compression-codec zstd <<< four\\nfive\\n',
  `kafka-console-producer --topic letters ${keyed} <<< h1:a,h2:b\\tkey1\\tvalue1\\nh1:c\\tkey2\\tvalue2\\n`,
  `kafka-console-producer --topic letters ${keyed} <<< no separator\\n`,
  'kafka-console-consumer --topic words --group first --from-beginning --max-messages 5',
  'kafka-console-consumer --topic words --partition 0 --offset 3 --timeout-ms 5000',
  `kafka-console-consumer --topic letters --group second --from-beginning --max-messages 2 ${formatted}`,
  'kafka-console-consumer --topic words --group readers --from-beginning --max-messages 5',
];

/** Needs a member `m1` of the group `live`, which has committed. */
export const groupCommands: readonly string[] = [
  'kafka-consumer-groups --list',
  'kafka-consumer-groups --list --state --type',
  'kafka-consumer-groups --describe --group readers',
  'kafka-consumer-groups --describe --group readers --members',
  'kafka-consumer-groups --describe --group readers --state',
  'kafka-consumer-groups --describe --group live',
  'kafka-consumer-groups --describe --group live --members --verbose',
  'kafka-consumer-groups --describe --group live --state --verbose',
  'kafka-consumer-groups --describe --group nope',
  'kafka-consumer-groups --reset-offsets --group live --topic words --to-earliest --execute',
  'kafka-consumer-groups --delete --group live',
  'kafka-consumer-groups --reset-offsets --group readers --topic words --to-earliest --dry-run',
  'kafka-consumer-groups --reset-offsets --group readers --topic words --to-earliest --execute',
  'kafka-consumer-groups --reset-offsets --group readers --topic words --shift-by 2 --execute',
  'kafka-consumer-groups --reset-offsets --group readers --all-topics --to-latest --export --dry-run',
  'kafka-consumer-groups --describe --group readers',
  'kafka-consumer-groups --delete-offsets --group readers --topic words',
  'kafka-consumer-groups --delete --group readers',
  'kafka-consumer-groups --delete --group nope',
  'kafka-consumer-groups --list',
];

/** Asks for what the scripts before have left, and for what needs no broker. */
export const clusterCommands: readonly string[] = [
  'kafka-get-offsets --topic words',
  'kafka-get-offsets --topic letters --time earliest',
  'kafka-get-offsets --topic letters --partitions 0,1 --time earliest',
  'kafka-get-offsets --topic-partitions words:0,letters:1-3 --time -2',
  'kafka-get-offsets --topic words --time 99999999999999',
  'kafka-get-offsets --topic nope',
  'kafka-get-offsets --topic words --time soon',
  'kafka-get-offsets --topic words --partitions a',
  'kafka-get-offsets --topic-partitions words --topic words',
  'kafka-groups --list',
  'kafka-groups --list --consumer',
  'kafka-groups --list --share',
  'kafka-groups --list --group-type classic',
  'kafka-log-dirs --describe --broker-list 7',
  'kafka-features version-mapping',
  'kafka-features version-mapping --release-version 4.0-IV3',
  'kafka-features version-mapping --release-version 9',
  'kafka-features feature-dependencies --feature eligible.leader.replicas.version=1',
  'kafka-features feature-dependencies --feature metadata.version=30 --feature group.version=1',
  'kafka-features feature-dependencies --feature nope=1',
  'kafka-features upgrade',
  'kafka-features upgrade --feature nope',
  'kafka-metadata-quorum describe',
  'kafka-metadata-quorum describe --status --replication',
  'kafka-transactions find-hanging',
  'kafka-transactions abort --topic words --partition 0',
  'kafka-transactions abort --topic words --partition 0 --producer-id 1',
  'kafka-leader-election --election-type preferred',
  'kafka-leader-election --election-type preferred --topic words',
];

/** What both kinds of tools write to one topic, of which a group of both then reads a part. */
export const writeTogether: readonly string[] = [
  'kafka-topics --create --topic shared --if-not-exists',
  `kafka-console-producer --topic shared ${keyed} <<< by:tool\\tkey1\\tvalue1\\nby:tool\\tkey2\\tvalue2\\n`,
  'kafka-console-consumer --topic shared --group sharers --from-beginning --max-messages 1',
];

/** What both must print the same afterwards, records, lag and configs. */
export const lookTogether: readonly string[] = [
  `kafka-console-consumer --topic shared --partition 0 --offset earliest --max-messages 4 ${formatted}`,
  'kafka-topics --describe --topic shared',
  'kafka-consumer-groups --describe --group sharers',
  'kafka-configs --describe --entity-type topics --entity-name shared --all',
  'kafka-configs --describe --entity-type brokers --entity-name 1',
  'kafka-topics --describe --under-replicated-partitions',
];
