#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "ck_pool.h"

#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { SPIN_NANOSECONDS = 30000, PAUSES_PER_CLOCK = 32, MOST_RANGES = 16 };

// The bit of `unfinished` that says that its caller sleeps.
static const uint32_t caller_sleeps = UINT32_C(1) << 31;

struct ck_pool {
    // The generation of the job above, its unclaimed indices below: a claim that succeeds is of the job it has read.
    _Alignas(128) _Atomic uint64_t claims;
    // Written before a job is published, read only by those who have claimed a part of it that is not finished.
    ck_task *task;
    void *context;
    uint32_t count;

    _Alignas(128) _Atomic uint32_t unfinished;

    _Alignas(128) _Atomic uint32_t sleepers;
    _Atomic uint32_t wakes;
    _Atomic bool ends;

    _Alignas(128) atomic_flag is_busy;
    // Callers between `ck_pool_enter` and `ck_pool_leave`.
    _Atomic uint32_t callers;
    unsigned worker_count;
    pthread_t workers[];
};

static void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

static uint64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void futex_wait(_Atomic uint32_t *word, uint32_t expected) {
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, NULL, NULL, 0);
}

static void futex_wake(_Atomic uint32_t *word, uint32_t count) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

// Claims and runs until nothing is unclaimed, and says so to the caller of the job.
static void work(ck_pool *pool) {
    uint32_t finished = 0;
    uint64_t claims = atomic_load_explicit(&pool->claims, memory_order_acquire);
    while ((uint32_t)claims != 0) {
        if (!atomic_compare_exchange_weak_explicit(
                &pool->claims, &claims, claims - 1, memory_order_acquire, memory_order_acquire))
            continue;
        pool->task(pool->context, pool->count - (uint32_t)claims);
        finished++;
        claims = atomic_load_explicit(&pool->claims, memory_order_acquire);
    }
    if (finished == 0) return;
    uint32_t before = atomic_fetch_sub_explicit(&pool->unfinished, finished, memory_order_acq_rel);
    if (before - finished == caller_sleeps) futex_wake(&pool->unfinished, 1);
}

static bool has_work(ck_pool *pool) {
    return (uint32_t)atomic_load(&pool->claims) != 0 || atomic_load(&pool->ends);
}

static void await_work(ck_pool *pool) {
    uint64_t end = nanoseconds() + SPIN_NANOSECONDS;
    do {
        for (int i = 0; i < PAUSES_PER_CLOCK; i++) {
            if (has_work(pool)) return;
            relax();
        }
    } while (nanoseconds() < end);
    atomic_fetch_add(&pool->sleepers, 1);
    uint32_t wakes = atomic_load(&pool->wakes);
    while (!has_work(pool)) {
        futex_wait(&pool->wakes, wakes);
        wakes = atomic_load(&pool->wakes);
    }
    atomic_fetch_sub(&pool->sleepers, 1);
}

static void await_workers(ck_pool *pool) {
    uint64_t end = 0;
    for (int i = 0; atomic_load_explicit(&pool->unfinished, memory_order_acquire) != 0; i++) {
        relax();
        if (i % PAUSES_PER_CLOCK != PAUSES_PER_CLOCK - 1) continue;
        uint64_t now = nanoseconds();
        if (end == 0) end = now + SPIN_NANOSECONDS;
        if (now < end) continue;
        uint32_t left = atomic_fetch_or(&pool->unfinished, caller_sleeps) | caller_sleeps;
        while (left != caller_sleeps) {
            futex_wait(&pool->unfinished, left);
            left = atomic_load(&pool->unfinished);
        }
        return;
    }
}

static void wake_workers(ck_pool *pool, uint32_t count) {
    uint32_t sleepers = atomic_load(&pool->sleepers);
    if (sleepers == 0) return;
    atomic_fetch_add(&pool->wakes, 1);
    futex_wake(&pool->wakes, count < sleepers ? count : sleepers);
}

static void run_job(ck_pool *pool, uint32_t count, ck_task *task, void *context) {
    pool->task = task;
    pool->context = context;
    pool->count = count;
    atomic_store_explicit(&pool->unfinished, count, memory_order_relaxed);
    uint64_t generation = (atomic_load_explicit(&pool->claims, memory_order_relaxed) >> 32) + 1;
    atomic_store(&pool->claims, generation << 32 | count);
    wake_workers(pool, count - 1);
    work(pool);
    await_workers(pool);
}

