/* error.c: names and texts of error codes, from the one list in eddy/error.h. */
#include "internal.h"

const char *eddy_strerror(int code) {
    if (code >= 0) return "success";
    if (code <= EDDY_EUSER) return "application error";
    switch (code) {
#define TEXT(name, value, text)                                                                    \
    case value:                                                                                    \
        return text;
        EDDY_ERRORS(TEXT)
#undef TEXT
    }
    return "unknown error";
}

const char *eddy_errname(int code) {
    if (code >= 0) return "EDDY_OK";
    if (code <= EDDY_EUSER) return "EDDY_EUSER";
    switch (code) {
#define NAME(name, value, text)                                                                    \
    case value:                                                                                    \
        return "EDDY_" #name;
        EDDY_ERRORS(NAME)
#undef NAME
    }
    return "EDDY_E?";
}
