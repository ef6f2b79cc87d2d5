package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const filler = "abcdefghijklmnopqrstuvwxyz é漢 "

var codecs = map[string]kgo.CompressionCodec{
	"none":   kgo.NoCompression(),
	"gzip":   kgo.GzipCompression(),
	"snappy": kgo.SnappyCompression(),
	"lz4":    kgo.Lz4Compression(),
	"zstd":   kgo.ZstdCompression(),
}

func create(bootstrap string, args []string) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(bootstrap))
	if err != nil {
		return err
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	partitions, _ := strconv.Atoi(args[1])
	if _, err := admin.CreateTopic(context.Background(), int32(partitions), 1, nil, args[0]); err != nil {
		return err
	}
	// The broker shows a new topic a moment after its controller has made it.
	for tries := 0; ; tries++ {
		topics, err := admin.ListTopics(context.Background(), args[0])
		if err != nil {
			return err
		}
		numbers := topics[args[0]].Partitions.Numbers()
		if len(numbers) == partitions || tries == 100 {
			slices.Sort(numbers)
			fact(map[string]any{"event": "created", "partitions": numbers})
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func produce(bootstrap string, args []string) error {
	topic, codec := args[0], args[1]
	first, _ := strconv.Atoi(args[2])
	count, _ := strconv.Atoi(args[3])
	client, err := kgo.NewClient(
		kgo.SeedBrokers(bootstrap),
		kgo.DefaultProduceTopic(topic),
		kgo.ProducerBatchCompression(codecs[codec]),
		kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)),
	)
	if err != nil {
		return err
	}
	defer client.Close()
	var lock sync.Mutex
	acknowledged, failures := 0, []string{}
	for index := first; index < first+count; index++ {
		record := &kgo.Record{
			Key:   fmt.Appendf(nil, "key-%d", index),
			Value: fmt.Appendf(nil, "value-%d-%s", index, strings.Repeat(filler, index%4)),
			Headers: []kgo.RecordHeader{
				{Key: "codec", Value: []byte(codec)},
				{Key: "index", Value: fmt.Appendf(nil, "%d", index)},
			},
		}
		client.Produce(context.Background(), record, func(_ *kgo.Record, err error) {
			lock.Lock()
			defer lock.Unlock()
			if err == nil {
				acknowledged++
			} else if len(failures) < 3 {
				failures = append(failures, err.Error())
			}
		})
	}
	if err := client.Flush(context.Background()); err != nil {
		return err
	}
	fact(map[string]any{"event": "produced", "acknowledged": acknowledged, "left": 0, "errors": failures})
	return nil
}

func consume(bootstrap string, args []string) error {
	topic, group := args[0], args[1]
	file, err := os.Create(args[2])
	if err != nil {
		return err
	}
	defer file.Close()
	out := bufio.NewWriter(file)
	var lock sync.Mutex
	assigned := map[int32]bool{}
	tell := func() {
		numbers := []int32{}
		for partition := range assigned {
			numbers = append(numbers, partition)
		}
		slices.Sort(numbers)
		fact(map[string]any{"event": "assigned", "partitions": numbers})
	}
	// Without these two franz-go speaks the classic protocol, with any broker.
	protocol := []kgo.Opt{kgo.HeartbeatInterval(500 * time.Millisecond), kgo.SessionTimeout(10 * time.Second)}
	if len(args) > 3 && args[3] == "consumer" {
		protocol = []kgo.Opt{kgo.ServerSideBalancer(), kgo.Balancers(kgo.StickyBalancer())}
	}
	client, err := kgo.NewClient(append(protocol,
		kgo.SeedBrokers(bootstrap),
		kgo.ConsumerGroup(group),
		kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.DisableAutoCommit(),
		kgo.BlockRebalanceOnPoll(),
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, added map[string][]int32) {
			lock.Lock()
			defer lock.Unlock()
			for _, partition := range added[topic] {
				assigned[partition] = true
			}
			tell()
		}),
		kgo.OnPartitionsRevoked(func(ctx context.Context, client *kgo.Client, removed map[string][]int32) {
			if err := client.CommitUncommittedOffsets(ctx); err != nil {
				fact(map[string]any{"event": "commit-failed", "error": err.Error()})
			}
			lock.Lock()
			defer lock.Unlock()
			for _, partition := range removed[topic] {
				delete(assigned, partition)
			}
			tell()
		}),
	)...)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	for ctx.Err() == nil {
		fetches := client.PollRecords(ctx, 5000)
		for _, failure := range fetches.Errors() {
			if !errors.Is(failure.Err, context.Canceled) {
				return failure.Err
			}
		}
		fetches.EachRecord(func(record *kgo.Record) {
			headers := []string{}
			for _, header := range record.Headers {
				headers = append(headers, header.Key+"="+string(header.Value))
			}
			fmt.Fprintf(out, "%d\t%d\t%s\t%s\t%s\n", record.Partition, record.Offset, record.Key, record.Value, strings.Join(headers, ","))
		})
		if err := out.Flush(); err != nil {
			return err
		}
		if err := client.CommitUncommittedOffsets(context.Background()); err != nil {
			return err
		}
		client.AllowRebalance()
	}
	client.CloseAllowingRebalance()
	fact(map[string]any{"event": "left"})
	return nil
}
