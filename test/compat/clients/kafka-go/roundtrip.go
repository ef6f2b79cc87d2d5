package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/segmentio/kafka-go"
)

const filler = "abcdefghijklmnopqrstuvwxyz é漢 "

// most is how many records are written to the file before their offsets are committed.
const most = 5000

var codecs = map[string]kafka.Compression{
	"none":   0,
	"gzip":   kafka.Gzip,
	"snappy": kafka.Snappy,
	"lz4":    kafka.Lz4,
	"zstd":   kafka.Zstd,
}

func create(bootstrap string, args []string) error {
	topic := args[0]
	partitions, _ := strconv.Atoi(args[1])
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	client := &kafka.Client{Addr: kafka.TCP(bootstrap)}
	config := kafka.TopicConfig{Topic: topic, NumPartitions: partitions, ReplicationFactor: 1}
	created, err := client.CreateTopics(ctx, &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{config}})
	if err != nil {
		return err
	}
	if err := created.Errors[topic]; err != nil {
		return err
	}
	// The broker shows a new topic a moment after its controller has made it.
	for {
		conn, err := kafka.DialContext(ctx, "tcp", bootstrap)
		if err != nil {
			return err
		}
		found, err := conn.ReadPartitions(topic)
		conn.Close()
		numbers := []int{}
		for _, partition := range found {
			numbers = append(numbers, partition.ID)
		}
		if len(numbers) == partitions {
			slices.Sort(numbers)
			fact(map[string]any{"event": "created", "partitions": numbers})
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("partitions %v: %w", numbers, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func produce(bootstrap string, args []string) error {
	topic, codec := args[0], args[1]
	first, _ := strconv.Atoi(args[2])
	count, _ := strconv.Atoi(args[3])
	writer := &kafka.Writer{
		Addr:         kafka.TCP(bootstrap),
		Topic:        topic,
		Balancer:     &kafka.Hash{},
		RequiredAcks: kafka.RequireAll,
		Compression:  codecs[codec],
		BatchSize:    500,
		BatchTimeout: 5 * time.Millisecond,
	}
	messages := []kafka.Message{}
	for index := first; index < first+count; index++ {
		messages = append(messages, kafka.Message{
			Key:   fmt.Appendf(nil, "key-%d", index),
			Value: fmt.Appendf(nil, "value-%d-%s", index, strings.Repeat(filler, index%4)),
			Headers: []kafka.Header{
				{Key: "codec", Value: []byte(codec)},
				{Key: "index", Value: fmt.Appendf(nil, "%d", index)},
			},
		})
	}
	acknowledged, failures := count, []string{}
	err := writer.WriteMessages(context.Background(), messages...)
	var refused kafka.WriteErrors
	switch {
	case errors.As(err, &refused):
		acknowledged -= refused.Count()
		failures = append(failures, refused.Error())
	case err != nil:
		return err
	}
	if err := writer.Close(); err != nil {
		return err
	}
	fact(map[string]any{"event": "produced", "acknowledged": acknowledged, "left": 0, "errors": failures})
	return nil
}

var partitionNumber = regexp.MustCompile(`partition:(\d+)`)

// tell prints a fact when the reader logs that it has subscribed: it says nowhere else what it was assigned.
func tell(format string, values ...any) {
	line := fmt.Sprintf(format, values...)
	if !strings.HasPrefix(line, "subscribed to") {
		return
	}
	numbers := []int{}
	for _, match := range partitionNumber.FindAllStringSubmatch(line, -1) {
		number, _ := strconv.Atoi(match[1])
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	fact(map[string]any{"event": "assigned", "partitions": numbers})
}

func consume(bootstrap string, args []string) error {
	topic, group := args[0], args[1]
	file, err := os.Create(args[2])
	if err != nil {
		return err
	}
	defer file.Close()
	out := bufio.NewWriter(file)
	reader := kafka.NewReader(kafka.ReaderConfig{
		Brokers:           []string{bootstrap},
		GroupID:           group,
		Topic:             topic,
		StartOffset:       kafka.FirstOffset,
		HeartbeatInterval: 500 * time.Millisecond,
		MaxWait:           250 * time.Millisecond,
		QueueCapacity:     most,
		Logger:            kafka.LoggerFunc(tell),
	})
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	for ctx.Err() == nil {
		read, err := readSome(ctx, reader, out)
		if err != nil {
			return err
		}
		if len(read) == 0 {
			continue
		}
		// Of a generation that has ended: the member that has the partition now reads them again.
		if err := reader.CommitMessages(context.Background(), read...); err != nil {
			fact(map[string]any{"event": "commit-failed", "error": err.Error()})
		}
	}
	if err := reader.Close(); err != nil {
		return err
	}
	fact(map[string]any{"event": "left"})
	return nil
}

// readSome writes what comes within a moment and gives it back.
func readSome(ctx context.Context, reader *kafka.Reader, out *bufio.Writer) ([]kafka.Message, error) {
	moment, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	read := []kafka.Message{}
	for len(read) < most {
		message, err := reader.FetchMessage(moment)
		if err != nil && moment.Err() != nil {
			break
		}
		if err != nil {
			return nil, err
		}
		headers := []string{}
		for _, header := range message.Headers {
			headers = append(headers, header.Key+"="+string(header.Value))
		}
		fmt.Fprintf(out, "%d\t%d\t%s\t%s\t%s\n", message.Partition, message.Offset, message.Key, message.Value, strings.Join(headers, ","))
		read = append(read, message)
	}
	return read, out.Flush()
}
