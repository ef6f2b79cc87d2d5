package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/IBM/sarama"
)

// questions asks sarama's admin client one after the other and prints what it hears.
type questions struct {
	topic string
	admin sarama.ClusterAdmin
}

func admin(bootstrap string, args []string) error {
	client, err := sarama.NewClusterAdmin([]string{bootstrap}, newest())
	if err != nil {
		return err
	}
	defer client.Close()
	q := &questions{args[0], client}
	q.topics()
	if err := q.records(bootstrap); err != nil {
		return err
	}
	q.configs()
	q.groups()
	q.do("DeleteTopic", func() error { return q.admin.DeleteTopic(q.topic) })
	q.do("DeleteTopic of no topic", func() error { return q.admin.DeleteTopic("nothing") })
	return nil
}

// do asks for what has no answer but an error.
func (q *questions) do(name string, question func() error) {
	q.ask(name, func() (any, error) { return "done", question() })
}

func (q *questions) ask(name string, question func() (any, error)) {
	fmt.Println("> " + name)
	answer, err := question()
	if err != nil {
		fmt.Println("error: " + err.Error())
		return
	}
	fmt.Println(shown(answer))
}

// shown is JSON, an entry of a list to a line.
func shown(answer any) string {
	list := reflect.ValueOf(answer)
	if list.Kind() == reflect.Slice {
		entries := []string{}
		for i := range list.Len() {
			entries = append(entries, shown(list.Index(i).Interface()))
		}
		return strings.Join(entries, "\n")
	}
	text, err := json.Marshal(answer)
	if err != nil {
		fail(err)
	}
	return string(text)
}

func (q *questions) topics() {
	retention := "3600000"
	create := func(topic string, detail sarama.TopicDetail, validateOnly bool) func() error {
		return func() error { return q.admin.CreateTopic(topic, &detail, validateOnly) }
	}
	two := sarama.TopicDetail{NumPartitions: 2, ReplicationFactor: 1, ConfigEntries: map[string]*string{"retention.ms": &retention}}
	q.do("CreateTopic", create(q.topic, two, false))
	q.do("CreateTopic again", create(q.topic, two, false))
	q.do("CreateTopic, only validated", create("valid", two, true))
	q.do("CreateTopic of a bad name", create("bad name", two, false))
	q.do("CreateTopic with too many replicas", create("wide", sarama.TopicDetail{NumPartitions: 1, ReplicationFactor: 3}, false))
	q.do("CreateTopic with a gap", create("odd", sarama.TopicDetail{NumPartitions: -1, ReplicationFactor: -1, ReplicaAssignment: map[int32][]int32{1: {1}}}, false))
	q.do("CreatePartitions", func() error { return q.admin.CreatePartitions(q.topic, 3, nil, false) })
	q.do("CreatePartitions, placed", func() error { return q.admin.CreatePartitions(q.topic, 4, [][]int32{{1}}, false) })
	q.do("CreatePartitions, only validated", func() error { return q.admin.CreatePartitions(q.topic, 9, nil, true) })
	q.do("CreatePartitions, fewer", func() error { return q.admin.CreatePartitions(q.topic, 1, nil, false) })
	q.ask("DescribeTopics", func() (any, error) { return q.described(4) })
	q.ask("DescribeTopics of no topic", func() (any, error) {
		found, err := q.admin.DescribeTopics([]string{"nothing"})
		if err != nil {
			return nil, err
		}
		return found[0].Err.Error(), nil
	})
	q.ask("ListTopics", func() (any, error) {
		found, err := q.admin.ListTopics()
		return found[q.topic], err
	})
	q.ask("ElectLeaders", func() (any, error) {
		return q.admin.ElectLeaders(sarama.PreferredElection, map[string][]int32{q.topic: {0}})
	})
}

