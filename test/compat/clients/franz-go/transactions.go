package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// transactions prints the transcript that every client with transactions prints.
func transactions(bootstrap string, args []string) error {
	topic := args[0]
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	open := func(id string) *kgo.Client {
		client, err := kgo.NewClient(
			kgo.SeedBrokers(bootstrap),
			kgo.TransactionalID(id),
			kgo.DefaultProduceTopic(topic),
			kgo.RecordPartitioner(kgo.ManualPartitioner()),
		)
		if err != nil {
			fail(err)
		}
		return client
	}
	send := func(client *kgo.Client, values ...string) error {
		for _, value := range values {
			if err := client.ProduceSync(ctx, &kgo.Record{Value: []byte(value)}).FirstErr(); err != nil {
				return err
			}
		}
		return nil
	}
	step := func(name string, work func() error) {
		fmt.Println("> " + name)
		if err := work(); err != nil {
			fmt.Println("error: " + err.Error())
		} else {
			fmt.Println("done")
		}
	}
	read := func(level kgo.IsolationLevel) string {
		admin := kadm.NewClient(open("reader"))
		defer admin.Close()
		ends, err := admin.ListEndOffsets(ctx, topic)
		if err != nil {
			return err.Error()
		}
		client, err := kgo.NewClient(
			kgo.SeedBrokers(bootstrap),
			kgo.FetchIsolationLevel(level),
			kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {0: kgo.NewOffset().At(0)}}),
			kgo.KeepControlRecords(),
		)
		if err != nil {
			return err.Error()
		}
		defer client.Close()
		end, _ := ends.Lookup(topic, 0)
		values := []string{}
		// Records of aborted transactions are not given out, but the marker behind them is.
		for next := int64(0); next < end.Offset; {
			for _, record := range client.PollFetches(ctx).Records() {
				next = record.Offset + 1
				if !record.Attrs.IsControl() {
					values = append(values, fmt.Sprintf("%d=%s", record.Offset, record.Value))
				}
			}
			if ctx.Err() != nil {
				break
			}
		}
		return fmt.Sprint(values)
	}
	admin := kadm.NewClient(open("reader"))
	defer admin.Close()
	if _, err := admin.CreateTopic(ctx, 1, 1, nil, topic); err != nil {
		return err
	}
	first := open("franz-go")
	step("commit", func() error {
		if err := first.BeginTransaction(); err != nil {
			return err
		}
		if err := send(first, "a", "b"); err != nil {
			return err
		}
		return first.EndTransaction(ctx, kgo.TryCommit)
	})
	step("abort", func() error {
		if err := first.BeginTransaction(); err != nil {
			return err
		}
		if err := send(first, "c"); err != nil {
			return err
		}
		return first.EndTransaction(ctx, kgo.TryAbort)
	})
	step("a second producer of the same id", func() error {
		if err := first.BeginTransaction(); err != nil {
			return err
		}
		if err := send(first, "d"); err != nil {
			return err
		}
		second := open("franz-go")
		defer second.Close()
		if err := second.BeginTransaction(); err != nil {
			return err
		}
		if err := send(second, "e"); err != nil {
			return err
		}
		return second.EndTransaction(ctx, kgo.TryCommit)
	})
	step("the first goes on", func() error { return send(first, "f") })
	first.Close()
	fmt.Println("read committed " + read(kgo.ReadCommitted()))
	fmt.Println("read uncommitted " + read(kgo.ReadUncommitted()))
	states, err := ended(ctx, admin)
	if err != nil {
		return err
	}
	fmt.Println("transactions " + fmt.Sprint(states))
	return nil
}

// ended tells the states of all transactions once none is about to end.
func ended(ctx context.Context, admin *kadm.Client) ([]string, error) {
	for {
		listed, err := admin.ListTransactions(ctx, nil, nil)
		if err != nil {
			return nil, err
		}
		states := []string{}
		for _, transaction := range listed.Sorted() {
			states = append(states, transaction.TxnID+" "+transaction.State)
		}
		if !strings.Contains(fmt.Sprint(states), " Prepare") {
			slices.Sort(states)
			return states, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
}
