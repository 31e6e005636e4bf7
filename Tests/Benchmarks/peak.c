// The most floating-point operations that this machine does: chains of multiply-add that stay in registers.
// Prints GFLOP/s, the best of several tries with as many threads as the argument says.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__AVX512F__)
enum { WIDTH = 16 };
#elif defined(__AVX__)
enum { WIDTH = 8 };
#else
enum { WIDTH = 4 };
#endif
#if defined(__AVX512F__)
#define VECTOR_REGISTER "+v"
#elif defined(__x86_64__)
#define VECTOR_REGISTER "+x"
#else
#define VECTOR_REGISTER "+w"
#endif
enum { CHAINS = 12, STEPS = 1000000, TRIES = 60, MOST_THREADS = 256 };
typedef float vector __attribute__((vector_size(WIDTH * sizeof(float))));

static pthread_barrier_t barrier;
static volatile float sink;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

// Variables with names, not an array: compilers leave an array on the stack.
#define EACH_CHAIN(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)
#define START(i) vector sum##i = (vector){} + (start + i);
#define STEP(i)                        \
    sum##i = sum##i * factor + factor; \
    __asm__ volatile("" : VECTOR_REGISTER(sum##i));
#define ADD(i) total += sum##i;

static void chains(float start) {
    vector factor = (vector){} + (0.999f + start), total = factor;
    EACH_CHAIN(START)
    for (int step = 0; step < STEPS; step++) {
        EACH_CHAIN(STEP)
    }
    EACH_CHAIN(ADD)
    sink = total[0];
}

struct worker {
    pthread_t thread;
    float start;
    double from[TRIES], to[TRIES];
};

static void *work(void *argument) {
    struct worker *worker = argument;
    for (int i = 0; i < TRIES; i++) {
        pthread_barrier_wait(&barrier);
        worker->from[i] = now();
        chains(worker->start);
        worker->to[i] = now();
    }
    return NULL;
}

int main(int count, char **arguments) {
    int threads = count > 1 ? atoi(arguments[1]) : 1;
    if (threads < 1 || threads > MOST_THREADS) return 2;
    static struct worker workers[MOST_THREADS];
    pthread_barrier_init(&barrier, NULL, threads);
    for (int i = 0; i < threads; i++) {
        workers[i].start = count * 1e-7f;
        pthread_create(&workers[i].thread, NULL, work, &workers[i]);
    }
    for (int i = 0; i < threads; i++) pthread_join(workers[i].thread, NULL);
    double best = 0;
    for (int i = 0; i < TRIES; i++) {
        double from = workers[0].from[i], to = workers[0].to[i];
        for (int j = 1; j < threads; j++) {
            if (workers[j].from[i] < from) from = workers[j].from[i];
            if (workers[j].to[i] > to) to = workers[j].to[i];
        }
        double rate = 2.0 * WIDTH * CHAINS * STEPS * threads / (to - from) / 1e9;
        if (rate > best) best = rate;
    }
    printf("%.2f\n", best);
    return 0;
}
