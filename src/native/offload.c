/* native/offload.c: workers are further processes of the same executable. A program that is started with
 * a descriptor in EDDY__WORKER never gets to its main: it serves jobs that arrive there, and ends when
 * its parent closes it. Functions are sent as distances from one of ours, because executables are
 * loaded anywhere. */
#include "../io/pending.h"
#include "watch.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define VARIABLE "EDDY__WORKER"
enum { WORKER_FD = 3, PIECE = 1 << 20 /* bytes that one step of a transfer moves at the most */ };

/* What goes to a worker, before the argument, and what comes back, before the result or the text. */
typedef struct request {
    intptr_t fn;
    size_t arg_size, result_size;
} request;
typedef struct reply {
    int result;
    size_t size;
} reply;

static bool is_worker;

static intptr_t distance_of(eddy_fn fn) {
    return (intptr_t)fn - (intptr_t)eddy_offload_limit;
}

/* Functions of shared libraries are elsewhere in the other process. */
static bool is_ours(eddy_fn fn) {
    Dl_info ours, its;
    return dladdr((void *)(intptr_t)eddy_offload_limit, &ours) && dladdr((void *)(intptr_t)fn, &its) &&
           ours.dli_fbase == its.dli_fbase;
}

/* ---- in the worker -------------------------------------------------------------------------------- */

static void read_all(void *buffer, size_t size) {
    for (char *at = buffer; size;) {
        ssize_t n = read(WORKER_FD, at, size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) _exit(0);
        at += n;
        size -= (size_t)n;
    }
}

static void write_all(const void *data, size_t size) {
    for (const char *at = data; size;) {
        ssize_t n = write(WORKER_FD, at, size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) _exit(0);
        at += n;
        size -= (size_t)n;
    }
}

static void serve_one(void) {
    request asked;
    read_all(&asked, sizeof asked);
    size_t size = asked.arg_size > asked.result_size ? asked.arg_size : asked.result_size;
    void *block = size ? calloc(1, size) : NULL;
    reply answer = {EDDY_ENOMEM, 0};
    if (block || !size) {
        read_all(block, asked.arg_size);
        answer.result = eddy_run((eddy_fn)(asked.fn + (intptr_t)eddy_offload_limit), block);
    } else {
        char rest[4096];
        for (size_t left = asked.arg_size, n; left; left -= n)
            read_all(rest, n = left < sizeof rest ? left : sizeof rest);
    }
    const char *text = answer.result == EDDY_ENOMEM ? "" : eddy__the_loop.result_text;
    answer.size = answer.result < 0 ? strlen(text) : asked.result_size;
    fflush(NULL);
    write_all(&answer, sizeof answer);
    write_all(answer.result < 0 ? text : block, answer.size);
    free(block);
}

/* Of a library, so that it comes after the program's own. */
__attribute__((constructor)) static void serve(void) {
    if (!getenv(VARIABLE)) return;
    is_worker = true;
    unsetenv(VARIABLE);
    fcntl(WORKER_FD, F_SETFD, FD_CLOEXEC);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_IGN); /* of the terminal: the parent decides */
    signal(SIGPIPE, SIG_IGN);
    for (;;) serve_one();
}

/* ---- workers ------------------------------------------------------------------------------------------ */

typedef struct worker {
    pid_t pid;
    struct job *job;     /* NULL: it is idle */
    struct worker *next; /* among the idle ones */
    eddy__watch watch;   /* of our end of the socket; not in the poll while it is idle */
} worker;

static worker *idle;
static size_t busy, limit;

static void go_on(eddy__watch *watch);

static size_t most_workers(void) {
    if (limit) return limit;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors > 0 ? (size_t)processors : 1;
}

/* -> how it has ended: by itself, if it had done so already. */
static int end_worker(worker *w) {
    eddy__watch_remove(&w->watch);
    close(w->watch.fd);
    kill(w->pid, SIGKILL);
    int status = 0;
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR) {}
    eddy__free(w, sizeof *w);
    return status;
}