static void *worker(void *context) {
    ck_pool *pool = context;
    while (!atomic_load_explicit(&pool->ends, memory_order_acquire)) {
        work(pool);
        await_work(pool);
    }
    return NULL;
}

ck_pool *ck_pool_create(unsigned threads) {
    unsigned worker_count = threads > 1 ? threads - 1 : 0;
    size_t size = (sizeof(ck_pool) + worker_count * sizeof(pthread_t) + 127) / 128 * 128;
    ck_pool *pool = aligned_alloc(128, size);
    if (pool == NULL) return NULL;
    *pool = (ck_pool){.is_busy = ATOMIC_FLAG_INIT};
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (pool->worker_count < worker_count &&
           pthread_create(&pool->workers[pool->worker_count], NULL, worker, pool) == 0)
        pool->worker_count++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (pool->worker_count == worker_count) return pool;
    ck_pool_destroy(pool);
    return NULL;
}

void ck_pool_destroy(ck_pool *pool) {
    if (pool == NULL) return;
    atomic_store(&pool->ends, true);
    atomic_fetch_add(&pool->wakes, 1);
    futex_wake(&pool->wakes, INT32_MAX);
    for (unsigned i = 0; i < pool->worker_count; i++) pthread_join(pool->workers[i], NULL);
    free(pool);
}

unsigned ck_pool_thread_count(const ck_pool *pool) { return pool == NULL ? 1 : pool->worker_count + 1; }

void ck_pool_enter(ck_pool *pool) {
    if (pool != NULL) atomic_fetch_add_explicit(&pool->callers, 1, memory_order_relaxed);
}

void ck_pool_leave(ck_pool *pool) {
    if (pool != NULL) atomic_fetch_sub_explicit(&pool->callers, 1, memory_order_relaxed);
}

// Workers that find a processor beside all callers.
static unsigned helper_count(ck_pool *pool) {
    uint32_t callers = atomic_load_explicit(&pool->callers, memory_order_relaxed);
    uint32_t others = callers > 1 ? callers - 1 : 0;
    return others < pool->worker_count ? pool->worker_count - others : 0;
}

// Indices in ranges, of which each thread begins with one.
typedef struct shares {
    ck_slot_task *task;
    void *context;
    size_t count, ranges;
    // How many of each range are taken, or more.
    _Atomic size_t taken[MOST_RANGES];
} shares;

static size_t range_begin(const shares *job, size_t range) {
    const size_t rest = job->count % job->ranges;
    return job->count / job->ranges * range + (range < rest ? range : rest);
}

static void drain(void *context, size_t slot) {
    shares *job = context;
    for (size_t i = 0; i < job->ranges; i++) {
        const size_t range = (slot + i) % job->ranges, end = range_begin(job, range + 1);
        const size_t begin = range_begin(job, range);
        for (;;) {
            const size_t index = begin + atomic_fetch_add_explicit(&job->taken[range], 1, memory_order_relaxed);
            if (index >= end) break;
            job->task(job->context, index, slot);
        }
    }
}

void ck_pool_run_slots(ck_pool *pool, size_t count, ck_slot_task *task, void *context) {
    const unsigned helpers = pool == NULL || count < 2 ? 0 : helper_count(pool);
    if (helpers == 0 || atomic_flag_test_and_set_explicit(&pool->is_busy, memory_order_acquire)) {
        for (size_t i = 0; i < count; i++) task(context, i, 0);
        return;
    }
    const uint32_t threads = count <= helpers ? (uint32_t)count : helpers + 1;
    shares job = {.task = task, .context = context, .count = count,
                   .ranges = threads < MOST_RANGES ? threads : MOST_RANGES};
    run_job(pool, threads, drain, &job);
    atomic_flag_clear_explicit(&pool->is_busy, memory_order_release);
}

typedef struct plain_work {
    ck_task *task;
    void *context;
} plain_work;

static void run_plain(void *context, size_t index, size_t slot) {
    const plain_work *plain = context;
    (void)slot;
    plain->task(plain->context, index);
}

void ck_pool_run(ck_pool *pool, size_t count, ck_task *task, void *context) {
    plain_work plain = {task, context};
    ck_pool_run_slots(pool, count, run_plain, &plain);
}
