#pragma once

#include <stddef.h>

/// Exchanges two directory entries in one step (Linux renameat2 with RENAME_EXCHANGE).
/// Returns 0, or -1 with errno set. Swift's Glibc overlay does not import this call.
int cleave_exchange_paths(const char *first, const char *second);

/// Renames without ever replacing an existing target (RENAME_NOREPLACE).
/// Returns 0, or -1 with errno set (EEXIST when the target is there).
int cleave_rename_exclusively(const char *source, const char *target);

/// Lets the disk begin to write bytes of a file that were written to the page cache; does not wait for it. Swift's Glibc
/// overlay does not import this call.
void cleave_start_writeback(int file, size_t offset, size_t bytes);

/// Opens a TCP connection to a host and a port, and closes it. Returns the seconds that it took to open, without
/// the lookup of the name; -1 when none came within `limit` seconds.
double cleave_connect_seconds(const char *host, const char *port, double limit);

/// Processors this process may use: its affinity mask, cut to its control group's quota. At least 1.
int cleave_usable_processors(void);

/// Gives memory that was freed back to the system, where the C library can.
void cleave_release_free_memory(void);

/// A file that is mapped, as a signal handler finds it.
struct cleave_mapping;

/// Notes that `bytes` at `start` are those of the file `path`, so that a fault there can be told
/// (`cleave_tell_faults`). Safe from any thread. Returns NULL where there is no memory to note it.
struct cleave_mapping *cleave_note_mapping(const void *start, size_t bytes, const char *path);

/// Forgets a note, before the file is unmapped. NULL is allowed.
void cleave_forget_mapping(struct cleave_mapping *mapping);

/// Tells on standard error, from now on, why the process ends when a mapped file was cut short or cannot be read
/// (SIGBUS), or when a library fails because no memory is left (SIGSEGV, SIGABRT, SIGILL, SIGTRAP). The signal's
/// number is then written to `pipe`, whose reader has five seconds to end the process, which exits with `status` else;
/// at once where `pipe` is -1. Memory that was kept for the reader is given back first. Other faults go on to the
/// handlers that were there before. May be called again with another pipe, by one thread.
void cleave_tell_faults(int pipe, int status);

/// Sets how long a thread of this process may be refused threads of one kind, again and again, before the process ends as
/// `cleave_tell_faults` says; 8 seconds at first. libdispatch would ask for ever.
void cleave_wait_for_threads(double seconds);

/// Whether the system would give this process so many pieces of `bytes` more of memory now: at least one, each of at
/// least a pointer's size. Safe in a signal handler.
int cleave_has_memory(size_t pieces, size_t bytes);
