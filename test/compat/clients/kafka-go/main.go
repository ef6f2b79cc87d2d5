// kafka-go as one member of the round trip: create, produce, consume. Prints JSON facts. Its writer can neither write
// each record once nor in transactions: it has the requests of those alone. Arguments: what to do, the bootstrap address,
// and those of each function.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

var programs = map[string]func(bootstrap string, args []string) error{
	"create":  create,
	"produce": produce,
	"consume": consume,
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
