/* char_ref.c: character references in place of gumbo's file of this name.
 *
 * Gumbo knows all 2,231 names of HTML 5 by a state machine that is larger than everything else in the
 * crawler together, four times over. Here are those of HTML 4; the others stay text. */
#include <gumbo.h>
#include <string.h>

#include "page.h"

/* gumbo's inner headers; they want gumbo.h first */
#include <char_ref.h>
#include <utf8.h>

const int kGumboNoChar = -1;

/* U+00A0 to U+00FF, in their order; for historical reasons they need no semicolon. */
static const char latin1[] =
    "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg "
    "plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest"
    " Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute"
    " Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc "
    "Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute "
    "ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide "
    "oslash ugrave uacute ucirc uuml yacute thorn yuml ";

#define FIRST_LATIN1 0xa0
#define LONGEST_NAME 8

typedef struct entity {
    unsigned short code;
    char name[9];
} entity;

/* The first few need no semicolon, either. */
static const entity entities[] = {
    {0x22, "quot"}, {0x22, "QUOT"}, {0x26, "amp"}, {0x26, "AMP"}, {0x3c, "lt"}, {0x3c, "LT"}, {0x3e, "gt"}, {0x3e, "GT"}, {0xa9, "COPY"}, {0xae, "REG"}, {0x27, "apos"}, {0x152, "OElig"},
    {0x153, "oelig"}, {0x160, "Scaron"}, {0x161, "scaron"}, {0x178, "Yuml"}, {0x192, "fnof"},
    {0x2c6, "circ"}, {0x2dc, "tilde"}, {0x391, "Alpha"}, {0x392, "Beta"}, {0x393, "Gamma"},
    {0x394, "Delta"}, {0x395, "Epsilon"}, {0x396, "Zeta"}, {0x397, "Eta"}, {0x398, "Theta"},
    {0x399, "Iota"}, {0x39a, "Kappa"}, {0x39b, "Lambda"}, {0x39c, "Mu"}, {0x39d, "Nu"},
    {0x39e, "Xi"}, {0x39f, "Omicron"}, {0x3a0, "Pi"}, {0x3a1, "Rho"}, {0x3a3, "Sigma"},
    {0x3a4, "Tau"}, {0x3a5, "Upsilon"}, {0x3a6, "Phi"}, {0x3a7, "Chi"}, {0x3a8, "Psi"},
    {0x3a9, "Omega"}, {0x3b1, "alpha"}, {0x3b2, "beta"}, {0x3b3, "gamma"}, {0x3b4, "delta"},
    {0x3b5, "epsilon"}, {0x3b6, "zeta"}, {0x3b7, "eta"}, {0x3b8, "theta"}, {0x3b9, "iota"},
    {0x3ba, "kappa"}, {0x3bb, "lambda"}, {0x3bc, "mu"}, {0x3bd, "nu"}, {0x3be, "xi"},
    {0x3bf, "omicron"}, {0x3c0, "pi"}, {0x3c1, "rho"}, {0x3c2, "sigmaf"}, {0x3c3, "sigma"},
    {0x3c4, "tau"}, {0x3c5, "upsilon"}, {0x3c6, "phi"}, {0x3c7, "chi"}, {0x3c8, "psi"},
    {0x3c9, "omega"}, {0x3d1, "thetasym"}, {0x3d2, "upsih"}, {0x3d6, "piv"}, {0x2002, "ensp"},
    {0x2003, "emsp"}, {0x2009, "thinsp"}, {0x200c, "zwnj"}, {0x200d, "zwj"}, {0x200e, "lrm"},
    {0x200f, "rlm"}, {0x2013, "ndash"}, {0x2014, "mdash"}, {0x2018, "lsquo"},
    {0x2019, "rsquo"}, {0x201a, "sbquo"}, {0x201c, "ldquo"}, {0x201d, "rdquo"},
    {0x201e, "bdquo"}, {0x2020, "dagger"}, {0x2021, "Dagger"}, {0x2022, "bull"},
    {0x2026, "hellip"}, {0x2030, "permil"}, {0x2032, "prime"}, {0x2033, "Prime"},
    {0x2039, "lsaquo"}, {0x203a, "rsaquo"}, {0x203e, "oline"}, {0x2044, "frasl"},
    {0x20ac, "euro"}, {0x2111, "image"}, {0x2118, "weierp"}, {0x211c, "real"},
    {0x2122, "trade"}, {0x2135, "alefsym"}, {0x2190, "larr"}, {0x2191, "uarr"},
    {0x2192, "rarr"}, {0x2193, "darr"}, {0x2194, "harr"}, {0x21b5, "crarr"}, {0x21d0, "lArr"},
    {0x21d1, "uArr"}, {0x21d2, "rArr"}, {0x21d3, "dArr"}, {0x21d4, "hArr"}, {0x2200, "forall"},
    {0x2202, "part"}, {0x2203, "exist"}, {0x2205, "empty"}, {0x2207, "nabla"},
    {0x2208, "isin"}, {0x2209, "notin"}, {0x220b, "ni"}, {0x220f, "prod"}, {0x2211, "sum"},
    {0x2212, "minus"}, {0x2217, "lowast"}, {0x221a, "radic"}, {0x221d, "prop"},
    {0x221e, "infin"}, {0x2220, "ang"}, {0x2227, "and"}, {0x2228, "or"}, {0x2229, "cap"},
    {0x222a, "cup"}, {0x222b, "int"}, {0x2234, "there4"}, {0x223c, "sim"}, {0x2245, "cong"},
    {0x2248, "asymp"}, {0x2260, "ne"}, {0x2261, "equiv"}, {0x2264, "le"}, {0x2265, "ge"},
    {0x2282, "sub"}, {0x2283, "sup"}, {0x2284, "nsub"}, {0x2286, "sube"}, {0x2287, "supe"},
    {0x2295, "oplus"}, {0x2297, "otimes"}, {0x22a5, "perp"}, {0x22c5, "sdot"},
    {0x2308, "lceil"}, {0x2309, "rceil"}, {0x230a, "lfloor"}, {0x230b, "rfloor"},
    {0x27e8, "lang"}, {0x27e9, "rang"}, {0x25ca, "loz"}, {0x2660, "spades"}, {0x2663, "clubs"},
    {0x2665, "hearts"}, {0x2666, "diams"},
};

