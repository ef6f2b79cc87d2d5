/* Load through librdkafka, loaded at run time, so that no headers are needed.
   Usage: rdkafka-load <librdkafka.so> produce <bootstrap> <topic> <records> <bytes> <codec>
          rdkafka-load <librdkafka.so> consume <bootstrap> <topic> <records>
          rdkafka-load <librdkafka.so> latency <bootstrap> <topic> <records a second> <seconds>
   Prints one line of JSON. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>

typedef struct {
  int err;
  void *topic;
  int32_t partition;
  void *payload;
  size_t len;
  void *key;
  size_t key_len;
  int64_t offset;
  void *opaque;
} message;

enum { PRODUCER = 0, CONSUMER = 1, COPY = 2, QUEUE_FULL = -184, BEGINNING = -2, END = -1, BATCH = 10000 };

static void *(*conf_new)(void);
static int (*conf_set)(void *, const char *, const char *, char *, size_t);
static void (*conf_set_delivered)(void *, void (*)(void *, const message *, void *));
static void *(*client_new)(int, void *, char *, size_t);
static void *(*topic_new)(void *, const char *, void *);
static int (*produce)(void *, int32_t, int, void *, size_t, const void *, size_t, void *);
static int (*last_error)(void);
static int (*poll_events)(void *, int);
static int (*flush)(void *, int);
static int (*consume_start)(void *, int32_t, int64_t);
static ssize_t (*consume_batch)(void *, int32_t, int, message **, size_t);
static void (*message_destroy)(message *);

static int64_t delivered, refused;

static void fail(const char *what) {
  fprintf(stderr, "rdkafka-load: %s\n", what);
  exit(1);
}

static void *symbol(void *library, const char *name) {
  void *found = dlsym(library, name);
  if (found == NULL) fail(dlerror());
  return found;
}

static void load(const char *path) {
  void *library = dlopen(path, RTLD_NOW);
  if (library == NULL) fail(dlerror());
  conf_new = symbol(library, "rd_kafka_conf_new");
  conf_set = symbol(library, "rd_kafka_conf_set");
  conf_set_delivered = symbol(library, "rd_kafka_conf_set_dr_msg_cb");
  client_new = symbol(library, "rd_kafka_new");
  topic_new = symbol(library, "rd_kafka_topic_new");
  produce = symbol(library, "rd_kafka_produce");
  last_error = symbol(library, "rd_kafka_last_error");
  poll_events = symbol(library, "rd_kafka_poll");
  flush = symbol(library, "rd_kafka_flush");
  consume_start = symbol(library, "rd_kafka_consume_start");
  consume_batch = symbol(library, "rd_kafka_consume_batch");
  message_destroy = symbol(library, "rd_kafka_message_destroy");
}

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void on_delivered(void *client, const message *m, void *opaque) {
  (void)client, (void)opaque;
  if (m->err == 0) delivered++;
  else refused++;
}

static void *conf_of(const char *bootstrap, const char *const *settings) {
  char error[512];
  void *conf = conf_new();
  if (conf_set(conf, "bootstrap.servers", bootstrap, error, sizeof error) != 0) fail(error);
  for (; *settings != NULL; settings += 2)
    if (conf_set(conf, settings[0], settings[1], error, sizeof error) != 0) fail(error);
  return conf;
}

static void *client_of(int type, void *conf) {
  char error[512];
  void *client = client_new(type, conf, error, sizeof error);
  if (client == NULL) fail(error);
  return client;
}

static void *producer_of(const char *bootstrap, const char *codec, const char *linger_ms) {
  const char *settings[] = {"acks", "all", "compression.codec", codec, "linger.ms", linger_ms,
                            "queue.buffering.max.messages", "1000000", "queue.buffering.max.kbytes", "1000000",
                            "batch.size", "1000000", NULL};
  void *conf = conf_of(bootstrap, settings);
  conf_set_delivered(conf, on_delivered);
  return client_of(PRODUCER, conf);
}

static void send_one(void *client, void *topic, void *payload, size_t bytes) {
  while (produce(topic, 0, COPY, payload, bytes, NULL, 0, NULL) != 0) {
    if (last_error() != QUEUE_FULL) fail("a record was refused");
    poll_events(client, 1);
  }
}

/* Half of each record is random, so that a codec has something to do and something to gain. */
static void fill(unsigned char *payload, size_t bytes, uint64_t seed) {
  for (size_t i = 0; i < bytes; i++) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    payload[i] = i % 2 == 0 ? (unsigned char)('a' + i % 16) : (unsigned char)(seed >> 56);
  }
}

