/* gumbo_error.c: in place of gumbo's error.c: what is wrong with a page, nobody here asks for. Where the
 * tokenizer finds an error that cannot be noted, it goes on. */
#include <gumbo.h>

/* gumbo's inner headers; they want gumbo.h first */
#include <error.h>

GumboError *gumbo_add_error(struct GumboInternalParser *parser) {
    (void)parser;
    return NULL;
}
