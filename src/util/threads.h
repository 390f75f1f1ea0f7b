/* threads.h - the number of OpenMP threads of the next team, and one's own number in the current one. */
#ifndef WEIR_UTIL_THREADS_H
#define WEIR_UTIL_THREADS_H

int weir_threads_max(void);
int weir_thread_number(void);

#endif
