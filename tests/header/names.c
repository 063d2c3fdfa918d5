/* names.c: every function that programs may rely on, declared once more as they know it: a header that
 * declares one otherwise does not compile. In C and in C++. */
#include <eddy.h>

EDDY__BEGIN_C

/* time */
eddy_time (eddy_now)(void);
int (eddy_sleep)(eddy_time duration);
int (eddy_sleep_until)(eddy_time when);
int (eddy_yield)(void);
int (eddy_checkpoint)(void);

/* errors */
const char *(eddy_strerror)(int code);
const char *(eddy_errname)(int code);
int (eddy_fail)(int code, const char *format, ...);
const char *(eddy_last_message)(void);

/* futures and tasks: one handle type */
eddy_future *(eddy_spawn)(eddy_fn fn, void *arg);
eddy_future *(eddy_spawn_with)(eddy_fn fn, const eddy_spawn_options *options);
int (eddy_go)(eddy_fn fn, void *arg);
int (eddy_join)(eddy_future *f);
int (eddy_await)(eddy_future *f);
int (eddy_cancel)(eddy_future *f);
int (eddy_stop)(eddy_future *f);
eddy_future *(eddy_retain)(eddy_future *f);
void (eddy_release)(eddy_future *f);
void (eddy_release_all)(eddy_future *const f[], size_t n);
eddy_future *(eddy_future_new)(void);
int (eddy_resolve)(eddy_future *f, int result);
int (eddy_resolve_value)(eddy_future *f, int result, void *value, void (*free_value)(void *));
int (eddy_reject)(eddy_future *f, int code, const char *format, ...);
int (eddy_set_value)(void *value, void (*free_value)(void *));
eddy_state (eddy_future_state)(const eddy_future *f);
bool (eddy_done)(const eddy_future *f);
int (eddy_result)(eddy_future *f);
void *(eddy_value)(eddy_future *f);
const char *(eddy_message)(eddy_future *f);
const char *(eddy_name)(const eddy_future *f);
bool (eddy_cancel_requested)(const eddy_future *f);
eddy_future *(eddy_current)(void);
int (eddy_on_done)(eddy_future *f, void (*fn)(eddy_future *f, void *ctx), void *ctx);
int (eddy_off_done)(eddy_future *f, void (*fn)(eddy_future *f, void *ctx), void *ctx);
eddy_call (eddy_call_soon)(void (*fn)(void *ctx), void *ctx);
eddy_call (eddy_call_later)(eddy_time delay, void (*fn)(void *ctx), void *ctx);
eddy_call (eddy_call_at)(eddy_time when, void (*fn)(void *ctx), void *ctx);
bool (eddy_call_cancel)(eddy_call call);

/* scopes: deadlines, cancellation, shields */
int (eddy_scope_begin)(eddy_scope *s, const eddy_scope_options *options);
int (eddy_scope_end)(eddy_scope *s, int rc);
int (eddy_scope_cancel)(eddy_scope *s);
int (eddy_scope_reschedule)(eddy_scope *s, eddy_time deadline);
bool (eddy_scope_cancelled)(const eddy_scope *s);
bool (eddy_scope_expired)(const eddy_scope *s);
eddy_time (eddy_deadline)(void);
eddy_scope_ref (eddy_scope_share)(eddy_scope *s);
int (eddy_scope_ref_cancel)(eddy_scope_ref ref);
int (eddy_timeout)(eddy_time duration, eddy_fn fn, void *arg);

/* groups */
int (eddy_group_begin)(eddy_group *g, const eddy_group_options *options);
eddy_future *(eddy_group_spawn)(eddy_group *g, eddy_fn fn, void *arg);
eddy_future *(eddy_group_spawn_with)(eddy_group *g, eddy_fn fn, const eddy_spawn_options *options);
int (eddy_group_start)(eddy_group *g, eddy_fn fn, void *arg);
int (eddy_started)(int value);
int (eddy_group_cancel)(eddy_group *g);
int (eddy_group_end)(eddy_group *g, int rc);
size_t (eddy_group_errors)(const eddy_group *g, eddy_error out[], size_t n);

/* combining */
int (eddy_gather)(eddy_future *const f[], size_t n, int results[]);
int (eddy_gather_all)(eddy_future *const f[], size_t n, int results[]);
int (eddy_wait)(eddy_future *const f[], size_t n, eddy_wait_mode mode, eddy_time timeout);
int (eddy_each_begin)(eddy_each *e, eddy_future *const f[], size_t n, eddy_time timeout);
int (eddy_each_next)(eddy_each *e, eddy_future **done);
void (eddy_each_end)(eddy_each *e);
int (eddy_race)(eddy_future *const f[], size_t n, size_t *winner);
int (eddy_race_staggered)(const eddy_fn fns[], void *const args[], size_t n, eddy_time delay,
    size_t *winner);

/* synchronisation: zero-initialised objects are valid */
int (eddy_lock_acquire)(eddy_lock *l);
int (eddy_lock_try)(eddy_lock *l);
int (eddy_lock_release)(eddy_lock *l);
bool (eddy_lock_held)(const eddy_lock *l);
int (eddy_event_wait)(eddy_event *e);
void (eddy_event_set)(eddy_event *e);
void (eddy_event_clear)(eddy_event *e);
bool (eddy_event_is_set)(const eddy_event *e);
int (eddy_cond_wait)(eddy_cond *c, eddy_lock *l);
int (eddy_cond_wait_for)(eddy_cond *c, eddy_lock *l, bool (*predicate)(void *ctx), void *ctx);
int (eddy_cond_notify)(eddy_cond *c, size_t n);
int (eddy_cond_notify_all)(eddy_cond *c);
int (eddy_sem_acquire)(eddy_sem *s);
int (eddy_sem_try)(eddy_sem *s);
int (eddy_sem_release)(eddy_sem *s);
bool (eddy_sem_locked)(const eddy_sem *s);
int (eddy_limiter_acquire)(eddy_limiter *l);
int (eddy_limiter_release)(eddy_limiter *l);
int (eddy_limiter_resize)(eddy_limiter *l, size_t total);
int (eddy_barrier_wait)(eddy_barrier *b);
int (eddy_barrier_abort)(eddy_barrier *b);
int (eddy_barrier_reset)(eddy_barrier *b);
size_t (eddy_barrier_waiting)(const eddy_barrier *b);

