/* The least that a broker must do for each megabyte it is given, on one thread: receive, checksum, write.
   Usage: floor <port> <file>. Takes one connection; each frame (int32 size, then that many bytes) is answered with four bytes. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <nmmintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static uint32_t crc32c(const uint8_t *bytes, size_t length) {
  uint64_t crc = 0xffffffff;
  for (; length >= 8; bytes += 8, length -= 8) crc = _mm_crc32_u64(crc, *(const uint64_t *)bytes);
  for (; length > 0; bytes++, length--) crc = _mm_crc32_u8((uint32_t)crc, *bytes);
  return (uint32_t)crc ^ 0xffffffff;
}

static int read_fully(int fd, uint8_t *target, size_t length) {
  while (length > 0) {
    ssize_t got = recv(fd, target, length, 0);
    if (got <= 0) return 0;
    target += got;
    length -= (size_t)got;
  }
  return 1;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 1) != 0) return 1;
  socklen_t length = sizeof address;
  getsockname(listener, (struct sockaddr *)&address, &length);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  int client = accept(listener, NULL, NULL);
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  int file = open(argv[2], O_CREAT | O_TRUNC | O_WRONLY, 0600);
  size_t capacity = 1 << 21;
  uint8_t *frame = malloc(capacity);
  uint32_t size, sum = 0;
  while (read_fully(client, (uint8_t *)&size, 4)) {
    size = ntohl(size);
    if (size > capacity) frame = realloc(frame, capacity = size);
    if (!read_fully(client, frame, size)) break;
    sum ^= crc32c(frame, size);
    if (write(file, frame, size) != (ssize_t)size) return 1;
    uint32_t answer = 0;
    if (send(client, &answer, 4, 0) != 4) break;
  }
  return sum == 1 ? 3 : 0;
}
