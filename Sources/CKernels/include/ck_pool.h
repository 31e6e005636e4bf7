// Threads that share the work of one kernel at a time.
#ifndef CK_POOL_H
#define CK_POOL_H

#include <stddef.h>

typedef struct ck_pool ck_pool;

// One piece of work out of `count`.
typedef void ck_task(void *context, size_t index);

// One piece of work, with a number below that of threads which no other piece has at the same time.
typedef void ck_slot_task(void *context, size_t index, size_t slot);

// A pool of `threads` threads, the calling one included; NULL when there is no memory or no thread to be had.
ck_pool *ck_pool_create(unsigned threads);

// Ends the threads; no run may be under way.
void ck_pool_destroy(ck_pool *pool);

// Threads that take part in a run, the calling one included; 1 for NULL.
unsigned ck_pool_thread_count(const ck_pool *pool);

// Calls `task` once for each index below `count`, on any of the threads, and returns when all calls have returned.
//
// The caller works too. When another thread's run is under way, or inside a task, the caller does all of it alone.
// Otherwise each thread begins with as large a range of the indices and then helps others. With two threads the caller mostly
// has the first: what one kernel makes of a part of a tensor is then read by the same thread in the next.
void ck_pool_run(ck_pool *pool, size_t count, ck_task *task, void *context);
void ck_pool_run_slots(ck_pool *pool, size_t count, ck_slot_task *task, void *context);

// Says that the caller begins to make runs, and that it is done with them; each leave follows an enter.
//
// With several callers at a time fewer workers are woken; with as many as the pool has threads, none is.
void ck_pool_enter(ck_pool *pool);
void ck_pool_leave(ck_pool *pool);

// Processors that this process may use: those of its affinity mask, within the quota of its control groups.
unsigned ck_usable_processor_count(void);

#endif
