/* below.h: what is called below JavaScript: below.c and below-bind.cpp. */
#ifndef BELOW_H
#define BELOW_H

#ifdef __cplusplus
extern "C" {
#endif

/* Tries to wait, which must fail and harm nothing, then spawns and resolves, which must work. Returns what
 * the wait did. */
int tries(void);

/* Ways to get there by embind and exceptions; see below-bind.cpp. */
int through_embind(void);
int through_val(void);
int through_exception(void);

#ifdef __cplusplus
}
#endif
#endif
