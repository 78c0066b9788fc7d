#pragma once

// Says on standard error that no thread can be started, and ends the process as `cleave_tell_faults` says. `code` is
// the error of pthread_create.
_Noreturn void cleave_end_without_thread(int code);