#define WITHOUT_SEMICOLON 10

/* The character of that name, kGumboNoChar if there is none. */
static int find_name(const char *name, size_t length, bool semicolon) {
    size_t known = semicolon ? sizeof entities / sizeof *entities : WITHOUT_SEMICOLON;
    for (size_t i = 0; i < known; i++) {
        if (strlen(entities[i].name) == length && memcmp(entities[i].name, name, length) == 0)
            return entities[i].code;
    }
    int code = FIRST_LATIN1;
    for (const char *each = latin1; *each; each = strchr(each, ' ') + 1, code++) {
        if (strncmp(each, name, length) == 0 && each[length] == ' ') return code;
    }
    return kGumboNoChar;
}

static bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The reference that starts at `text`: its character, and where it ends. */
static int read_name(const char *text, const char *end, bool in_attribute, const char **after) {
    size_t most = (size_t)(end - text), length = 0;
    while (length < most && length < LONGEST_NAME && is_alphanumeric(text[length])) length++;
    if (length < most && text[length] == ';') {
        int c = find_name(text, length, true);
        *after = text + length + 1;
        if (c != kGumboNoChar) return c;
    }
    for (; length >= 2; length--) {
        int c = find_name(text, length, false);
        if (c == kGumboNoChar) continue;
        /* "?a=1&copy=2" in an attribute is an address, not a sign */
        bool goes_on = length < most && (text[length] == '=' || is_alphanumeric(text[length]));
        *after = text + length;
        return in_attribute && goes_on ? kGumboNoChar : c;
    }
    return kGumboNoChar;
}

static int digit(char c, bool hex) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return hex && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* `text` is what follows "&#". */
static int read_number(const char *text, const char *end, const char **after) {
    bool hex = text < end && (*text | 0x20) == 'x';
    if (hex) text++;
    if (text >= end || digit(*text, hex) < 0) return kGumboNoChar;
    unsigned code = 0;
    for (; text < end && digit(*text, hex) >= 0; text++) {
        if (code <= 0x10ffff) code = code * (hex ? 16 : 10) + (unsigned)digit(*text, hex);
    }
    *after = text < end && *text == ';' ? text + 1 : text;
    if (code == 0 || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return 0xfffd;
    return (int)page_windows1252(code);
}

/* Returns false for an error of the page's, which nobody here asks for: always true. */
bool consume_char_ref(struct GumboInternalParser *parser, struct GumboInternalUtf8Iterator *input,
                      int additional_allowed_char, bool is_in_attribute,
                      OneOrTwoCodepoints *output) {
    (void)parser;
    const char *text = utf8iterator_get_char_pointer(input) + 1;
    const char *end = utf8iterator_get_end_pointer(input);
    const char *after = text;
    output->first = output->second = kGumboNoChar;
    if (text >= end || *text == additional_allowed_char) return true;
    output->first = *text == '#' ? read_number(text + 1, end, &after)
                                 : read_name(text, end, is_in_attribute, &after);
    if (output->first == kGumboNoChar) return true;
    while (utf8iterator_get_char_pointer(input) < after) utf8iterator_next(input);
    return true;
}
