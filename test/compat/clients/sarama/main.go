// sarama as one member of the round trip (create, produce, consume) and in transcripts of transactions and of its admin
// client. Prints JSON facts. Arguments: what to do, the bootstrap address, and those of each function.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/IBM/sarama"
)

var programs = map[string]func(bootstrap string, args []string) error{
	"admin":        admin,
	"create":       create,
	"produce":      produce,
	"consume":      consume,
	"transactions": transactions,
}

func main() {
	program, known := programs[os.Args[1]]
	if !known {
		fail(fmt.Errorf("no program %s", os.Args[1]))
	}
	if err := program(os.Args[2], os.Args[3:]); err != nil {
		fail(err)
	}
}

// newest is a configuration that asks with the newest requests that sarama knows: its defaults are those of Kafka 2.1.
func newest() *sarama.Config {
	config := sarama.NewConfig()
	config.Version = sarama.MaxVersion
	config.Producer.Return.Successes = true
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	return config
}

// idempotent is that of a producer that writes each record once.
func idempotent() *sarama.Config {
	config := newest()
	config.Producer.Idempotent = true
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Net.MaxOpenRequests = 1
	// Apache Kafka needs a while after its start until partitions have leaders; by default sarama gives up after 0.3 s.
	config.Producer.Retry.Max = 100
	return config
}

func fact(fields map[string]any) {
	line, err := json.Marshal(fields)
	if err != nil {
		fail(err)
	}
	fmt.Println(string(line))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
