#define _GNU_SOURCE
#include "CleaveSystem.h"
#include "faults.h"
#include "mapped.h"
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// Only what POSIX allows in a signal handler is called here, and mmap, which is a plain system call on Linux.

static const int signals[] = {SIGBUS, SIGSEGV, SIGABRT, SIGILL, SIGTRAP};
static struct sigaction before[sizeof signals / sizeof *signals];
static int told_to = -1, exit_status = 2;
static atomic_flag is_told = ATOMIC_FLAG_INIT;
static const size_t kept_bytes = (size_t)8 << 20;
static void *kept;

static void say(const char *text) {
  // There is nobody to tell where standard error cannot be written.
  if (write(STDERR_FILENO, text, strlen(text)) < 0) return;
}

static void say_number(size_t number) {
  char digits[24] = {0};
  size_t at = sizeof digits - 1;
  do digits[--at] = (char)('0' + number % 10);
  while (number /= 10);
  say(digits + at);
}

static void *reserve_memory(size_t bytes) {
  void *address = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return address == MAP_FAILED ? NULL : address;
}

int cleave_has_memory(size_t pieces, size_t bytes) {
  void *address = reserve_memory(bytes), *last = NULL;
  if (pieces == 1) {
    // Nothing is written: a page less, and quick.
    if (address) munmap(address, bytes);
    return address != NULL;
  }
  size_t reserved = 0;
  // The start of each piece has the address of the one before.
  for (; address; reserved++) {
    *(void **)address = last;
    last = address;
    address = reserved + 1 < pieces ? reserve_memory(bytes) : NULL;
  }
  while (last) {
    void *before = *(void **)last;
    munmap(last, bytes);
    last = before;
  }
  return reserved >= pieces;
}

// Leaves the end of the process to the thread behind the pipe, which removes what is staged.
static _Noreturn void end(int number) {
  // That takes memory too, which the system may not give any more.
  if (kept) munmap(kept, kept_bytes);
  const unsigned char byte = (unsigned char)number;
  if (told_to >= 0 && write(told_to, &byte, 1) == 1) sleep(5);
  _exit(exit_status);
}

static void restore_and_raise(int number) {
  for (size_t index = 0; index < sizeof signals / sizeof *signals; index++)
    if (signals[index] == number) sigaction(number, &before[index], NULL);
  raise(number);  // Blocked until this handler returns.
}

static void handle(int number, siginfo_t *info, void *context) {
  (void)context;
  size_t offset = 0;
  const char *path = number == SIGBUS ? cleave_mapped_path(info->si_addr, &offset) : NULL;
  // The system refuses a process a little more memory: the fault is that of a library which was refused some.
  if (!path && cleave_has_memory(1, (size_t)64 << 20)) return restore_and_raise(number);
  // A second thread with the same fault leaves the words and the end of the process to the first, which waits for five
  // seconds at most: ending it here cut the message short.
  if (atomic_flag_test_and_set(&is_told)) {
    sleep(6);
    _exit(exit_status);
  }
  if (path) {
    say("cleave: ");
    say(path);
    say(": found no byte ");
    say_number(offset);
    say(" any more; expected the file as it was when it was opened. Something cut it short while it was used, or its "
        "disk cannot be read.\n");
  } else {
    say("cleave: memory: found that the system gives this process no more; expected at least 64 MiB to be free. Raise "
        "its limits (ulimit -v, the control group, vm.overcommit_memory), or use fewer threads or a smaller context.\n");
  }
  end(number);
}

void cleave_end_without_thread(int code) {
  if (atomic_flag_test_and_set(&is_told)) {
    sleep(6);
    _exit(exit_status);
  }
  say("cleave: threads: found that the system starts no more for this process (");
  say(strerror(code));
  say("); expected memory for a stack, and threads within the limits. Raise them (ulimit -v, ulimit -u, the control "
      "group's memory and pids).\n");
  end(SIGABRT);
}

void cleave_tell_faults(int pipe, int status) {
  static int is_installed;
  told_to = pipe;
  exit_status = status;
  if (is_installed++) return;
  kept = reserve_memory(kept_bytes);
  struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  for (size_t index = 0; index < sizeof signals / sizeof *signals; index++)
    sigaction(signals[index], &action, &before[index]);
}
