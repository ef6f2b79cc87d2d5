package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// adminTranscript is kadm's admin client in a transcript: a question after the other, and all fields of what it hears.
type adminTranscript struct {
	ctx       context.Context
	bootstrap string
	topic     string
	admin     *kadm.Client
}

func admin(bootstrap string, args []string) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(bootstrap), kgo.MetadataMinAge(10*time.Millisecond))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	t := &adminTranscript{ctx, bootstrap, args[0], kadm.NewClient(client)}
	defer t.admin.Close()
	t.topics()
	t.configs()
	t.offsets()
	t.groups("classic", kgo.Balancers(kgo.RangeBalancer()))
	t.groups("consumer", kgo.ServerSideBalancer(), kgo.Balancers(kgo.StickyBalancer()))
	t.groupsInTheEnd()
	t.cluster()
	t.transactions()
	t.ask("DeleteTopics", func() (any, error) { return t.admin.DeleteTopics(ctx, t.topic, "nothing") })
	t.ask("DeleteTopic", func() (any, error) { return t.admin.DeleteTopic(ctx, t.topic) })
	return nil
}

func (t *adminTranscript) ask(name string, question func() (any, error)) {
	answer, err := question()
	fmt.Println("> " + name)
	// An error about some of what was asked comes with answers about the rest.
	fmt.Println(shown(answer))
	if err != nil {
		fmt.Println("error: " + err.Error())
	}
}

func (t *adminTranscript) topics() {
	retention := map[string]*string{"retention.ms": kadm.StringPtr("3600000000")}
	create := func(partitions int32, replicas int16, configs map[string]*string, topic string) func() (any, error) {
		return func() (any, error) { return t.admin.CreateTopics(t.ctx, partitions, replicas, configs, topic) }
	}
	t.ask("ValidateCreateTopics", func() (any, error) { return t.admin.ValidateCreateTopics(t.ctx, 2, 1, retention, t.topic) })
	t.ask("CreateTopics", create(2, 1, retention, t.topic))
	t.ask("CreateTopics again", create(2, 1, nil, t.topic))
	t.ask("CreateTopics of a bad name", create(1, 1, nil, "bad name"))
	t.ask("CreateTopics with too many replicas", create(1, 3, nil, "wide"))
	t.ask("CreateTopics with an unknown config", create(1, 1, map[string]*string{"no.such": kadm.StringPtr("1")}, "odd"))
	t.ask("ListTopics", func() (any, error) { return t.listed(2) })
	t.ask("ListTopics of one that is not", func() (any, error) { return t.admin.ListTopics(t.ctx, "nothing") })
	t.ask("ValidateCreatePartitions", func() (any, error) { return t.admin.ValidateCreatePartitions(t.ctx, 1, t.topic) })
	t.ask("CreatePartitions", func() (any, error) { return t.admin.CreatePartitions(t.ctx, 1, t.topic) })
	t.ask("ListTopics", func() (any, error) { return t.listed(3) })
	t.ask("UpdatePartitions to fewer", func() (any, error) { return t.admin.UpdatePartitions(t.ctx, 2, t.topic) })
	t.ask("UpdatePartitions of one that is not", func() (any, error) { return t.admin.ValidateUpdatePartitions(t.ctx, 2, "nothing") })
}