static void run_produce(char **arguments) {
  enum { VARIANTS = 64 };
  int64_t records = atoll(arguments[2]);
  size_t bytes = (size_t)atoll(arguments[3]);
  unsigned char *payloads = malloc(VARIANTS * bytes);
  for (int i = 0; i < VARIANTS; i++) fill(payloads + i * bytes, bytes, (uint64_t)i + 1);
  void *client = producer_of(arguments[0], arguments[4], "5");
  void *topic = topic_new(client, arguments[1], NULL);
  int64_t started = now_ns();
  for (int64_t i = 0; i < records; i++) {
    send_one(client, topic, payloads + (i % VARIANTS) * bytes, bytes);
    if (i % 1000 == 0) poll_events(client, 0);
  }
  flush(client, 300000);
  if (delivered != records) fail("not every record was acknowledged");
  printf("{\"seconds\":%.6f}\n", (double)(now_ns() - started) / 1e9);
}

static void *consumer_topic(const char *bootstrap, const char *name, int64_t offset) {
  const char *settings[] = {"group.id", "bench", "enable.auto.commit", "false", "fetch.wait.max.ms", "500",
                            "queued.min.messages", "1000000", NULL};
  void *client = client_of(CONSUMER, conf_of(bootstrap, settings));
  void *topic = topic_new(client, name, NULL);
  if (consume_start(topic, 0, offset) != 0) fail("consuming did not start");
  return topic;
}

static void run_consume(char **arguments) {
  static message *batch[BATCH];
  int64_t records = atoll(arguments[2]), read = 0, bytes = 0;
  int64_t started = now_ns();
  void *topic = consumer_topic(arguments[0], arguments[1], BEGINNING);
  while (read < records) {
    ssize_t got = consume_batch(topic, 0, 1000, batch, BATCH);
    if (now_ns() - started > 300000000000LL) fail("not every record came");
    for (ssize_t i = 0; i < got; i++) {
      if (batch[i]->err == 0) read++, bytes += (int64_t)batch[i]->len;
      message_destroy(batch[i]);
    }
  }
  printf("{\"seconds\":%.6f,\"bytes\":%lld}\n", (double)(now_ns() - started) / 1e9, (long long)bytes);
}

static int by_value(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return x < y ? -1 : x > y;
}

static void run_latency(char **arguments) {
  static message *batch[BATCH];
  int64_t rate = atoll(arguments[2]), records = rate * atoll(arguments[3]), sent = 0, read = 0;
  int64_t *latencies = malloc((size_t)records * sizeof *latencies);
  void *consumed = consumer_topic(arguments[0], arguments[1], END);
  void *client = producer_of(arguments[0], "none", "0");
  void *topic = topic_new(client, arguments[1], NULL);
  consume_batch(consumed, 0, 2000, batch, BATCH); /* The consumer has found the end of the log. */
  int64_t started = now_ns();
  unsigned char payload[100] = {0};
  while (read < records) {
    int64_t now = now_ns();
    for (; sent < records && started + sent * 1000000000LL / rate <= now; sent++) {
      memcpy(payload, &now, sizeof now);
      send_one(client, topic, payload, sizeof payload);
    }
    poll_events(client, 0);
    ssize_t got = consume_batch(consumed, 0, 0, batch, BATCH);
    for (ssize_t i = 0; i < got; i++) {
      int64_t at;
      if (batch[i]->err == 0 && batch[i]->len == sizeof payload && read < records) {
        memcpy(&at, batch[i]->payload, sizeof at);
        latencies[read++] = now_ns() - at;
      }
      message_destroy(batch[i]);
    }
    struct timespec pause = {0, 20000};
    if (got <= 0) nanosleep(&pause, NULL);
    if (now - started > 300000000000LL) fail("not every record came");
  }
  qsort(latencies, (size_t)records, sizeof *latencies, by_value);
  printf("{\"p50Us\":%lld,\"p99Us\":%lld,\"p999Us\":%lld}\n", (long long)latencies[records / 2] / 1000,
         (long long)latencies[records * 99 / 100] / 1000, (long long)latencies[records * 999 / 1000] / 1000);
}

int main(int count, char **arguments) {
  if (count < 6) return 2;
  load(arguments[1]);
  if (strcmp(arguments[2], "produce") == 0 && count == 8) run_produce(arguments + 3);
  else if (strcmp(arguments[2], "consume") == 0 && count == 6) run_consume(arguments + 3);
  else if (strcmp(arguments[2], "latency") == 0 && count == 7) run_latency(arguments + 3);
  else return 2;
  fflush(stdout);
  _Exit(refused == 0 ? 0 : 1);
}
