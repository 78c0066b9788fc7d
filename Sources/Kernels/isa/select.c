// The choice of the variant for this processor, made once; every kernel call reads it.
#include <stdatomic.h>
#include <string.h>

#include "CleaveISA.h"
#include "isa/kernels.h"

static _Atomic(const ck_kernels *) current;

#if defined(__x86_64__)
// __builtin_cpu_supports asks the processor and, through XGETBV, whether the system saves the
// wider registers.
static int has_avx2(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
    __builtin_cpu_supports("f16c");
}

static int has_avx512(void) {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
    __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
    __builtin_cpu_supports("avx512vnni");
}
#endif

// The variant of that name, or NULL when the build or the processor lacks it.
static const ck_kernels *named(const char *name) {
  if (strcmp(name, "scalar") == 0) return &ck_scalar_kernels;
#if defined(__x86_64__)
  if (strcmp(name, "avx512") == 0) return has_avx512() ? &ck_avx512_kernels : NULL;
  if (strcmp(name, "avx2") == 0) return has_avx2() ? &ck_avx2_kernels : NULL;
#elif defined(__aarch64__)
  if (strcmp(name, "neon") == 0) return &ck_neon_kernels;
#endif
  return NULL;
}

static const ck_kernels *best(void) {
  static const char *const order[] = {"avx512", "avx2", "neon"};
  for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
    const ck_kernels *kernels = named(order[i]);
    if (kernels) return kernels;
  }
  return &ck_scalar_kernels;
}

int ck_select_isa(const char *name) {
  const ck_kernels *kernels = name ? named(name) : best();
  if (!kernels) return -1;
  atomic_store(&current, kernels);
  return 0;
}

const ck_kernels *ck_current(void) {
  const ck_kernels *kernels = atomic_load_explicit(&current, memory_order_acquire);
  if (kernels) return kernels;
  // Two concurrent first calls both find the same best; neither may undo a choice made meanwhile.
  const ck_kernels *none = NULL;
  atomic_compare_exchange_strong(&current, &none, best());
  return atomic_load(&current);
}

const char *ck_isa_name(void) { return ck_current()->name; }
