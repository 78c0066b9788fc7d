#define _GNU_SOURCE
#include "CleaveSystem.h"
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

// The seconds until a connection to one address is there; -1 where none comes in time.
static double connect_to(const struct addrinfo *address, double limit) {
  const int type = address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC;
  const int fd = socket(address->ai_family, type, address->ai_protocol);
  if (fd < 0) return -1;
  const double start = now();
  int error = connect(fd, address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno;
  if (error == EINPROGRESS) {
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    socklen_t size = sizeof error;
    if (poll(&wait, 1, (int)(1000 * limit)) != 1) error = ETIMEDOUT;
    else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  }
  const double seconds = now() - start;
  close(fd);
  return error == 0 ? seconds : -1;
}

double cleave_connect_seconds(const char *host, const char *port, double limit) {
  const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  struct addrinfo *list = NULL;
  if (limit < 0 || limit > 3600 || getaddrinfo(host, port, &hints, &list) != 0) return -1;
  double seconds = -1;
  for (const struct addrinfo *next = list; next && seconds < 0; next = next->ai_next)
    seconds = connect_to(next, limit);
  freeaddrinfo(list);
  return seconds;
}
