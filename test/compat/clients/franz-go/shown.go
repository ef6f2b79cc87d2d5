package main

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
)

// volatile names fields that differ from run to run; what a member sent is franz-go's own affair.
var volatile = []string{
	"Cluster", "CoordinatorMeta", "Dir", "ID", "Join", "LastTimestamp", "MemberID", "Port", "ProducerID", "StartTimestamp", "TopicID", "TotalBytes", "UsableBytes",
}

var errorType = reflect.TypeFor[error]()

// shown tells all fields of an answer, maps in the order of their keys, a line for each entry of a map or list of structs.
func shown(value any) string {
	return of(reflect.ValueOf(value), "\n  ")
}

func of(value reflect.Value, line string) string {
	if !value.IsValid() {
		return "nil"
	}
	if assigned, ok := value.Interface().(kadm.GroupMemberAssignment); ok {
		consumer, _ := assigned.AsConsumer()
		if consumer == nil {
			return "none"
		}
		texts := []string{}
		for _, topic := range consumer.Topics {
			texts = append(texts, fmt.Sprint(topic.Topic, topic.Partitions))
		}
		return fmt.Sprint(texts)
	}
	if value.Type().Implements(errorType) {
		return fmt.Sprintf("%q", fmt.Sprint(value.Interface()))
	}
	switch value.Kind() {
	case reflect.Pointer, reflect.Interface:
		if value.IsNil() {
			return "nil"
		}
		return of(value.Elem(), line)
	case reflect.Struct:
		return ofStruct(value, line)
	case reflect.Map:
		return ofMap(value, line)
	case reflect.Slice:
		if value.Len() > 0 && value.Index(0).Kind() == reflect.Struct {
			texts := []string{}
			for i := range value.Len() {
				texts = append(texts, line+"- "+of(value.Index(i), line+"  "))
			}
			return strings.Join(texts, "")
		}
		return fmt.Sprint(value.Interface())
	case reflect.String:
		return fmt.Sprintf("%q", value.Interface())
	default:
		return fmt.Sprint(value.Interface())
	}
}

func ofStruct(value reflect.Value, line string) string {
	texts := []string{}
	for i := range value.NumField() {
		field := value.Type().Field(i)
		if !field.IsExported() || slices.Contains(volatile, field.Name) {
			continue
		}
		texts = append(texts, field.Name+"="+of(value.Field(i), line+"  "))
	}
	return strings.Join(texts, " ")
}

func ofMap(value reflect.Value, line string) string {
	keys := value.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		if a.CanInt() {
			return cmp.Compare(a.Int(), b.Int())
		}
		return cmp.Compare(fmt.Sprint(a.Interface()), fmt.Sprint(b.Interface()))
	})
	texts := []string{}
	for _, key := range keys {
		name := fmt.Sprint(key.Interface())
		// The only keys of this type are the ids of producers.
		if key.Kind() == reflect.Int64 {
			name = "a producer"
		}
		// The only keys that are paths are those of log directories.
		if strings.HasPrefix(name, "/") {
			name = "a directory"
		}
		text := of(value.MapIndex(key), line+"  ")
		if text == "" {
			texts = append(texts, line+name)
			continue
		}
		texts = append(texts, line+name+": "+text)
	}
	return strings.Join(texts, "")
}
