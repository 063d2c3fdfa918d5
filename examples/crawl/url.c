/* url.c: uriparser does RFC 3986; this file adds what browsers forgive. */
#include "url.h"

#include <ctype.h>
#include <strings.h>
#include <uriparser/Uri.h>

#include "memory.h"

/* No server takes longer addresses than this, and uriparser may recurse for each character. */
#define LONGEST_URL 8000

static bool is_hex_pair(const char *text) {
    return isxdigit((unsigned char)text[0]) && isxdigit((unsigned char)text[1]);
}

/* The length of "scheme:" at the start of `text`, 0 if there is none. */
static size_t scheme_length(const char *text) {
    if (!isalpha((unsigned char)text[0])) return 0;
    size_t n = 1;
    while (isalnum((unsigned char)text[n]) || text[n] == '+' || text[n] == '-' || text[n] == '.')
        n++;
    return text[n] == ':' ? n + 1 : 0;
}

static bool is_web(const char *text, size_t scheme) {
    return (scheme == 5 && strncasecmp(text, "http:", 5) == 0) ||
           (scheme == 6 && strncasecmp(text, "https:", 6) == 0);
}

/* The reference as RFC 3986 wants it: no fragment, no space around it, no line breaks in it,
 * slashes that are slashes, and everything that must not stand there percent-escaped. Brackets are
 * left alone where an IPv6 host may stand. */
static char *tidy(const char *reference) {
    static const char allowed[] = "-._~:/?@!$&'()*+,;=%";
    while (*reference && (unsigned char)*reference <= ' ') reference++;
    size_t length = strcspn(reference, "#");
    if (reference[length] == '\0')
        while (length > 0 && (unsigned char)reference[length - 1] <= ' ') length--;

    char *out = must(malloc(3 * length + 1));
    char *end = out;
    bool in_query = false, in_host = false;
    size_t slashes = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)reference[i];
        if (c == '\t' || c == '\n' || c == '\r') continue;
        if (c == '?') in_query = true;
        if (c == '\\' && !in_query) c = '/';
        if (c == '/' && !in_query) {
            slashes++;
            in_host = slashes == 2 && end > out && end[-1] == '/';
        } else if (in_query) {
            in_host = false;
        }
        bool bracket = in_host && (c == '[' || c == ']');
        bool stray_percent = c == '%' && (i + 2 >= length || !is_hex_pair(reference + i + 1));
        if (isalnum(c) || bracket || (c < 0x80 && strchr(allowed, c) && !stray_percent)) {
            *end++ = (char)c;
        } else {
            end += sprintf(end, "%%%02X", c);
        }
    }
    *end = '\0';
    return out;
}

static void drop_range(UriTextRangeA *range) {
    range->first = range->afterLast = NULL;
}

/* http://host:80/ is http://host/, and so for an empty port. */
static void drop_default_port(UriUriA *uri) {
    UriTextRangeA *port = &uri->portText;
    if (!port->first) return;
    size_t length = (size_t)(port->afterLast - port->first);
    bool secure = uri->scheme.afterLast - uri->scheme.first == 5;
    const char *usual = secure ? "443" : "80";
    bool is_usual = length == strlen(usual) && memcmp(port->first, usual, length) == 0;
    if (length == 0 || is_usual) drop_range(port);
}

static char *spell(const UriUriA *uri) {
    int length = 0;
    if (uriToStringCharsRequiredA(uri, &length) != URI_SUCCESS) return NULL;
    char *text = must(malloc((size_t)length + 2));
    if (uriToStringA(text, uri, length + 1, NULL) != URI_SUCCESS) {
        free(text);
        return NULL;
    }
    /* "http://host" and "http://host?q" mean the path "/" */
    char *path = (char *)url_path(text);
    if (*path != '/') {
        memmove(path + 1, path, strlen(path) + 1);
        *path = '/';
    }
    return text;
}

/* `uri` is absolute. Gives its one spelling, NULL if it is no web address with a host. */
static char *canonical(UriUriA *uri) {
    if (!uri->scheme.first || !uri->hostText.first ||
        uri->hostText.first == uri->hostText.afterLast) {
        return NULL;
    }
    drop_range(&uri->fragment);
    drop_default_port(uri);
    if (uriNormalizeSyntaxA(uri) != URI_SUCCESS) return NULL;
    return spell(uri);
}

url_kind url_resolve(const char *base, const char *reference, char **out) {
    *out = NULL;
    char *text = tidy(reference);
    size_t scheme = scheme_length(text);
    if (scheme && !is_web(text, scheme)) {
        free(text);
        return URL_ELSEWHERE;
    }

    UriUriA relative, origin, absolute;
    if (strlen(text) > LONGEST_URL || uriParseSingleUriA(&relative, text, NULL) != URI_SUCCESS) {
        free(text);
        return URL_MALFORMED;
    }
    if (scheme) {
        *out = canonical(&relative);
    } else if (base && uriParseSingleUriA(&origin, base, NULL) == URI_SUCCESS) {
        if (uriAddBaseUriA(&absolute, &relative, &origin) == URI_SUCCESS) {
            *out = canonical(&absolute);
            uriFreeUriMembersA(&absolute);
        }
        uriFreeUriMembersA(&origin);
    }
    uriFreeUriMembersA(&relative);
    free(text);
    return *out ? URL_WEB : URL_MALFORMED;
}

const char *url_path(const char *url) {
    const char *host = url + scheme_length(url);
    if (strncmp(host, "//", 2) == 0) host += 2;
    return host + strcspn(host, "/?#");
}

bool url_same_origin(const char *a, const char *b) {
    size_t length = (size_t)(url_path(a) - a);
    return length == (size_t)(url_path(b) - b) && memcmp(a, b, length) == 0;
}
