/* p2-url.c: addresses of HTTP requests: relative ones resolved, dot segments removed, what may not
 * stand in a request escaped. Follows the URL standard, without its international host names. */
#include "p2-url.h"

#include "../src/core/internal.h"

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}
static bool is_letter(char c) {
    return lower(c) >= 'a' && lower(c) <= 'z';
}
static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
static bool is_slash(char c) {
    return c == '/' || c == '\\';
}

/* The length of the scheme with its colon, 0 if the reference is relative. */
static size_t scheme_length(const char *text, size_t length) {
    if (!length || !is_letter(text[0])) return 0;
    size_t i = 1;
    while (i < length && (is_letter(text[i]) || is_digit(text[i]) || strchr("+-.", text[i]))) i++;
    return i < length && text[i] == ':' ? i + 1 : 0;
}

static bool same_word(const char *text, size_t length, const char *word) {
    size_t i = 0;
    while (i < length && word[i] && lower(text[i]) == word[i]) i++;
    return i == length && !word[i];
}

static bool is_host(const char *text, size_t length) {
    if (!length) return false;
    if (text[0] == '[') {
        for (size_t i = 1; i + 1 < length; i++)
            if (!strchr("0123456789abcdefABCDEF:.", text[i])) return false;
        return length > 3 && text[length - 1] == ']';
    }
    for (size_t i = 0; i < length; i++)
        if (!is_letter(text[i]) && !is_digit(text[i]) && !strchr("-._~", text[i])) return false;
    return true;
}

/* Appends host and port, the latter unless it is the scheme's own. */
static bool put_authority(eddy__url *url, const char *text, size_t length) {
    size_t host = length;
    while (host && is_digit(text[host - 1])) host--;
    const char *port = text + host;
    size_t digits = length - host;
    if (host && text[host - 1] == ':')
        host--;
    else
        host = length, digits = 0;
    if (!is_host(text, host)) return false;
    for (; digits > 1 && *port == '0'; digits--) port++;
    unsigned long number = 0;
    for (size_t i = 0; i < digits; i++) {
        number = number * 10 + (unsigned long)(port[i] - '0');
        if (number > 65535) return false;
    }
    for (size_t i = 0; i < host; i++) url->text[url->length++] = lower(text[i]);
    if (!digits || number == (url->secure ? 443 : 80)) return true;
    url->text[url->length++] = ':';
    memcpy(url->text + url->length, port, digits);
    url->length += digits;
    return true;
}

static void put_escaped(eddy__url *url, char c, const char *specials) {
    static const char hex[] = "0123456789ABCDEF";
    unsigned char byte = (unsigned char)c;
    if (byte >= '\t' && byte <= '\r' && byte != '\v' && byte != '\f') return;
    if (byte > ' ' && byte < 0x7f && !strchr(specials, c)) {
        url->text[url->length++] = c;
        return;
    }
    url->text[url->length++] = '%';
    url->text[url->length++] = hex[byte >> 4];
    url->text[url->length++] = hex[byte & 15];
}

/* A segment has just been put at `from`, behind its slash. */
static void apply_dots(eddy__url *url, size_t from, bool last) {
    int dots = 0;
    for (size_t i = from; i < url->length; dots++) {
        const char *at = url->text + i;
        bool escaped = at[0] == '%' && i + 2 < url->length && at[1] == '2' && lower(at[2]) == 'e';
        if (at[0] != '.' && !escaped) return;
        i += escaped ? 3 : 1;
    }
    if (dots != 1 && dots != 2) return;
    url->length = from - 1; /* without the slash */
    if (dots == 2)
        while (url->length > url->path && url->text[--url->length] != '/') continue;
    if (last) url->text[url->length++] = '/';
}

static void put_path(eddy__url *url, const char *text, size_t length) {
    size_t i = 0;
    url->path = url->length;
    while (i < length && text[i] != '?') {
        if (is_slash(text[i])) i++;
        url->text[url->length++] = '/';
        size_t from = url->length;
        while (i < length && text[i] != '?' && !is_slash(text[i]))
            put_escaped(url, text[i++], "\"<>^`{}");
        apply_dots(url, from, i == length || text[i] == '?');
    }
    if (url->length == url->path) url->text[url->length++] = '/';
    if (i == length) return;
    url->text[url->length++] = '?';
    while (++i < length) put_escaped(url, text[i], "\"<>'");
}

/* `text` behind "http:" or "https:". */
static int parse_absolute(eddy__url *url, const char *text, size_t length) {
    if (length < 2 || !is_slash(text[0]) || !is_slash(text[1])) return EDDY_EINVAL;
    text += 2;
    length -= 2;
    size_t end = 0;
    while (end < length && text[end] != '?' && !is_slash(text[end])) end++;
    memcpy(url->text, url->secure ? "https://" : "http://", 8);
    url->authority = url->length = url->secure ? 8 : 7;
    if (!put_authority(url, text, end)) return EDDY_EINVAL;
    put_path(url, text + end, length - end);
    url->text[url->length] = 0;
    return 0;
}

/* How much of the base stands before a relative reference. */
static size_t kept_of(const eddy__url *base, const char *text, size_t length) {
    if (length && is_slash(text[0])) return length > 1 && is_slash(text[1]) ? 0 : base->path;
    const char *query = strchr(base->text + base->path, '?');
    size_t end = query ? (size_t)(query - base->text) : base->length;
    if (!length) return base->length;
    if (text[0] == '?') return end;
    while (base->text[end - 1] != '/') end--;
    return end;
}

/* Makes `text` absolute, behind the scheme; *whole is freed by the caller. */
static int resolve(const eddy__url *base, const char *text, size_t length, char **whole,
                   size_t *whole_length) {
    size_t kept = kept_of(base, text, length), skip = base->authority - 2;
    if (kept) kept -= skip;
    *whole_length = kept + length;
    *whole = eddy__alloc(*whole_length + 1);
    if (!*whole) return EDDY_ENOMEM;
    memcpy(*whole, base->text + skip, kept);
    memcpy(*whole + kept, text, length);
    return 0;
}

int eddy__url_parse(eddy__url *url, const eddy__url *base, const char *reference) {
    *url = (eddy__url){0};
    while (*reference && (unsigned char)*reference <= ' ') reference++;
    size_t length = strcspn(reference, "#");
    while (length && (unsigned char)reference[length - 1] <= ' ') length--;
    size_t scheme = scheme_length(reference, length), whole_length = length - scheme;
    char *whole = NULL;
    const char *rest = reference + scheme;
    if (scheme) {
        url->secure = same_word(reference, scheme, "https:");
        if (!url->secure && !same_word(reference, scheme, "http:")) return EDDY_EINVAL;
    } else if (!base) {
        return EDDY_EINVAL;
    } else {
        url->secure = base->secure;
        if (resolve(base, rest, length, &whole, &whole_length) < 0) return EDDY_ENOMEM;
        rest = whole;
    }
    url->room = whole_length * 3 + sizeof "https://:65535/";
    url->text = eddy__alloc(url->room);
    int rc = url->text ? parse_absolute(url, rest, whole_length) : EDDY_ENOMEM;
    eddy__free(whole, whole_length + 1);
    if (rc < 0) eddy__url_free(url);
    return rc;
}

void eddy__url_free(eddy__url *url) {
    eddy__free(url->text, url->room);
    *url = (eddy__url){0};
}

bool eddy__url_same_origin(const eddy__url *a, const eddy__url *b) {
    return a->path == b->path && memcmp(a->text, b->text, a->path) == 0;
}
