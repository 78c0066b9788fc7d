#include "mapped.h"
#include "CleaveSystem.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

// The files that are mapped now, in a list that a signal handler can walk at any moment: nodes are added at its
// head and never freed, and one whose file is no longer mapped is taken for the next.
struct cleave_mapping {
  struct cleave_mapping *next;
  atomic_bool taken;
  // Zero unless the node is in use; set last and cleared first.
  _Atomic(uintptr_t) start;
  size_t bytes;
  char path[1024];
};

static _Atomic(struct cleave_mapping *) first;

// A node that nobody uses, or a new one; NULL where there is no memory for it.
static struct cleave_mapping *take(void) {
  for (struct cleave_mapping *node = atomic_load(&first); node; node = node->next) {
    bool expected = false;
    if (atomic_compare_exchange_strong(&node->taken, &expected, true)) return node;
  }
  struct cleave_mapping *node = calloc(1, sizeof *node);
  if (!node) return NULL;
  atomic_store(&node->taken, true);
  node->next = atomic_load(&first);
  while (!atomic_compare_exchange_weak(&first, &node->next, node)) continue;
  return node;
}

struct cleave_mapping *cleave_note_mapping(const void *start, size_t bytes, const char *path) {
  struct cleave_mapping *node = take();
  if (!node) return NULL;
  size_t count = 0;
  // What a terminal would take for a command is not shown to it.
  for (; path[count] && count + 1 < sizeof node->path; count++)
    node->path[count] = (unsigned char)path[count] < ' ' || path[count] == 0x7F ? '?' : path[count];
  node->path[count] = 0;
  node->bytes = bytes;
  atomic_store(&node->start, (uintptr_t)start);
  return node;
}

void cleave_forget_mapping(struct cleave_mapping *mapping) {
  if (!mapping) return;
  atomic_store(&mapping->start, 0);
  atomic_store(&mapping->taken, false);
}

const char *cleave_mapped_path(const void *address, size_t *offset) {
  for (struct cleave_mapping *node = atomic_load(&first); node; node = node->next) {
    const uintptr_t start = atomic_load(&node->start);
    if (!start || (uintptr_t)address < start || (uintptr_t)address - start >= node->bytes) continue;
    *offset = (uintptr_t)address - start;
    return node->path;
  }
  return NULL;
}
