package main

import (
	"fmt"
	"time"

	"github.com/IBM/sarama"
)

const group = "transacting-sarama"

func transactions(bootstrap string, args []string) error {
	brokers, topic := []string{bootstrap}, args[0]
	admin, err := sarama.NewClusterAdmin(brokers, newest())
	if err != nil {
		return err
	}
	defer admin.Close()
	if err := admin.CreateTopic(topic, &sarama.TopicDetail{NumPartitions: 1, ReplicationFactor: 1}, false); err != nil {
		return err
	}
	first, err := open(brokers, "sarama")
	if err != nil {
		return err
	}
	step("commit", func() error {
		return within(first, func() error { return send(first, topic, "a", "b") }, first.CommitTxn)
	})
	step("abort", func() error {
		return within(first, func() error { return send(first, topic, "c") }, first.AbortTxn)
	})
	step("offsets of a group", func() error {
		offsets := map[string][]*sarama.PartitionOffsetMetadata{topic: {{Partition: 0, Offset: 2}}}
		return within(first, func() error { return first.AddOffsetsToTxn(offsets, group) }, first.CommitTxn)
	})
	fmt.Println("committed", committed(admin, topic))
	step("a second producer of the same id", func() error {
		if err := first.BeginTxn(); err != nil {
			return err
		}
		if err := send(first, topic, "d"); err != nil {
			return err
		}
		second, err := open(brokers, "sarama")
		if err != nil {
			return err
		}
		defer second.Close()
		return within(second, func() error { return send(second, topic, "e") }, second.CommitTxn)
	})
	step("the first goes on", func() error { return send(first, topic, "f") })
	step("the first commits", first.CommitTxn)
	first.Close()
	for _, level := range []sarama.IsolationLevel{sarama.ReadCommitted, sarama.ReadUncommitted} {
		values, err := read(brokers, topic, level)
		if err != nil {
			return err
		}
		fmt.Println("isolation level", level, values)
	}
	return nil
}

// open starts a producer whose records say their partition, in transactions unless its id is empty.
func open(brokers []string, transactionalID string) (sarama.SyncProducer, error) {
	config := idempotent()
	config.Producer.Transaction.ID = transactionalID
	config.Producer.Partitioner = sarama.NewManualPartitioner
	return sarama.NewSyncProducer(brokers, config)
}

func within(producer sarama.SyncProducer, work, end func() error) error {
	if err := producer.BeginTxn(); err != nil {
		return err
	}
	if err := work(); err != nil {
		return err
	}
	return end()
}

func send(producer sarama.SyncProducer, topic string, values ...string) error {
	for _, value := range values {
		message := &sarama.ProducerMessage{Topic: topic, Partition: 0, Value: sarama.StringEncoder(value)}
		if _, _, err := producer.SendMessage(message); err != nil {
			return err
		}
	}
	return nil
}

func step(name string, work func() error) {
	fmt.Println("> " + name)
	if err := work(); err != nil {
		fmt.Println("error: " + err.Error())
	} else {
		fmt.Println("done")
	}
}

// committed is the offset of the group once it knows that the transaction has ended, which is answered before.
func committed(admin sarama.ClusterAdmin, topic string) string {
	for tries := 0; ; tries++ {
		found, err := admin.ListConsumerGroupOffsets(group, map[string][]int32{topic: {0}})
		if err != nil {
			return err.Error()
		}
		if block := found.GetBlock(topic, 0); block.Offset != -1 || tries == 300 {
			return fmt.Sprint(block.Offset)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// read gives all values up to that of the second producer.
func read(brokers []string, topic string, level sarama.IsolationLevel) ([]string, error) {
	config := newest()
	config.Consumer.IsolationLevel = level
	consumer, err := sarama.NewConsumer(brokers, config)
	if err != nil {
		return nil, err
	}
	defer consumer.Close()
	partition, err := consumer.ConsumePartition(topic, 0, 0)
	if err != nil {
		return nil, err
	}
	defer partition.Close()
	values, late := []string{}, time.After(15*time.Second)
	for {
		select {
		case message := <-partition.Messages():
			values = append(values, fmt.Sprintf("%d=%s", message.Offset, message.Value))
			if string(message.Value) == "e" {
				return values, nil
			}
		case <-late:
			return values, nil
		}
	}
}