static void end_idle(void) {
    while (idle) {
        worker *w = idle;
        idle = w->next;
        (void)end_worker(w);
    }
}

/* Starts this executable once more. -> 0 or errno */
static int start_process(pid_t *pid, int fd) {
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length < 0) return errno;
    path[length] = 0;
    size_t count = 0;
    while (environ[count]) count++;
    char **variables = malloc((count + 2) * sizeof *variables);
    if (!variables) return ENOMEM;
    memcpy(variables, environ, count * sizeof *variables);
    variables[count] = VARIABLE "=1";
    variables[count + 1] = NULL;
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (!error) {
        error = posix_spawn_file_actions_adddup2(&actions, fd, WORKER_FD);
        if (!error) error = posix_spawn(pid, path, &actions, NULL, (char *[]){path, NULL}, variables);
        posix_spawn_file_actions_destroy(&actions);
    }
    free(variables);
    return error;
}

/* NULL: *error says why. */
static worker *worker_new(int *error) {
    worker *w = eddy__alloc(sizeof *w);
    int ends[2];
    *error = !w ? ENOMEM : socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0 ? errno : 0;
    if (*error) {
        eddy__free(w, sizeof *w);
        return NULL;
    }
    *w = (worker){.watch = {.fd = ends[0], .ready = go_on}};
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    *error = start_process(&w->pid, ends[1]);
    close(ends[1]);
    eddy__the_loop.end_workers = end_idle;
    if (!*error) return w;
    close(ends[0]);
    eddy__free(w, sizeof *w);
    return NULL;
}

/* ---- jobs --------------------------------------------------------------------------------------------- */

typedef struct job {
    eddy__pending pending;
    eddy__link link; /* in `waiting`, until it has a worker */
    worker *worker;  /* NULL: it waits for one */
    request asked;
    const void *arg; /* the caller's, as `result` is */
    void *result;
    bool sent;       /* the request is; from then on the reply is read */
    size_t moved;    /* bytes of the one or the other */
    reply answer;
    char *data;      /* what follows it; owned, by malloc */
} job;

static eddy__link waiting = {&waiting, &waiting};

static void job_free(job *j) {
    free(j->data);
    eddy__free(j, sizeof *j);
}

/* It has not got an answer: `error` of ours; 0: `status` is how the worker has ended. */
static void job_fail(job *j, int error, int status) {
    char text[128];
    if (error)
        snprintf(text, sizeof text, "a worker could not be used: %s", strerror(error));
    else if (WIFSIGNALED(status))
        snprintf(text, sizeof text, "the worker trapped: %s", strsignal(WTERMSIG(status)));
    else
        snprintf(text, sizeof text, "the worker has left by exit(%d)", WEXITSTATUS(status));
    if (error == ENOMEM)
        eddy__pending_end(&j->pending, EDDY_ENOMEM, NULL, 0);
    else
        eddy__pending_fail(&j->pending, EDDY_EHOST, text);
    job_free(j);
}

/* As many of those that wait as there may be workers for. */
static void start_jobs(void) {
    while (!eddy__list_empty(&waiting) && busy < most_workers()) {
        job *j = EDDY__OWNER(waiting.next, job, link);
        eddy__list_remove(&j->link);
        int error = 0;
        worker *w = idle;
        if (w) idle = w->next;
        else w = worker_new(&error);
        if (w) {
            w->watch.output = true;
            if (eddy__watch_add(&w->watch) == 0) {
                w->job = j;
                j->worker = w;
                busy++;
                continue;
            }
            error = ENOMEM;
            w->next = idle;
            idle = w;
        }
        job_fail(j, error, 0);
    }
}

