// Load of HTTP/1.1 on the loopback: one thread, one request at a time on each of some connections that are kept alive.
//
//   client PORT FILE CONNECTIONS SECONDS RATE ARRIVALS SEED
//
// FILE holds the bytes of a request. RATE 0 is a closed loop: each connection sends again when it is answered. Otherwise
// RATE requests arrive per second, evenly (`uniform`) or in a Poisson process (`poisson`), whether or not one is
// answered; one that finds no free connection waits, and its time runs from its arrival. Prints JSON; times in seconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 4096, ANSWER = 1 << 16 };
static const double GRACE = 2, PAUSE = 0.01;

struct connection {
    int socket;
    bool busy;
    double arrival, retry;
    size_t sent, received;
    char answer[ANSWER];
};

struct times {
    double *values;
    size_t count, room;
};

static struct connection connections[MOST_CONNECTIONS];
static int connection_count, closed_count, poller;
// A ring of the connections that are not busy, the one that has been so for longest first: all take their turns.
static int idle[MOST_CONNECTIONS], idle_first, idle_count;
static struct sockaddr_in address = {.sin_family = AF_INET};
static char *request;
static size_t request_length;
static struct times accepted, rejected;
static long lost, refused, statuses[600];

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void add(struct times *times, double value) {
    if (times->count == times->room) {
        times->room = times->room ? times->room * 2 : 1 << 16;
        times->values = realloc(times->values, times->room * sizeof(double));
        if (!times->values) fail("realloc");
    }
    times->values[times->count++] = value;
}

static int *idle_place(int offset) { return &idle[(idle_first + offset) % MOST_CONNECTIONS]; }

static void add_idle(int index) { *idle_place(idle_count++) = index; }

static int take_idle(void) {
    int index = *idle_place(0);
    idle_first = (idle_first + 1) % MOST_CONNECTIONS;
    idle_count--;
    return index;
}

/// Opens a connection and makes it idle; where the server takes none, tries again later.
static void open_connection(int index) {
    struct connection *connection = &connections[index];
    int descriptor = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (descriptor < 0) fail("socket");
    connection->busy = false;
    connection->socket = -1;
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address)) {
        close(descriptor);
        refused++;
        closed_count++;
        connection->retry = now() + PAUSE;
        return;
    }
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(descriptor, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = index};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event)) fail("epoll_ctl");
    connection->socket = descriptor;
    add_idle(index);
}

static void reopen(int index) {
    struct connection *connection = &connections[index];
    if (connection->busy) lost++;
    int kept = 0;
    for (int i = 0; i < idle_count; i++)
        if (*idle_place(i) != index) *idle_place(kept++) = *idle_place(i);
    idle_count = kept;
    close(connection->socket);
    open_connection(index);
}

static void send_rest(int index) {
    struct connection *connection = &connections[index];
    while (connection->sent < request_length) {
        ssize_t count = send(connection->socket, request + connection->sent, request_length - connection->sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) break;
        if (count < 0) {
            reopen(index);
            return;
        }
        connection->sent += count;
    }
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = index};
    if (connection->sent < request_length) {
        event.events |= EPOLLOUT;
        epoll_ctl(poller, EPOLL_CTL_MOD, connection->socket, &event);
    }
}

static void begin(int index, double arrival) {
    struct connection *connection = &connections[index];
    connection->busy = true;
    connection->arrival = arrival;
    connection->sent = connection->received = 0;
    send_rest(index);
}

/// The length of the answer when its head is there, otherwise 0; its status, and whether the connection ends with it.
static size_t answer_length(struct connection *connection, int *status, bool *last) {
    connection->answer[connection->received] = 0;
    char *end = strstr(connection->answer, "\r\n\r\n"), *length = strcasestr(connection->answer, "\r\ncontent-length:");
    if (!end) return 0;
    if (sscanf(connection->answer, "HTTP/1.1 %d", status) != 1 || *status < 100 || *status > 599) fail("no status line");
    char *close = strcasestr(connection->answer, "\r\nconnection: close");
    *last = close && close < end;
    if (!length || length > end) {
        fprintf(stderr, "error: an answer without content-length\n");
        exit(1);
    }
    return end + 4 - connection->answer + strtoul(length + 17, NULL, 10);
}

