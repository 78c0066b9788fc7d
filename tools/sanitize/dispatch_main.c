// A library for LD_PRELOAD with which a Swift executable runs under valgrind: there libdispatch's dispatch_main, which ends
// the main thread and leaves the process running, is a crash of valgrind's own (3.19). This one serves the main queue
// on the main thread, as CFRunLoopRun does.
#include <poll.h>
#include <stdint.h>
#include <unistd.h>

int _dispatch_get_main_queue_handle_4CF(void);
void _dispatch_main_queue_callback_4CF(void *);

void dispatch_main(void) {
  struct pollfd queue = {_dispatch_get_main_queue_handle_4CF(), POLLIN, 0};
  for (;;) {
    uint64_t count;
    if (poll(&queue, 1, -1) == 1 && read(queue.fd, &count, sizeof count) > 0) _dispatch_main_queue_callback_4CF(0);
  }
}
