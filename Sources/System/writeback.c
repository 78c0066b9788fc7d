#define _GNU_SOURCE
#include "CleaveSystem.h"
#include <fcntl.h>

void cleave_start_writeback(int file, size_t offset, size_t bytes) {
  // Only a hint: what the disk refuses, fsync says.
  (void)sync_file_range(file, (off_t)offset, (off_t)bytes, SYNC_FILE_RANGE_WRITE);
}