// listed asks until the broker shows all partitions, which is a moment after the controller has answered.
func (t *adminTranscript) listed(partitions int) (kadm.TopicDetails, error) {
	for tries := 0; ; tries++ {
		topics, err := t.admin.ListTopics(kadm.WithAuthorizedOps(t.ctx), t.topic)
		if err != nil || len(topics[t.topic].Partitions) == partitions || tries == 100 {
			slices.Sort(topics[t.topic].AuthorizedOperations)
			return topics, err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (t *adminTranscript) configs() {
	set := func(op kadm.IncrementalOp, name, value string) []kadm.AlterConfig {
		return []kadm.AlterConfig{{Op: op, Name: name, Value: kadm.StringPtr(value)}}
	}
	t.ask("DescribeTopicConfigs", t.topicConfigs)
	t.ask("ValidateAlterTopicConfigs", func() (any, error) {
		return t.admin.ValidateAlterTopicConfigs(t.ctx, set(kadm.SetConfig, "retention.ms", "soon"), t.topic)
	})
	t.ask("AlterTopicConfigs", t.altered(func() (kadm.AlterConfigsResponses, error) {
		return t.admin.AlterTopicConfigs(t.ctx, set(kadm.AppendConfig, "cleanup.policy", "compact"), t.topic)
	}))
	t.ask("AlterTopicConfigs, unknown", func() (any, error) {
		return t.admin.AlterTopicConfigs(t.ctx, set(kadm.SetConfig, "no.such", "1"), t.topic, "nothing")
	})
	t.ask("DescribeTopicConfigs", t.topicConfigs)
	t.ask("AlterTopicConfigsState", t.altered(func() (kadm.AlterConfigsResponses, error) {
		return t.admin.AlterTopicConfigsState(t.ctx, set(kadm.SetConfig, "max.message.bytes", "2000000"), t.topic)
	}))
	t.ask("ValidateAlterTopicConfigsState", func() (any, error) {
		return t.admin.ValidateAlterTopicConfigsState(t.ctx, set(kadm.SetConfig, "max.message.bytes", "many"), t.topic)
	})
	t.ask("DescribeTopicConfigs", t.topicConfigs)
	t.ask("AlterBrokerConfigs, read-only", func() (any, error) {
		return t.admin.AlterBrokerConfigs(t.ctx, set(kadm.SetConfig, "node.id", "9"), 1)
	})
	t.ask("ValidateAlterBrokerConfigs", func() (any, error) {
		return t.admin.ValidateAlterBrokerConfigs(t.ctx, set(kadm.SetConfig, "log.retention.ms", "7200000"), 1)
	})
	t.ask("DescribeBrokerConfigs, of which node.id", func() (any, error) {
		found, err := t.admin.DescribeBrokerConfigs(t.ctx, 1)
		for i := range found {
			found[i].Configs = slices.DeleteFunc(found[i].Configs, func(config kadm.Config) bool { return config.Key != "node.id" })
		}
		return []kadm.ResourceConfig(found), err
	})
	t.ask("ListConfigResources, of which the topic", func() (any, error) {
		found, err := t.admin.ListConfigResources(t.ctx, kmsg.ConfigResourceTypeTopic)
		found.Resources = slices.DeleteFunc(found.Resources, func(resource kadm.ConfigResource) bool { return resource.Name != t.topic })
		return found, err
	})
}

// topicConfigs tells what is set on the topic.
func (t *adminTranscript) topicConfigs() (any, error) {
	found, err := t.admin.DescribeTopicConfigs(t.ctx, t.topic)
	for i := range found {
		found[i].Configs = slices.DeleteFunc(found[i].Configs, func(config kadm.Config) bool { return config.Source.String() != "DYNAMIC_TOPIC_CONFIG" })
		slices.SortFunc(found[i].Configs, func(a, b kadm.Config) int { return strings.Compare(a.Key, b.Key) })
	}
	return []kadm.ResourceConfig(found), err
}

// altered waits until the broker goes by a change, which is a moment after the controller has accepted it.
func (t *adminTranscript) altered(change func() (kadm.AlterConfigsResponses, error)) func() (any, error) {
	return func() (any, error) {
		before, _ := t.topicConfigs()
		answer, err := change()
		for range 100 {
			if now, _ := t.topicConfigs(); shown(now) != shown(before) {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		return answer, err
	}
}

func (t *adminTranscript) offsets() {
	t.ask("ten records", func() (any, error) {
		client, err := kgo.NewClient(kgo.SeedBrokers(t.bootstrap), kgo.DefaultProduceTopic(t.topic), kgo.RecordPartitioner(kgo.ManualPartitioner()))
		if err != nil {
			return nil, err
		}
		defer client.Close()
		for index := range 10 {
			record := &kgo.Record{Partition: int32(index % 2), Key: []byte("k"), Value: []byte("v"), Timestamp: time.UnixMilli(int64(1000 + index))}
			if err := client.ProduceSync(t.ctx, record).FirstErr(); err != nil {
				return nil, err
			}
		}
		return "sent", nil
	})
	t.ask("ListStartOffsets", func() (any, error) { return t.admin.ListStartOffsets(t.ctx, t.topic) })
	t.ask("ListEndOffsets", func() (any, error) { return t.admin.ListEndOffsets(t.ctx, t.topic) })
	t.ask("ListEndOffsets of no topic", func() (any, error) { return t.admin.ListEndOffsets(t.ctx, "nothing") })
	t.ask("ListCommittedOffsets", func() (any, error) { return t.admin.ListCommittedOffsets(t.ctx, t.topic) })
	t.ask("ListMaxTimestampOffsets", func() (any, error) { return t.admin.ListMaxTimestampOffsets(t.ctx, t.topic) })
	t.ask("ListLocalLogStartOffsets", func() (any, error) { return t.admin.ListLocalLogStartOffsets(t.ctx, t.topic) })
	t.ask("ListLatestRemoteOffsets", func() (any, error) { return t.admin.ListLatestRemoteOffsets(t.ctx, t.topic) })
	t.ask("ListOffsetsAfterMilli", func() (any, error) { return t.admin.ListOffsetsAfterMilli(t.ctx, 1005, t.topic) })
	t.ask("ListOffsetsAfterMilli, after all", func() (any, error) { return t.admin.ListOffsetsAfterMilli(t.ctx, 9000, t.topic) })
	remove := func(partition int32, offset int64) func() (any, error) {
		return func() (any, error) {
			var before kadm.Offsets
			before.AddOffset(t.topic, partition, offset, -1)
			return t.admin.DeleteRecords(t.ctx, before)
		}
	}
	t.ask("DeleteRecords", remove(0, 2))
	t.ask("DeleteRecords past the end", remove(0, 99))
	t.ask("DeleteRecords of no partition", remove(9, 1))
	t.ask("ListStartOffsets", func() (any, error) { return t.admin.ListStartOffsets(t.ctx, t.topic) })
	t.ask("OffsetForLeaderEpoch", func() (any, error) {
		var asked kadm.OffsetForLeaderEpochRequest
		asked.Add(t.topic, 0, 0)
		asked.Add(t.topic, 1, 7)
		asked.Add(t.topic, 9, 0)
		return t.admin.OffsetForLeaderEpoch(t.ctx, asked)
	})
}

func (t *adminTranscript) groups(protocol string, options ...kgo.Opt) {
	group := protocol + "-of-" + t.topic
	member, err := t.join(group, options...)
	if err != nil {
		fail(err)
	}
	t.ask("DescribeGroups with a member of the "+protocol+" protocol", func() (any, error) { return t.admin.DescribeGroups(t.ctx, group, "nobody") })
	t.ask("DescribeConsumerGroups with a member of the "+protocol+" protocol", func() (any, error) {
		return t.admin.DescribeConsumerGroups(t.ctx, group, "nobody")
	})
	t.ask("ListGroups with a member", func() (any, error) { return t.admin.ListGroupsByType(t.ctx, []string{protocol}, "Stable") })
	t.ask("DeleteGroup with a member", func() (any, error) { return t.admin.DeleteGroup(t.ctx, group) })
	var offsets kadm.Offsets
	offsets.Add(kadm.Offset{Topic: t.topic, Partition: 0, At: 3, LeaderEpoch: 0, Metadata: "a note"})
	offsets.AddOffset(t.topic, 1, 4, -1)
	t.ask("CommitOffsets with a member", func() (any, error) { return t.admin.CommitOffsets(t.ctx, group, offsets) })
	member.Close()
	t.ask("CommitOffsets", func() (any, error) { return t.admin.CommitOffsets(t.ctx, group, offsets) })
	t.ask("CommitOffsets of no topic", func() (any, error) {
		var odd kadm.Offsets
		odd.AddOffset("nothing", 0, 4, -1)
		return t.admin.CommitOffsets(t.ctx, group, odd)
	})
	t.ask("FetchOffsets", func() (any, error) { return t.admin.FetchOffsets(t.ctx, group) })
	t.ask("FetchOffsetsForTopics", func() (any, error) { return t.admin.FetchOffsetsForTopics(t.ctx, group, t.topic) })
	t.ask("Lag", func() (any, error) { return t.admin.Lag(t.ctx, group) })
	t.ask("LeaveGroup of an instance that is not", func() (any, error) {
		return t.admin.LeaveGroup(t.ctx, kadm.LeaveGroup(group).Reason("a reason").InstanceIDs("nobody"))
	})
	t.ask("DeleteOffsets", func() (any, error) {
		var partitions kadm.TopicsSet
		partitions.Add(t.topic, 0, 9)
		return t.admin.DeleteOffsets(t.ctx, group, partitions)
	})
}

// join starts a member and waits until it has all partitions and the broker takes the group for stable.
func (t *adminTranscript) join(group string, options ...kgo.Opt) (*kgo.Client, error) {
	member, err := kgo.NewClient(append(options, kgo.SeedBrokers(t.bootstrap), kgo.ConsumerGroup(group), kgo.ConsumeTopics(t.topic),
		kgo.ClientID("reader"), kgo.DisableAutoCommit(), kgo.ConsumeResetOffset(kgo.NewOffset().AtEnd()))...)
	if err != nil {
		return nil, err
	}
	for t.ctx.Err() == nil {
		poll, stop := context.WithTimeout(t.ctx, 100*time.Millisecond)
		member.PollFetches(poll)
		stop()
		classic, _ := t.admin.DescribeGroups(t.ctx, group)
		if described, ok := classic[group]; ok && described.State == "Stable" {
			return member, nil
		}
		newer, _ := t.admin.DescribeConsumerGroups(t.ctx, group)
		if described, ok := newer[group]; ok && described.State == "Stable" && len(described.Members) == 1 && len(described.Members[0].Assignment[t.topic]) == 3 {
			return member, nil
		}
	}
	return member, t.ctx.Err()
}

func (t *adminTranscript) groupsInTheEnd() {
	names := []string{"classic-of-" + t.topic, "consumer-of-" + t.topic}
	t.ask("DescribeGroups", func() (any, error) { return t.admin.DescribeGroups(kadm.WithAuthorizedOps(t.ctx), names...) })
	t.ask("DescribeConsumerGroups", func() (any, error) { return t.admin.DescribeConsumerGroups(t.ctx, names...) })
	t.ask("FetchManyOffsets", func() (any, error) { return t.admin.FetchManyOffsets(t.ctx, append(names, "nobody")...), nil })
	t.ask("ListGroups, empty ones", func() (any, error) { return t.admin.ListGroups(t.ctx, "Empty") })
	t.ask("ListGroups by type", func() (any, error) { return t.admin.ListGroupsByType(t.ctx, []string{"consumer"}) })
	t.ask("FindGroupCoordinators", func() (any, error) { return t.admin.FindGroupCoordinators(t.ctx, names...), nil })
	t.ask("DeleteGroups", func() (any, error) { return t.admin.DeleteGroups(t.ctx, append(names, "nobody")...) })
	t.ask("ListGroups", func() (any, error) { return t.admin.ListGroups(t.ctx, "Stable", "Empty") })
}

func (t *adminTranscript) cluster() {
	var partitions kadm.TopicsSet
	partitions.Add(t.topic, 0, 9)
	t.ask("BrokerMetadata", func() (any, error) { return t.admin.BrokerMetadata(t.ctx) })
	t.ask("ListBrokers", func() (any, error) { return t.admin.ListBrokers(t.ctx) })
	t.ask("DescribeBrokerLogDirs", func() (any, error) { return t.admin.DescribeBrokerLogDirs(t.ctx, 1, partitions) })
	t.ask("AlterBrokerReplicaLogDirs", func() (any, error) {
		var moves kadm.AlterReplicaLogDirsReq
		moves.Add("/no/such/directory", partitions)
		return t.admin.AlterBrokerReplicaLogDirs(t.ctx, 1, moves)
	})
	t.ask("ElectLeaders", func() (any, error) { return t.admin.ElectLeaders(t.ctx, kadm.ElectPreferredReplica, partitions) })
	t.ask("UpdateFeatures, only checked", func() (any, error) {
		return t.admin.UpdateFeatures(t.ctx, true, kadm.FeatureUpdate{Feature: "transaction.version", MaxVersionLevel: 2, UpgradeType: 1})
	})
	t.ask("UpdateFeatures, too high", func() (any, error) {
		return t.admin.UpdateFeatures(t.ctx, true, kadm.FeatureUpdate{Feature: "transaction.version", MaxVersionLevel: 9, UpgradeType: 1})
	})
}

func (t *adminTranscript) transactions() {
	id := "transaction-of-" + t.topic
	producer, err := kgo.NewClient(kgo.SeedBrokers(t.bootstrap), kgo.TransactionalID(id), kgo.DefaultProduceTopic(t.topic), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		fail(err)
	}
	defer producer.Close()
	var partitions kadm.TopicsSet
	partitions.Add(t.topic, 1)
	describe := func() (any, error) { return t.admin.DescribeTransactions(t.ctx, id, "nobody") }
	producers := func() (any, error) { return t.admin.DescribeProducers(t.ctx, partitions) }
	t.ask("a record in a transaction", func() (any, error) {
		if err := producer.BeginTransaction(); err != nil {
			return nil, err
		}
		return "sent", producer.ProduceSync(t.ctx, &kgo.Record{Partition: 1, Value: []byte("open")}).FirstErr()
	})
	t.ask("ListTransactions", func() (any, error) { return t.admin.ListTransactions(t.ctx, nil, []string{"Ongoing"}) })
	t.ask("ListTransactionsByTxPattern", func() (any, error) { return t.admin.ListTransactionsByTxPattern(t.ctx, nil, nil, "transaction-of.*") })
	t.ask("DescribeTransactions", describe)
	t.ask("DescribeProducers", producers)
	t.ask("FindTxnCoordinators", func() (any, error) { return t.admin.FindTxnCoordinators(t.ctx, id), nil })
	t.ask("ListCommittedOffsets while it is open", func() (any, error) { return t.admin.ListCommittedOffsets(t.ctx, t.topic) })
	t.ask("WriteTxnMarkers", func() (any, error) {
		found, err := t.admin.DescribeProducers(t.ctx, partitions)
		if err != nil {
			return nil, err
		}
		for _, open := range found[t.topic].Partitions[1].ActiveProducers {
			if open.CurrentTxnStartOffset < 0 {
				continue
			}
			marker := kadm.TxnMarkers{ProducerID: open.ProducerID, ProducerEpoch: int16(open.ProducerEpoch), CoordinatorEpoch: 0, Topics: partitions}
			written, err := t.admin.WriteTxnMarkers(t.ctx, marker)
			// By the id of the producer, which differs from run to run.
			return written[open.ProducerID], err
		}
		return "nothing is open", nil
	})
	t.ask("DescribeProducers", producers)
	t.ask("the transaction is aborted", func() (any, error) { return "aborted", producer.EndTransaction(t.ctx, kgo.TryAbort) })
	t.ask("DescribeTransactions in the end", func() (any, error) {
		if _, err := ended(t.ctx, t.admin); err != nil {
			return nil, err
		}
		return describe()
	})
}
