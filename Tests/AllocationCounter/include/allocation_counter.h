// Counts what the calling thread allocates: malloc and its kin stand here in the place of the C library's.
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

unsigned long allocation_count(void);

#endif
