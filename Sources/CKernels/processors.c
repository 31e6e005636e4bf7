#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "ck_pool.h"

enum { PATH_LIMIT = 4096 };

static unsigned affinity_count(void) {
    for (size_t processors = 1024; processors <= (size_t)1 << 20; processors *= 2) {
        cpu_set_t *set = CPU_ALLOC(processors);
        if (set == NULL) return 1;
        size_t size = CPU_ALLOC_SIZE(processors);
        int count = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 0;
        CPU_FREE(set);
        if (count > 0) return (unsigned)count;
    }
    return 1;
}

// The first line of the file `name` in a directory; false if there is none.
static bool read_line(const char *directory, const char *name, char *line, int size) {
    char path[PATH_LIMIT + 64];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "re");
    if (file == NULL) return false;
    bool is_read = fgets(line, size, file) != NULL;
    fclose(file);
    return is_read;
}

static unsigned rounded_up(long long quota, long long period, unsigned limit) {
    if (quota <= 0 || period <= 0) return limit;
    long long processors = quota / period + (quota % period != 0);
    return processors < limit ? (unsigned)processors : limit;
}

// The quota that one directory of a control group sets, at most `limit`.
static unsigned directory_quota(const char *directory, bool is_unified, unsigned limit) {
    char line[128];
    long long quota = 0, period = 0;
    if (is_unified) {
        if (!read_line(directory, "cpu.max", line, sizeof line)) return limit;
        return sscanf(line, "%lld %lld", &quota, &period) == 2 ? rounded_up(quota, period, limit) : limit;
    }
    if (!read_line(directory, "cpu.cfs_quota_us", line, sizeof line) || sscanf(line, "%lld", &quota) != 1) return limit;
    if (!read_line(directory, "cpu.cfs_period_us", line, sizeof line) || sscanf(line, "%lld", &period) != 1)
        return limit;
    return rounded_up(quota, period, limit);
}

// The least quota of a control group and those around it. Those that this process cannot see count for nothing: within
// a container its own group may be mounted as the root.
static unsigned group_quota(const char *mount, const char *group, bool is_unified, unsigned limit) {
    char directory[PATH_LIMIT];
    int length = snprintf(directory, sizeof directory, "%s%s", mount, group);
    if (length < 0 || (size_t)length >= sizeof directory) return directory_quota(mount, is_unified, limit);
    size_t mount_length = strlen(mount);
    for (;;) {
        limit = directory_quota(directory, is_unified, limit);
        char *slash = strrchr(directory + mount_length, '/');
        if (slash == NULL) return limit;
        *slash = 0;
    }
}

static bool has_controller(const char *controllers, const char *name) {
    size_t length = strlen(name);
    for (const char *at = controllers; at != NULL; at = strchr(at, ',')) {
        if (*at == ',') at++;
        if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == 0)) return true;
    }
    return false;
}

// The least quota of the control groups that a file in the format of /proc/self/cgroup names, below `root`.
static unsigned quota(const char *groups, const char *root, unsigned limit) {
    FILE *file = fopen(groups, "re");
    if (file == NULL) return limit;
    char line[PATH_LIMIT];
    char mount[PATH_LIMIT];
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = 0;
        char *controllers = strchr(line, ':');
        char *group = controllers == NULL ? NULL : strchr(controllers + 1, ':');
        if (group == NULL) continue;
        *controllers++ = 0;
        *group++ = 0;
        if (*controllers == 0) {
            limit = group_quota(root, group, true, limit);
        } else if (has_controller(controllers, "cpu")) {
            int length = snprintf(mount, sizeof mount, "%s/%s", root, "cpu");
            if (length > 0 && (size_t)length < sizeof mount) limit = group_quota(mount, group, false, limit);
        }
    }
    fclose(file);
    return limit;
}

unsigned ck_usable_processor_count(void) {
    unsigned count = quota("/proc/self/cgroup", "/sys/fs/cgroup", affinity_count());
    return count > 0 ? count : 1;
}
