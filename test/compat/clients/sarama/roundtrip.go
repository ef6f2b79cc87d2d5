package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/IBM/sarama"
)

const filler = "abcdefghijklmnopqrstuvwxyz é漢 "

func create(bootstrap string, args []string) error {
	topic := args[0]
	partitions, _ := strconv.Atoi(args[1])
	client, err := sarama.NewClient([]string{bootstrap}, newest())
	if err != nil {
		return err
	}
	admin, err := sarama.NewClusterAdminFromClient(client)
	if err != nil {
		return err
	}
	defer admin.Close()
	if err := admin.CreateTopic(topic, &sarama.TopicDetail{NumPartitions: int32(partitions), ReplicationFactor: 1}, false); err != nil {
		return err
	}
	// The broker shows a new topic a moment after its controller has made it.
	for tries := 0; ; tries++ {
		err := client.RefreshMetadata(topic)
		numbers, _ := client.Partitions(topic)
		if len(numbers) == partitions {
			fact(map[string]any{"event": "created", "partitions": numbers})
			return nil
		}
		if tries == 100 {
			return fmt.Errorf("partitions %v: %w", numbers, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func produce(bootstrap string, args []string) error {
	topic, codec := args[0], args[1]
	first, _ := strconv.Atoi(args[2])
	count, _ := strconv.Atoi(args[3])
	config := idempotent()
	if err := config.Producer.Compression.UnmarshalText([]byte(codec)); err != nil {
		return err
	}
	config.Producer.Flush.Frequency = 5 * time.Millisecond
	producer, err := sarama.NewAsyncProducer([]string{bootstrap}, config)
	if err != nil {
		return err
	}
	var told sync.WaitGroup
	acknowledged, failures := 0, []string{}
	told.Go(func() {
		for range count {
			select {
			case <-producer.Successes():
				acknowledged++
			case failure := <-producer.Errors():
				failures = append(failures, failure.Error())
			}
		}
	})
	for index := first; index < first+count; index++ {
		producer.Input() <- &sarama.ProducerMessage{
			Topic: topic,
			Key:   sarama.StringEncoder(fmt.Sprintf("key-%d", index)),
			Value: sarama.StringEncoder(fmt.Sprintf("value-%d-%s", index, strings.Repeat(filler, index%4))),
			Headers: []sarama.RecordHeader{
				{Key: []byte("codec"), Value: []byte(codec)},
				{Key: []byte("index"), Value: fmt.Appendf(nil, "%d", index)},
			},
		}
	}
	// What has to be sent again is refused once the producer is about to close.
	told.Wait()
	if err := producer.Close(); err != nil {
		return err
	}
	fact(map[string]any{"event": "produced", "acknowledged": acknowledged, "left": 0, "errors": failures[:min(3, len(failures))]})
	return nil
}

// reader writes what it is given to a file, and commits when it has written all that is there.
type reader struct {
	topic string
	lock  sync.Mutex
	out   *bufio.Writer
}

func (r *reader) Setup(session sarama.ConsumerGroupSession) error {
	tell(session.Claims()[r.topic])
	return nil
}

func (r *reader) Cleanup(session sarama.ConsumerGroupSession) error {
	session.Commit()
	tell([]int32{})
	return nil
}

func (r *reader) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for {
		select {
		case <-session.Context().Done():
			return nil
		case message, open := <-claim.Messages():
			if !open {
				return nil
			}
			isLast := len(claim.Messages()) == 0
			if err := r.write(message, isLast); err != nil {
				return err
			}
			session.MarkMessage(message, "")
			if isLast {
				session.Commit()
			}
		}
	}
}

func (r *reader) write(message *sarama.ConsumerMessage, isLast bool) error {
	r.lock.Lock()
	defer r.lock.Unlock()
	headers := []string{}
	for _, header := range message.Headers {
		headers = append(headers, string(header.Key)+"="+string(header.Value))
	}
	fmt.Fprintf(r.out, "%d\t%d\t%s\t%s\t%s\n", message.Partition, message.Offset, message.Key, message.Value, strings.Join(headers, ","))
	if isLast {
		return r.out.Flush()
	}
	return nil
}

func tell(partitions []int32) {
	fact(map[string]any{"event": "assigned", "partitions": partitions})
}

func consume(bootstrap string, args []string) error {
	topic, group := args[0], args[1]
	file, err := os.Create(args[2])
	if err != nil {
		return err
	}
	defer file.Close()
	config := newest()
	config.Consumer.Offsets.AutoCommit.Enable = false
	config.Consumer.Group.Heartbeat.Interval = 500 * time.Millisecond
	consumer, err := sarama.NewConsumerGroup([]string{bootstrap}, group, config)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	member := &reader{topic: topic, out: bufio.NewWriter(file)}
	// Each rebalance ends a call.
	for ctx.Err() == nil {
		if err := consumer.Consume(ctx, []string{topic}, member); err != nil && ctx.Err() == nil {
			return err
		}
	}
	if err := consumer.Close(); err != nil {
		return err
	}
	if err := member.out.Flush(); err != nil {
		return err
	}
	fact(map[string]any{"event": "left"})
	return nil
}