// described asks until the broker shows all partitions, which is a moment after the controller has answered.
func (q *questions) described(partitions int) (any, error) {
	for tries := 0; ; tries++ {
		found, err := q.admin.DescribeTopics([]string{q.topic})
		if err != nil {
			return nil, err
		}
		if len(found[0].Partitions) == partitions || tries == 100 {
			slices.SortFunc(found[0].Partitions, func(a, b *sarama.PartitionMetadata) int { return int(a.ID - b.ID) })
			return found[0].Partitions, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (q *questions) records(bootstrap string) error {
	producer, err := open([]string{bootstrap}, "")
	if err != nil {
		return err
	}
	defer producer.Close()
	if err := send(producer, q.topic, "a", "b", "c", "d", "e"); err != nil {
		return err
	}
	offsets := func(at int64) func() (any, error) {
		return func() (any, error) {
			found, err := q.admin.ListOffsets(map[string]map[int32]int64{q.topic: {0: at, 1: at}}, nil)
			return found[q.topic], err
		}
	}
	q.ask("ListOffsets, newest", offsets(sarama.OffsetNewest))
	q.ask("ListOffsets, oldest", offsets(sarama.OffsetOldest))
	q.ask("ListOffsets, after all", offsets(9_000_000_000_000))
	remove := func(partition int32, before int64) func() error {
		return func() error { return q.admin.DeleteRecords(q.topic, map[int32]int64{partition: before}) }
	}
	q.do("DeleteRecords", remove(0, 2))
	q.do("DeleteRecords past the end", remove(0, 99))
	q.ask("ListOffsets, oldest", offsets(sarama.OffsetOldest))
	return nil
}

func (q *questions) configs() {
	describe := func(kind sarama.ConfigResourceType, name string, keys ...string) func() (any, error) {
		return func() (any, error) {
			found, err := q.admin.DescribeConfig(sarama.ConfigResource{Type: kind, Name: name, ConfigNames: keys})
			slices.SortFunc(found, func(a, b sarama.ConfigEntry) int { return strings.Compare(a.Name, b.Name) })
			return found, err
		}
	}
	own := describe(sarama.TopicResource, q.topic, "cleanup.policy", "max.message.bytes", "retention.ms", "segment.ms")
	change := func(op sarama.IncrementalAlterConfigsOperation, topic, key, value string) func() error {
		return func() error {
			entries := map[string]sarama.IncrementalAlterConfigsEntry{key: {Operation: op, Value: &value}}
			return q.admin.IncrementalAlterConfig(sarama.TopicResource, topic, entries, false)
		}
	}
	replace := func(key, value string) func() error {
		return func() error {
			return q.admin.AlterConfig(sarama.TopicResource, q.topic, map[string]*string{key: &value}, false)
		}
	}
	q.ask("DescribeConfig", own)
	q.ask("DescribeConfig of a broker", describe(sarama.BrokerResource, "1", "node.id", "num.partitions", "log.retention.hours"))
	q.ask("DescribeConfig of no topic", describe(sarama.TopicResource, "nothing"))
	q.do("IncrementalAlterConfig, append", change(sarama.IncrementalAlterConfigsOperationAppend, q.topic, "cleanup.policy", "compact"))
	q.do("IncrementalAlterConfig, a bad value", change(sarama.IncrementalAlterConfigsOperationSet, q.topic, "retention.ms", "soon"))
	q.do("IncrementalAlterConfig, unknown", change(sarama.IncrementalAlterConfigsOperationSet, q.topic, "no.such", "1"))
	q.do("IncrementalAlterConfig of no topic", change(sarama.IncrementalAlterConfigsOperationSet, "nothing", "retention.ms", "1"))
	q.ask("DescribeConfig", own)
	q.do("AlterConfig", replace("max.message.bytes", "2000000"))
	q.do("AlterConfig, a bad value", replace("max.message.bytes", "many"))
	q.ask("DescribeConfig", own)
}

func (q *questions) groups() {
	group := "group-of-" + q.topic
	alter := func() (any, error) {
		offsets := map[string]map[int32]sarama.OffsetAndMetadata{q.topic: {0: {Offset: 3, Metadata: "three", LeaderEpoch: -1}}}
		found, err := q.admin.AlterConsumerGroupOffsets(group, offsets, nil)
		if err != nil {
			return nil, err
		}
		return found.Errors, nil
	}
	committed := func() (any, error) {
		found, err := q.admin.ListConsumerGroupOffsets(group, map[string][]int32{q.topic: {0, 1}})
		if err != nil {
			return nil, err
		}
		return found.Blocks, nil
	}
	describe := func(name string) func() (any, error) {
		return func() (any, error) { return q.admin.DescribeConsumerGroups([]string{name}) }
	}
	q.ask("AlterConsumerGroupOffsets", alter)
	q.ask("ListConsumerGroupOffsets", committed)
	q.ask("ListConsumerGroups", func() (any, error) {
		found, err := q.admin.ListConsumerGroups()
		return found[group], err
	})
	q.ask("DescribeConsumerGroups", describe(group))
	q.ask("DescribeConsumerGroups, unknown", describe("nobody"))
	q.do("DeleteConsumerGroupOffset", func() error { return q.admin.DeleteConsumerGroupOffset(group, q.topic, 0) })
	q.ask("ListConsumerGroupOffsets", committed)
	q.do("DeleteConsumerGroup", func() error { return q.admin.DeleteConsumerGroup(group) })
	q.do("DeleteConsumerGroup again", func() error { return q.admin.DeleteConsumerGroup(group) })
}
