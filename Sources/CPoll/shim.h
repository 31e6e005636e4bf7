#pragma once

#include <poll.h>
#include <signal.h>
#include <time.h>

// poll() waits for whole milliseconds. ppoll() waits for nanoseconds, and glibc declares it only for _GNU_SOURCE, which
// Swift's module of glibc does not define.
int ppoll(struct pollfd *entries, nfds_t count, const struct timespec *timeout, const sigset_t *mask);