static void receive(int index) {
    struct connection *connection = &connections[index];
    ssize_t count = recv(connection->socket, connection->answer + connection->received, ANSWER - 1 - connection->received, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0 || !connection->busy) {
        reopen(index);
        return;
    }
    connection->received += count;
    int status = 0;
    bool last = false;
    size_t length = answer_length(connection, &status, &last);
    if (length == 0 || connection->received < length) return;
    double taken = now() - connection->arrival;
    add(status < 300 ? &accepted : &rejected, taken);
    statuses[status]++;
    connection->busy = false;
    if (last)
        reopen(index);
    else
        add_idle(index);
}

static int order(const void *first, const void *second) {
    double difference = *(const double *)first - *(const double *)second;
    return (difference > 0) - (difference < 0);
}

static void print(const char *name, struct times *times) {
    qsort(times->values, times->count, sizeof(double), order);
    printf("\"%s\": {\"count\": %zu", name, times->count);
    if (times->count) {
        static const double shares[] = {0.5, 0.99, 0.999, 1};
        static const char *names[] = {"p50", "p99", "p999", "max"};
        for (int i = 0; i < 4; i++) {
            size_t rank = ceil(shares[i] * times->count);
            printf(", \"%s\": %.7f", names[i], times->values[rank - 1]);
        }
    }
    printf("}, ");
}

int main(int count, char **arguments) {
    if (count != 8) return 2;
    address.sin_port = htons(atoi(arguments[1]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    FILE *file = fopen(arguments[2], "rb");
    if (!file) fail(arguments[2]);
    request = malloc(1 << 24);
    request_length = fread(request, 1, 1 << 24, file);
    connection_count = atoi(arguments[3]);
    double seconds = atof(arguments[4]), rate = atof(arguments[5]);
    bool poisson = strcmp(arguments[6], "poisson") == 0;
    srand48(atol(arguments[7]));
    if (connection_count < 1 || connection_count > MOST_CONNECTIONS) return 2;
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_TIMERSLACK, 1);
    poller = epoll_create1(0);
    for (int i = 0; i < connection_count; i++) open_connection(i);
    double start = now(), stop = start + seconds, next = start, time;
    long arrived = 0;
    // Requests that have arrived and wait for a connection.
    struct times waiting = {};
    size_t first = 0;
    while ((time = now()) < stop + GRACE) {
        for (; rate > 0 && next <= time && next < stop; arrived++) {
            add(&waiting, next);
            next += (poisson ? -log1p(-drand48()) : 1) / rate;
        }
        for (int i = 0; closed_count && i < connection_count; i++)
            if (connections[i].socket < 0 && connections[i].retry <= time && time < stop) {
                closed_count--;
                open_connection(i);
            }
        while (idle_count && (rate > 0 ? first < waiting.count : time < stop)) {
            int index = take_idle();
            if (rate == 0) arrived++;
            begin(index, rate > 0 ? waiting.values[first++] : now());
        }
        bool any = false;
        for (int i = 0; time >= stop && i < connection_count; i++) any |= connections[i].busy;
        if (time >= stop && !any && first == waiting.count) break;
        double pause = rate > 0 && next < stop ? next - time : PAUSE;
        if (pause > PAUSE) pause = PAUSE;
        struct timespec most = {.tv_nsec = pause * 1e9};
        struct epoll_event events[256];
        int ready = epoll_pwait2(poller, events, 256, &most, NULL);
        for (int i = 0; i < ready; i++) {
            int index = events[i].data.u32;
            if (events[i].events & EPOLLOUT) send_rest(index);
            if (events[i].events & ~EPOLLOUT) receive(index);
        }
    }
    // What nobody answered: still on a connection, or still waiting for one.
    long open = waiting.count - first;
    for (int i = 0; i < connection_count; i++) open += connections[i].busy;
    printf("{\"arrived\": %ld, \"seconds\": %.6f, \"lost\": %ld, \"refused\": %ld, \"open\": %ld, ", arrived, time - start, lost,
           refused, open);
    print("accepted", &accepted);
    print("rejected", &rejected);
    printf("\"statuses\": {");
    const char *comma = "";
    for (int status = 0; status < 600; status++)
        if (statuses[status]) {
            printf("%s\"%d\": %ld", comma, status, statuses[status]);
            comma = ", ";
        }
    printf("}}\n");
    return 0;
}
