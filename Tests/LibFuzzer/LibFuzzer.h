// libFuzzer as a library: https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library
#ifndef CLEAVE_LIB_FUZZER_H
#define CLEAVE_LIB_FUZZER_H

#include <stddef.h>
#include <stdint.h>

/// Runs libFuzzer's loop with the command line's options. Returns only when it is done, with the exit status.
int LLVMFuzzerRunDriver(int *count, char ***arguments,
                        int (*run)(const uint8_t *bytes, size_t count));

#endif