/* queues, channels, select, generators */
int (eddy_queue_init)(eddy_queue *q, size_t item_size, size_t capacity, const eddy_queue_options
    *options);
void (eddy_queue_destroy)(eddy_queue *q);
int (eddy_queue_put)(eddy_queue *q, const void *item);
int (eddy_queue_get)(eddy_queue *q, void *item);
int (eddy_queue_try_put)(eddy_queue *q, const void *item);
int (eddy_queue_try_get)(eddy_queue *q, void *item);
size_t (eddy_queue_len)(const eddy_queue *q);
bool (eddy_queue_full)(const eddy_queue *q);
int (eddy_queue_task_done)(eddy_queue *q);
int (eddy_queue_join)(eddy_queue *q);
int (eddy_queue_shutdown)(eddy_queue *q, bool immediate);
int (eddy_chan_open)(size_t item_size, size_t capacity, eddy_sender **tx, eddy_receiver **rx);
int (eddy_send)(eddy_sender *tx, const void *item);
int (eddy_recv)(eddy_receiver *rx, void *item);
int (eddy_try_send)(eddy_sender *tx, const void *item);
int (eddy_try_recv)(eddy_receiver *rx, void *item);
eddy_sender *(eddy_sender_clone)(eddy_sender *tx);
eddy_receiver *(eddy_receiver_clone)(eddy_receiver *rx);
void (eddy_sender_close)(eddy_sender *tx);
void (eddy_receiver_close)(eddy_receiver *rx);
int (eddy_select)(eddy_case *cases, size_t n, eddy_time timeout);
eddy_gen *(eddy_gen_open)(eddy_fn fn, void *arg, size_t item_size);
int (eddy_emit)(const void *item);
int (eddy_gen_next)(eddy_gen *g, void *item);
int (eddy_gen_close)(eddy_gen *g);
int (eddy_local_set)(eddy_local *key, void *value);
void *(eddy_local_get)(const eddy_local *key);
int (eddy_interval_begin)(eddy_interval *i, eddy_time period, eddy_missed policy);
int (eddy_interval_next)(eddy_interval *i);

/* running */
int (eddy_main)(int argc, char **argv);
int (eddy_run)(eddy_fn fn, void *arg);
int (eddy_start)(eddy_fn fn, void *arg, void (*on_end)(int result, void *ctx), void *ctx);
int (eddy_runner_open)(eddy_runner *r);
int (eddy_runner_run)(eddy_runner *r, eddy_fn fn, void *arg);
int (eddy_runner_close)(eddy_runner *r);
int (eddy_interrupt)(void);
void (eddy_set_report)(void (*fn)(const eddy_report *report, void *ctx), void *ctx);
int (eddy_set_allocator)(void *(*reallocate)(void *ctx, void *block, size_t old_size, size_t
    new_size), void *ctx);

/* looking inside, and testing */
int (eddy_ps)(FILE *out);
int (eddy_tree)(FILE *out);
int (eddy_stacks)(FILE *out);
void (eddy_debug)(bool on);
int (eddy_trace_start)(size_t events);
int (eddy_trace_write)(FILE *out);
int (eddy_clock_virtual)(bool on);
int (eddy_clock_advance)(eddy_time by);
void (eddy_schedule_seed)(uint64_t seed);
int (eddy_idle)(void);

/* I/O */
int (eddy_read)(eddy_stream *s, void *buffer, size_t size);
int (eddy_read_exactly)(eddy_stream *s, void *buffer, size_t size);
int (eddy_read_until)(eddy_stream *s, const char *delimiter, size_t limit, char **out, size_t
    *length);
int (eddy_read_line)(eddy_stream *s, size_t limit, char **out, size_t *length);
int (eddy_write)(eddy_stream *s, const void *data, size_t size);
int (eddy_drain)(eddy_stream *s);
int (eddy_shut)(eddy_stream *s);
int (eddy_close)(eddy_stream *s);
eddy_stream *(eddy_stdin)(void);
int (eddy_fetch_with)(eddy_response **r, const eddy_fetch_options *options);
int (eddy_response_status)(const eddy_response *r);
const char *(eddy_response_header)(const eddy_response *r, const char *name);
const char *(eddy_response_url)(const eddy_response *r);
int (eddy_response_check)(eddy_response *r);
eddy_stream *(eddy_response_body)(eddy_response *r);
int (eddy_response_bytes)(eddy_response *r, size_t limit, void **data, size_t *size);
void (eddy_response_close)(eddy_response *r);
int (eddy_connect)(eddy_stream **s, const char *host, uint16_t port);
int (eddy_listen)(eddy_listener **l, const char *host, uint16_t port);
int (eddy_accept)(eddy_listener *l, eddy_stream **s);
int (eddy_resolve_host)(const char *host, char addresses[][46], size_t n);
int (eddy_file_open)(eddy_stream **s, const char *path, const char *mode);
int (eddy_file_read)(const char *path, size_t limit, void **data, size_t *size);
int (eddy_file_write)(const char *path, const void *data, size_t size);
int (eddy_offload)(eddy_fn fn, const void *arg, size_t arg_size, void *result, size_t result_size);

EDDY__END_C