static void finish(worker *w) {
    job *j = w->job;
    w->job = NULL;
    w->next = idle;
    idle = w;
    busy--;
    char *text = NULL;
    if (j->answer.result >= 0) {
        if (j->answer.size) memcpy(j->result, j->data, j->answer.size);
    } else {
        text = j->data;
        j->data = NULL;
    }
    eddy__pending_end(&j->pending, j->answer.result, text, text ? j->answer.size : 0);
    job_free(j);
    start_jobs();
}

static void fail(worker *w, int error) {
    job *j = w->job;
    bool ended = error == 0 || error == EPIPE || error == ECONNRESET;
    busy--;
    int status = end_worker(w);
    job_fail(j, ended ? 0 : error, status);
    start_jobs();
}

/* Moves a piece. -> bytes, 0 at the end, -1 with errno */
static ssize_t give(job *j, int fd) {
    bool head = j->moved < sizeof j->asked;
    const char *from = head ? (const char *)&j->asked : j->arg;
    size_t at = head ? j->moved : j->moved - sizeof j->asked;
    size_t left = (head ? sizeof j->asked : j->asked.arg_size) - at;
    return send(fd, from + at, left < PIECE ? left : PIECE, MSG_NOSIGNAL);
}

static ssize_t take(job *j, int fd) {
    bool head = j->moved < sizeof j->answer;
    char *to = head ? (char *)&j->answer : j->data;
    size_t at = head ? j->moved : j->moved - sizeof j->answer;
    size_t left = (head ? sizeof j->answer : j->answer.size) - at;
    return recv(fd, to + at, left < PIECE ? left : PIECE, 0);
}

static void go_on(eddy__watch *watch) {
    worker *w = EDDY__OWNER(watch, worker, watch);
    job *j = w->job;
    ssize_t n = j->sent ? take(j, watch->fd) : give(j, watch->fd);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        fail(w, n < 0 ? errno : 0);
        return;
    }
    if (n > 0) j->moved += (size_t)n;
    if (!j->sent && j->moved == sizeof j->asked + j->asked.arg_size) {
        j->sent = true;
        j->moved = 0;
    } else if (j->sent && j->moved == sizeof j->answer && !j->data && j->answer.size) {
        j->data = malloc(j->answer.size + 1);
        if (!j->data) {
            fail(w, ENOMEM);
            return;
        }
        j->data[j->answer.size] = 0; /* it may be a text */
    }
    if (j->sent && j->moved == sizeof j->answer + j->answer.size) {
        finish(w);
        return;
    }
    watch->output = !j->sent;
    if (eddy__watch_add(watch) < 0) fail(w, ENOMEM);
}

static void start_soon(void *ctx) {
    (void)ctx;
    start_jobs();
}

/* Those that wait are not begun here: they may be the next to be cancelled. */
static void cancel(eddy__pending *pending) {
    job *j = EDDY__OWNER(pending, job, pending);
    if (j->worker) {
        busy--;
        (void)end_worker(j->worker);
    } else {
        eddy__list_remove(&j->link);
    }
    job_free(j);
    if (eddy__the_loop.halted || eddy__list_empty(&waiting)) return;
    if (!eddy_call_soon(start_soon, NULL).id) start_jobs();
}

/* ---- the host interface -------------------------------------------------------------------------------- */

int eddy__host_offload(uint32_t op, uint32_t generation, const eddy__offload_job *asked) {
    if (is_worker) return EDDY_ESTATE;
    if (!is_ours(asked->fn))
        return eddy__call_failed(EDDY_EINVAL, "eddy_offload: the function is in a shared library");
    job *j = eddy__alloc(sizeof *j);
    if (!j) return EDDY_ENOMEM;
    *j = (job){.asked = {distance_of(asked->fn), asked->arg_size, asked->result_size},
               .arg = asked->arg, .result = asked->result};
    eddy__pending_begin(&j->pending, op, generation, cancel);
    eddy__list_append(&waiting, &j->link);
    start_jobs();
    return 0;
}

int eddy__host_offload_limit(size_t workers) {
    limit = workers;
    start_jobs();
    return 0;
}
