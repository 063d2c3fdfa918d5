/* semaphore.c: a count of permits. While somebody waits there is none. */
#include "../core/internal.h"

static const eddy__wait_kind waiting = {.verb = "waits for a permit", .abandon = eddy__leave_list};

EDDY__PRIMITIVE int eddy__sem_acquire(const char *site, eddy_sem *s) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    if (EDDY__UNLIKELY(!s)) return eddy__return_now(task, EDDY_EINVAL);
    if (EDDY__LIKELY(s->permits > 0)) {
        s->permits--;
        return eddy__return_now(task, 0);
    }
    return eddy__park_in(task, &waiting, s, &s->waiters, NULL);
}

int(eddy_sem_acquire)(eddy_sem *s) {
    return eddy__sem_acquire(NULL, s);
}

int eddy_sem_try(eddy_sem *s) {
    if (!s) return EDDY_EINVAL;
    if (s->permits == 0) return EDDY_EEMPTY;
    s->permits--;
    return 0;
}

int eddy_sem_release(eddy_sem *s) {
    if (EDDY__UNLIKELY(!s)) return EDDY_EINVAL;
    if (s->waiters.first) {
        eddy__hand_over(s->waiters.first, 0);
        return 0;
    }
    if (EDDY__UNLIKELY(s->permits + 1 == s->limit)) return EDDY_EINVAL;
    s->permits++;
    return 0;
}

bool eddy_sem_locked(const eddy_sem *s) {
    return s && s->permits == 0;
}
