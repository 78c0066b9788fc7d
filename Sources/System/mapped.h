#pragma once

#include <stddef.h>

// Finds the mapped file that an address lies in, from within a signal handler.
// Returns its path and sets `offset` to the byte of the file; NULL where none is mapped there.
const char *cleave_mapped_path(const void *address, size_t *offset);
