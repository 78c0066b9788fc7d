#pragma once

/// Exchanges two directory entries in one step (Linux renameat2 with RENAME_EXCHANGE).
/// Returns 0, or -1 with errno set. Swift's Glibc overlay does not import this call.
int cleave_exchange_paths(const char *first, const char *second);

/// Renames without ever replacing an existing target (RENAME_NOREPLACE).
/// Returns 0, or -1 with errno set (EEXIST when the target is there).
int cleave_rename_exclusively(const char *source, const char *target);

/// Opens a TCP connection to a host and a port, and closes it. Returns the seconds that it took to open, without
/// the lookup of the name; -1 when none came within `limit` seconds.
double cleave_connect_seconds(const char *host, const char *port, double limit);

/// Processors this process may use: its affinity mask, cut to its control group's quota. At least 1.
int cleave_usable_processors(void);

/// Gives memory that was freed back to the system, where the C library can.
void cleave_release_free_memory(void);
