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

/* The others. The first few need no semicolon, either. */
#define ENTITIES(E)                                                                                \
    E(0x22, quot) E(0x22, QUOT) E(0x26, amp) E(0x26, AMP) E(0x3c, lt) E(0x3c, LT) E(0x3e, gt)      \
    E(0x3e, GT) E(0xa9, COPY) E(0xae, REG) E(0x27, apos) E(0x152, OElig) E(0x153, oelig)           \
    E(0x160, Scaron) E(0x161, scaron) E(0x178, Yuml) E(0x192, fnof) E(0x2c6, circ)                 \
    E(0x2dc, tilde) E(0x391, Alpha) E(0x392, Beta) E(0x393, Gamma) E(0x394, Delta)                 \
    E(0x395, Epsilon) E(0x396, Zeta) E(0x397, Eta) E(0x398, Theta) E(0x399, Iota)                  \
    E(0x39a, Kappa) E(0x39b, Lambda) E(0x39c, Mu) E(0x39d, Nu) E(0x39e, Xi) E(0x39f, Omicron)      \
    E(0x3a0, Pi) E(0x3a1, Rho) E(0x3a3, Sigma) E(0x3a4, Tau) E(0x3a5, Upsilon) E(0x3a6, Phi)       \
    E(0x3a7, Chi) E(0x3a8, Psi) E(0x3a9, Omega) E(0x3b1, alpha) E(0x3b2, beta) E(0x3b3, gamma)     \
    E(0x3b4, delta) E(0x3b5, epsilon) E(0x3b6, zeta) E(0x3b7, eta) E(0x3b8, theta)                 \
    E(0x3b9, iota) E(0x3ba, kappa) E(0x3bb, lambda) E(0x3bc, mu) E(0x3bd, nu) E(0x3be, xi)         \
    E(0x3bf, omicron) E(0x3c0, pi) E(0x3c1, rho) E(0x3c2, sigmaf) E(0x3c3, sigma) E(0x3c4, tau)    \
    E(0x3c5, upsilon) E(0x3c6, phi) E(0x3c7, chi) E(0x3c8, psi) E(0x3c9, omega)                    \
    E(0x3d1, thetasym) E(0x3d2, upsih) E(0x3d6, piv) E(0x2002, ensp) E(0x2003, emsp)               \
    E(0x2009, thinsp) E(0x200c, zwnj) E(0x200d, zwj) E(0x200e, lrm) E(0x200f, rlm)                 \
    E(0x2013, ndash) E(0x2014, mdash) E(0x2018, lsquo) E(0x2019, rsquo) E(0x201a, sbquo)           \
    E(0x201c, ldquo) E(0x201d, rdquo) E(0x201e, bdquo) E(0x2020, dagger) E(0x2021, Dagger)         \
    E(0x2022, bull) E(0x2026, hellip) E(0x2030, permil) E(0x2032, prime) E(0x2033, Prime)          \
    E(0x2039, lsaquo) E(0x203a, rsaquo) E(0x203e, oline) E(0x2044, frasl) E(0x20ac, euro)          \
    E(0x2111, image) E(0x2118, weierp) E(0x211c, real) E(0x2122, trade) E(0x2135, alefsym)         \
    E(0x2190, larr) E(0x2191, uarr) E(0x2192, rarr) E(0x2193, darr) E(0x2194, harr)                \
    E(0x21b5, crarr) E(0x21d0, lArr) E(0x21d1, uArr) E(0x21d2, rArr) E(0x21d3, dArr)               \
    E(0x21d4, hArr) E(0x2200, forall) E(0x2202, part) E(0x2203, exist) E(0x2205, empty)            \
    E(0x2207, nabla) E(0x2208, isin) E(0x2209, notin) E(0x220b, ni) E(0x220f, prod)                \
    E(0x2211, sum) E(0x2212, minus) E(0x2217, lowast) E(0x221a, radic) E(0x221d, prop)             \
    E(0x221e, infin) E(0x2220, ang) E(0x2227, and) E(0x2228, or) E(0x2229, cap) E(0x222a, cup)     \
    E(0x222b, int) E(0x2234, there4) E(0x223c, sim) E(0x2245, cong) E(0x2248, asymp)               \
    E(0x2260, ne) E(0x2261, equiv) E(0x2264, le) E(0x2265, ge) E(0x2282, sub) E(0x2283, sup)       \
    E(0x2284, nsub) E(0x2286, sube) E(0x2287, supe) E(0x2295, oplus) E(0x2297, otimes)             \
    E(0x22a5, perp) E(0x22c5, sdot) E(0x2308, lceil) E(0x2309, rceil) E(0x230a, lfloor)            \
    E(0x230b, rfloor) E(0x27e8, lang) E(0x27e9, rang) E(0x25ca, loz) E(0x2660, spades)             \
    E(0x2663, clubs) E(0x2665, hearts) E(0x2666, diams)

#define NAME(code, name) #name " "
#define CODE(code, name) code,
static const char names[] = ENTITIES(NAME);
static const unsigned short codes[] = {ENTITIES(CODE)};

#define WITHOUT_SEMICOLON 10

/* Which one of `list` it is, -1 for none; each is followed by a space. */
static int place_in(const char *list, const char *name, size_t length) {
    int place = 0;
    for (; *list; list = strchr(list, ' ') + 1, place++) {
        if (strncmp(list, name, length) == 0 && list[length] == ' ') return place;
    }
    return -1;
}

/* The character of that name, kGumboNoChar if there is none. */
static int find_name(const char *name, size_t length, bool semicolon) {
    int place = place_in(names, name, length);
    if (place >= 0 && (semicolon || place < WITHOUT_SEMICOLON)) return codes[place];
    place = place_in(latin1, name, length);
    return place >= 0 ? FIRST_LATIN1 + place : kGumboNoChar;
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
