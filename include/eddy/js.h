/* eddy/js.h: C functions that JavaScript calls, and JavaScript that C calls. For programs on the web
 * host; elsewhere an exported function is a plain function, and JavaScript is EDDY_ENOSYS. For C:
 * the macros need _Generic.
 *
 *     EDDY_EXPORT(int, scale, (eddy_bytes pixels, int width)) { … }      await app.scale(bytes, 200)
 *
 *     EDDY_ASYNC_JS(double, price_of, (const char *symbol), {
 *         const response = await fetch('/price/' + symbol, { signal });
 *         return (await response.json()).price;
 *     })
 *     …
 *     double price;
 *     int rc = price_of(&price, "EDDY");
 *
 * Types that cross (C on the left, JavaScript on the right):
 *
 *     int                       number; as a result < 0 is an error
 *     unsigned, long, float …   number; checked to fit
 *     int64_t, uint64_t         BigInt
 *     bool                      boolean
 *     const char *              string; an argument lives as long as the call; a result is copied
 *     char *                    string; only as a result, owned: by malloc, freed by who receives it
 *     eddy_bytes                Uint8Array; as const char *
 *     eddy_buffer               Uint8Array; as char *
 *     eddy_handle               an object of C's, opaque to JavaScript
 *     eddy_js                   any value of JavaScript's, opaque to C
 *     eddy_numbers, eddy_texts, eddy_chunks
 *                               values that JavaScript streams to C: an async iterable, an iterable
 *                               or a ReadableStream; an argument of an export or a result of
 *                               JavaScript's
 *     eddy_future *             only as an argument of JavaScript: { resolve(int), reject(error) }
 */
#ifndef EDDY_JS_H
#define EDDY_JS_H

#include "channel.h"
#include "task.h"

/* Bytes that belong to somebody else. An argument has a zero byte behind its last. */
typedef struct eddy_bytes {
    const void *data; /* the first */
    size_t size;      /* how many */
} eddy_bytes;

/* Bytes from malloc that belong to who has got them. */
typedef struct eddy_buffer {
    void *data;  /* the first */
    size_t size; /* how many */
} eddy_buffer;

/* A number that stands for an object of C's while JavaScript holds it. It never dangles. */
typedef struct eddy_handle {
    uint64_t id; /* 0: none */
} eddy_handle;

/* A number that stands for a value of JavaScript's while C holds it. */
typedef struct eddy_js {
    uint32_t id; /* 0: undefined */
} eddy_js;

/* Numbers, strings, pieces of bytes that JavaScript streams to C, which asks for one after the other:
 * nothing is produced ahead. As an argument of an export it ends with the call; what a function of
 * JavaScript has returned is C's, for close. */
typedef struct eddy_numbers {
    uint32_t id; /* 0: none */
} eddy_numbers;
typedef struct eddy_texts {
    uint32_t id; /* 0: none */
} eddy_texts;
typedef struct eddy_chunks {
    uint32_t id; /* 0: none */
} eddy_chunks;

EDDY__BEGIN_C

/* Ends the exported call in which this task runs with an error, whatever its function returns: for
 * results that cannot say it themselves. `format` may be NULL. Returns `code`.
 *     return eddy_throw(EDDY_EINVAL, "nothing to average"), 0.0;
 * Outside of an exported call it is eddy_fail. Never blocks. */
int eddy_throw(int code, const char *format, ...) EDDY__PRINTF(2, 3);

/* A handle for `object`, to be returned to JavaScript. `type` says what it is and is a static string.
 * When it is closed (by close() or garbage collection there, by eddy_handle_close here)
 * `free_object(object)` is called, but not before the calls that got it as an argument have ended.
 * Without memory the id is 0 and `free_object` has been called. Never blocks. */
eddy_handle eddy_handle_new(const char *type, void *object, void (*free_object)(void *));

/* The object, or NULL if the handle is closed or of another type. */
void *eddy_handle_get(eddy_handle handle, const char *type);

/* Closes a handle; a second time it does nothing. */
void eddy_handle_close(eddy_handle handle);

/* Another number for the same value, for eddy_js_release. An argument of an exported call lives as
 * long as the call: who keeps it longer keeps a number of his own. */
eddy_js eddy_js_retain(eddy_js value);

/* Lets go of a value of JavaScript's. 0 is ignored. */
void eddy_js_release(eddy_js value);

/* Waits for a promise that C holds; any other value is its own result. [blocks]
 * Returns 0 and the resolved value, for eddy_js_release, in *result (NULL: it is dropped);
 * EDDY_EHOST with the text of the rejection; EDDY_ECANCELED: the promise goes on, unwatched;
 * EDDY_ENOSYS where there is no JavaScript. */
int eddy_js_promise(eddy_js *result, eddy_js promise) EDDY__BLOCKS;

/* Waits for the next value. [blocks] Returns 1 and the value in *item (a string or bytes from malloc,
 * the caller's); 0: the end; EDDY_EHOST with the text of what the other side threw, or if a value is
 * of another type, and then 0; EDDY_ECANCELED: the value is there for the next call; EDDY_ENOMEM (the
 * same); EDDY_EINVAL; EDDY_ENOSYS where there is no JavaScript. Follows `for await`. */
int eddy_numbers_next(eddy_numbers source, double *item) EDDY__BLOCKS;
int eddy_texts_next(eddy_texts source, char **item) EDDY__BLOCKS;
int eddy_chunks_next(eddy_chunks source, eddy_buffer *item) EDDY__BLOCKS;

/* Sends all that is left into a channel of double, char * or eddy_buffer, waiting while it is full.
 * The sender stays the caller's. [blocks] Returns 0 at the end; EDDY_ECLOSED if nobody receives any
 * more; the other errors of next and of eddy_send: what had been taken is freed then. */
int eddy_numbers_pipe(eddy_numbers source, eddy_sender *tx) EDDY__BLOCKS;
int eddy_texts_pipe(eddy_texts source, eddy_sender *tx) EDDY__BLOCKS;
int eddy_chunks_pipe(eddy_chunks source, eddy_sender *tx) EDDY__BLOCKS;

/* Ends it before its end, so that a generator of JavaScript's cleans up, and lets go of it. 0 is
 * ignored. Never blocks. */
void eddy_numbers_close(eddy_numbers source);
void eddy_texts_close(eddy_texts source);
void eddy_chunks_close(eddy_chunks source);

/* An end of a channel of double, char * (from malloc) or eddy_buffer items for JavaScript to hold, which
 * it belongs to from now on: a value for eddy_js_release, to be returned to JavaScript or handed to it.
 * A sender has `await sender.send(value)`, which waits for room as eddy_send does, and `close()`; a
 * receiver is an async iterator, which takes an item when it is asked for one: leaving its loop, or
 * `close()`, closes it. Either is closed, too, when JavaScript has forgotten it. Never blocks. The id
 * is 0, and the end closed, without memory, if items have another size, or without JavaScript. */
eddy_js eddy_numbers_sender(eddy_sender *tx);
eddy_js eddy_texts_sender(eddy_sender *tx);
eddy_js eddy_chunks_sender(eddy_sender *tx);
eddy_js eddy_numbers_receiver(eddy_receiver *rx);
eddy_js eddy_texts_receiver(eddy_receiver *rx);
eddy_js eddy_chunks_receiver(eddy_receiver *rx);

/* Waits until the page is about to paint. [blocks] Returns 0 and the frame's time in *milliseconds
 * (may be NULL), of performance.now()'s clock; EDDY_ECANCELED; EDDY_ENOSYS where there are no frames.
 * Follows requestAnimationFrame. */
int eddy_animation_frame(double *milliseconds) EDDY__BLOCKS;

/* ---- behind the macros ------------------------------------------------------------------------ */

/* One argument or result on its way. */
typedef union eddy__slot {
    int i;
    unsigned u;
    long long wide;
    unsigned long long uwide;
    float single;
    double number;
    bool truth;
    const char *text;
    char *own_text;
    eddy_bytes bytes;
    eddy_buffer buffer;
    eddy_handle handle;
    eddy_js js;
    eddy_numbers numbers;
    eddy_texts texts;
    eddy_chunks chunks;
    eddy_future *future;
} eddy__slot;

#define EDDY__MOST_ARGUMENTS 8

/* What crosses, as the other side of the door reads it: letters are types. */
typedef struct eddy__signature {
    const char *name, *result, *parameters; /* as they stand in the program */
    const char *site;
    void (*invoke)(eddy__slot *result, const eddy__slot *arguments); /* of an export that generates */
    int (*run)(void *call); /* of an export: the body of its task */
    char letters[EDDY__MOST_ARGUMENTS + 2]; /* types: the result's, then the arguments' */
    char kind;      /* 'c' an export that is called, 'g' one that generates; 'a' JavaScript that is
                       async, 's' that is not */
    bool is_status; /* of a function of JavaScript: what it resolves to is returned itself */
} eddy__signature;

/* What the runtime keeps in the caller's frame while JavaScript is waited for. */
#define EDDY__ROOM 5

/* The first slot is the result's, the others are the arguments'. */
int eddy__js_call(const eddy__signature *function, eddy__slot *slots, eddy__slot *room) EDDY__BLOCKS;
int eddy__js_run(const eddy__signature *function, eddy__slot *slots);
const eddy__slot *eddy__call_arguments(void *call);
int eddy__call_returned(void *call, const eddy__slot *result);
int eddy__export_generate(void *call);

EDDY__END_C

#ifndef __cplusplus

#if __SIZEOF_LONG__ == 4
#define EDDY__LONG(X) X('l', long, long, i) X('u', unsigned long, unsigned_long, u)
#else
#define EDDY__LONG(X) X('q', long, long, wide) X('Q', unsigned long, unsigned_long, uwide)
#endif

/* X(letter, type, the type as a name, its place in a slot) */
#define EDDY__JS_TYPES(X)                                                                          \
    X('i', int, int, i)                                                                            \
    X('u', unsigned, unsigned, u)                                                                  \
    EDDY__LONG(X)                                                                                  \
    X('q', long long, long_long, wide)                                                             \
    X('Q', unsigned long long, unsigned_long_long, uwide)                                          \
    X('f', float, float, single)                                                                   \
    X('d', double, double, number)                                                                 \
    X('b', bool, bool, truth)                                                                      \
    X('s', const char *, text, text)                                                               \
    X('S', char *, own_text, own_text)                                                             \
    X('a', eddy_bytes, bytes, bytes)                                                               \
    X('A', eddy_buffer, buffer, buffer)                                                            \
    X('h', eddy_handle, handle, handle)                                                            \
    X('j', eddy_js, js, js)                                                                        \
    X('n', eddy_numbers, numbers, numbers)                                                         \
    X('t', eddy_texts, texts, texts)                                                               \
    X('c', eddy_chunks, chunks, chunks)                                                            \
    X('F', eddy_future *, future, future)

#define EDDY__JS_TYPE(letter, type, name, place)                                                   \
    enum { eddy__letter_##name = letter };                                                         \
    static inline type eddy__take_##name(const eddy__slot *slot) {                                 \
        return slot->place;                                                                        \
    }                                                                                              \
    static inline void eddy__give_##name(eddy__slot *slot, type value) {                           \
        slot->place = value;                                                                       \
    }
EDDY__JS_TYPES(EDDY__JS_TYPE)
#undef EDDY__JS_TYPE

/* A declaration as it is written, "const char *name", chooses by the type of a function that has it
 * for a parameter. */
#define EDDY__BY_TYPE(declaration, prefix)                                                         \
    _Generic((void (*)(declaration))0,                                                             \
        void (*)(int): prefix##int,                                                                \
        void (*)(unsigned): prefix##unsigned,                                                      \
        void (*)(long): prefix##long,                                                              \
        void (*)(unsigned long): prefix##unsigned_long,                                            \
        void (*)(long long): prefix##long_long,                                                    \
        void (*)(unsigned long long): prefix##unsigned_long_long,                                  \
        void (*)(float): prefix##float,                                                            \
        void (*)(double): prefix##double,                                                          \
        void (*)(_Bool): prefix##bool,                                                             \
        void (*)(const char *): prefix##text,                                                      \
        void (*)(char *): prefix##own_text,                                                        \
        void (*)(eddy_bytes): prefix##bytes,                                                       \
        void (*)(eddy_buffer): prefix##buffer,                                                     \
        void (*)(eddy_handle): prefix##handle,                                                     \
        void (*)(eddy_js): prefix##js,                                                             \
        void (*)(eddy_numbers): prefix##numbers,                                                   \
        void (*)(eddy_texts): prefix##texts,                                                       \
        void (*)(eddy_chunks): prefix##chunks,                                                     \
        void (*)(eddy_future *): prefix##future)

/* What is made of each declaration in a list. */
#define EDDY__LETTER(i, declaration) EDDY__BY_TYPE(declaration, eddy__letter_)
#define EDDY__TAKE(i, declaration) EDDY__BY_TYPE(declaration, eddy__take_)(arguments + (i))
#define EDDY__PARAMETER(i, declaration)                                                            \
    __typeof__(EDDY__BY_TYPE(declaration, eddy__take_)(0)) eddy__p##i
#define EDDY__GIVE(i, declaration) EDDY__BY_TYPE(declaration, eddy__give_)(arguments + (i), eddy__p##i)

/* EDDY__MAP(M, a, b) is M(0, a), M(1, b), for up to eight; EDDY__MAP(M, void) is nothing. */
#define EDDY__MAP(M, ...) EDDY__JOIN(EDDY__MAP_, EDDY__ARITY(__VA_ARGS__))(M, __VA_ARGS__)
#define EDDY__MAP_0(M, a)
#define EDDY__MAP_1(M, a) M(0, a)
#define EDDY__MAP_2(M, a, b) EDDY__MAP_1(M, a), M(1, b)
#define EDDY__MAP_3(M, a, b, c) EDDY__MAP_2(M, a, b), M(2, c)
#define EDDY__MAP_4(M, a, b, c, d) EDDY__MAP_3(M, a, b, c), M(3, d)
#define EDDY__MAP_5(M, a, b, c, d, e) EDDY__MAP_4(M, a, b, c, d), M(4, e)
#define EDDY__MAP_6(M, a, b, c, d, e, f) EDDY__MAP_5(M, a, b, c, d, e), M(5, f)
#define EDDY__MAP_7(M, a, b, c, d, e, f, g) EDDY__MAP_6(M, a, b, c, d, e, f), M(6, g)
#define EDDY__MAP_8(M, a, b, c, d, e, f, g, h) EDDY__MAP_7(M, a, b, c, d, e, f, g), M(7, h)
#define EDDY__ARITY(...) EDDY__JOIN(EDDY__ARITY_, EDDY__IS_VOID(__VA_ARGS__, _))(__VA_ARGS__)
#define EDDY__ARITY_1(...) 0
#define EDDY__ARITY_0(...) EDDY__COUNT(__VA_ARGS__, 8, 7, 6, 5, 4, 3, 2, 1, _)
#define EDDY__COUNT(a, b, c, d, e, f, g, h, n, ...) n
#define EDDY__STRIP(...) __VA_ARGS__
#define EDDY__JOIN(a, b) EDDY__JOIN2(a, b)
#define EDDY__JOIN2(a, b) a##b
/* 1 if the first token is the one asked for: only then the name below it is a macro with a comma. */
#define EDDY__IS_VOID(first, ...) EDDY__SECOND(EDDY__IF_VOID_##first, 0, _)
#define EDDY__IS_STATUS(first) EDDY__SECOND(EDDY__IF_STATUS_##first, 0, _)
#define EDDY__SECOND(...) EDDY__SECOND2(__VA_ARGS__)
#define EDDY__SECOND2(a, b, ...) b
#define EDDY__IF_VOID_void _, 1
#define EDDY__IF_STATUS_void _, 1
#define EDDY__IF_STATUS_int _, 1

#define EDDY__LETTERS(result, parameters)                                                          \
    {                                                                                              \
        EDDY__JOIN(EDDY__RESULT_LETTER_, EDDY__IS_VOID(result, _))(result),                        \
            EDDY__MAP(EDDY__LETTER, EDDY__STRIP parameters)                                        \
    }
#define EDDY__RESULT_LETTER_0(result) EDDY__LETTER(_, result)
#define EDDY__RESULT_LETTER_1(result) 'v'

#define EDDY__JS_SITE (__FILE__ ":" EDDY__TEXT(__LINE__))

/* ---- JavaScript calls C ------------------------------------------------------------------------ */

/* EDDY_EXPORT(result, name, (parameters)) { body }: a function that JavaScript calls as
 * `await app.name(…)`, with at most eight parameters; without any they are (void). Each call is a
 * task named after it, which may block; any number run at a time, also while main does.
 * A negative `int` result, or eddy_throw, rejects the promise with an EddyError. */
#ifdef __EMSCRIPTEN__
#define EDDY_EXPORT(result, name, parameters)                                                      \
    result name parameters;                                                                        \
    static void eddy__invoke_##name(eddy__slot *slot, const eddy__slot *arguments) {               \
        (void)slot;                                                                                \
        (void)arguments;                                                                           \
        EDDY__JOIN(EDDY__RETURN_, EDDY__IS_VOID(result, _))                                        \
        (result, name(EDDY__MAP(EDDY__TAKE, EDDY__STRIP parameters)));                             \
    }                                                                                              \
    static int eddy__run_##name(void *eddy__call) {                                                \
        eddy__slot eddy__result = {0};                                                             \
        eddy__invoke_##name(&eddy__result, eddy__call_arguments(eddy__call));                      \
        return eddy__call_returned(eddy__call, &eddy__result);                                     \
    }                                                                                              \
    static const eddy__signature eddy__exported_##name                                             \
        __attribute__((used, section("eddy_exports"))) = {                                         \
            #name, #result, #parameters, EDDY__JS_SITE, NULL, eddy__run_##name,                    \
            EDDY__LETTERS(result, parameters), 'c', false};                                        \
    result name parameters
#else
#define EDDY_EXPORT(result, name, parameters)                                                      \
    result name parameters;                                                                        \
    result name parameters
#endif

/* EDDY_EXPORT_GENERATOR(item, name, (parameters)) { body }: a generator that JavaScript iterates as
 * `for await (const x of app.name(…))`: an `int name(parameters)` that hands out items of the type
 * `item` by eddy_emit and returns 0 at its end, or an error, which the loop throws. It begins with the
 * first item asked for and gets on only as far as is asked. When JavaScript leaves the loop, eddy_emit
 * returns EDDY_ECLOSED. A string or bytes handed out must live until eddy_emit returns; `char *` and
 * eddy_buffer are freed by then. Each iteration is a task named after the function. */
#ifdef __EMSCRIPTEN__
#define EDDY_EXPORT_GENERATOR(item, name, parameters)                                              \
    int name parameters;                                                                           \
    static void eddy__invoke_##name(eddy__slot *slot, const eddy__slot *arguments) {               \
        (void)arguments;                                                                           \
        slot->i = name(EDDY__MAP(EDDY__TAKE, EDDY__STRIP parameters));                             \
    }                                                                                              \
    static const eddy__signature eddy__exported_##name                                             \
        __attribute__((used, section("eddy_exports"))) = {                                         \
            #name, #item, #parameters, EDDY__JS_SITE, eddy__invoke_##name, eddy__export_generate,  \
            EDDY__LETTERS(item, parameters), 'g', false};                                          \
    int name parameters
#else
#define EDDY_EXPORT_GENERATOR(item, name, parameters)                                              \
    int name parameters;                                                                           \
    int name parameters
#endif
#define EDDY__RETURN_0(result, call) EDDY__BY_TYPE(result, eddy__give_)(slot, call)
#define EDDY__RETURN_1(result, call) call

/* ---- C calls JavaScript ------------------------------------------------------------------------ */

/* EDDY_ASYNC_JS(result, name, (parameters), { body }): a C function whose body is that of an `async`
 * JavaScript function. It blocks its task until the promise is settled; any number are under way at
 * a time. A `result` of int or void gives `int name(parameters)`: what it resolved to (>= 0) or 0;
 * any other `int name(result *out, parameters)`: 0 and the value in *out. A rejection or a throw is
 * EDDY_EHOST with the exception's text. The body sees `signal`, an AbortSignal: cancelling the task
 * aborts it and the call returns EDDY_ECANCELED at once; what the body still does is ignored.
 * The text is made into the program's JavaScript when it is linked and never evaluated. The C
 * preprocessor reads it first: end statements with semicolons; no regular expressions with lone
 * quotes. */
#define EDDY_ASYNC_JS(result, name, parameters, ...)                                               \
    EDDY__JS_BODY(#name, #parameters, "async", #__VA_ARGS__)                                                             \
    EDDY__JS_FUNCTION(result, name, parameters, 'a', EDDY__JS_WAIT, EDDY__BLOCKS, #name, #result, \
                      #parameters)

/* EDDY_JS(result, name, (parameters), { body }): the same without `async`: returns at once, blocks
 * nothing, may be called outside of a task. */
#define EDDY_JS(result, name, parameters, ...)                                                     \
    EDDY__JS_BODY(#name, #parameters, "", #__VA_ARGS__)                                                             \
    EDDY__JS_FUNCTION(result, name, parameters, 's', EDDY__JS_RUN, , #name, #result, #parameters)

/* A string made a string once more is quoted as the assembler wants it. */
#ifdef __EMSCRIPTEN__
#define EDDY__JS_BODY(name, parameters, kind, text)                                                \
    __asm__(".section .custom_section.eddy_js,\"\",@\n"                                           \
            ".ascii " #name "\n.byte 0\n.ascii " #parameters "\n.byte 0\n"                         \
            ".ascii " #kind "\n.byte 0\n.ascii " #text "\n.byte 0\n"                               \
            ".section .text.eddy_js,\"\",@\n");
#else
#define EDDY__JS_BODY(name, parameters, kind, text)
#endif

#define EDDY__JS_FUNCTION(result, name, parameters, kind, call, attribute, name_text,             \
                          result_text, parameters_text)                                            \
    EDDY__JS_SHAPE(EDDY__JS_DECLARE_, result, name, parameters) attribute;                         \
    EDDY__JS_SHAPE(EDDY__JS_HEAD_, result, name, parameters) {                                     \
        static const eddy__signature signature = {                                                 \
            name_text, result_text, parameters_text, EDDY__JS_SITE, NULL, NULL,                    \
            EDDY__LETTERS(result, parameters), kind, EDDY__IS_STATUS(result)};                    \
        eddy__slot slots[1 + EDDY__ARITY(EDDY__STRIP parameters)] = {{0}};                          \
        eddy__slot *const arguments = slots + 1;                                                   \
        (void)arguments;                                                                           \
        EDDY__MAP(EDDY__GIVE, EDDY__STRIP parameters);                                             \
        EDDY__JOIN(call, _ROOM)                                                                    \
        int rc = call(&signature, slots);                                                          \
        EDDY__JOIN(EDDY__JS_RETURN_, EDDY__IS_STATUS(result))(result)                              \
    }
#define EDDY__JS_WAIT_ROOM eddy__slot room[EDDY__ROOM];
#define EDDY__JS_WAIT(function, slots) eddy__js_call(function, slots, room)
#define EDDY__JS_RUN_ROOM
#define EDDY__JS_RUN(function, slots) eddy__js_run(function, slots)
#define EDDY__JS_RETURN_1(result) return rc < 0 ? rc : slots->i;
#define EDDY__JS_RETURN_0(result)                                                                  \
    if (rc < 0) return rc;                                                                         \
    *eddy__out = EDDY__BY_TYPE(result, eddy__take_)(slots);                                        \
    return 0;

/* Four shapes: the result is returned itself or not, there are no parameters or some. */
#define EDDY__JS_SHAPE(what, result, name, parameters)                                             \
    EDDY__JOIN(EDDY__JOIN(what, EDDY__IS_STATUS(result)),                                          \
               EDDY__HAS_NONE(EDDY__STRIP parameters))                                             \
    (result, name, parameters)
#define EDDY__HAS_NONE(...) EDDY__IS_VOID(__VA_ARGS__, _)
#define EDDY__JS_DECLARE_11(result, name, parameters) int name(void)
#define EDDY__JS_DECLARE_10(result, name, parameters) int name parameters
#define EDDY__JS_DECLARE_01(result, name, parameters) int name(result *out)
#define EDDY__JS_DECLARE_00(result, name, parameters) int name(result *out, EDDY__STRIP parameters)
#define EDDY__JS_HEAD_11(result, name, parameters) int name(void)
#define EDDY__JS_HEAD_10(result, name, parameters)                                                 \
    int name(EDDY__MAP(EDDY__PARAMETER, EDDY__STRIP parameters))
#define EDDY__JS_HEAD_01(result, name, parameters) int name(result *eddy__out)
#define EDDY__JS_HEAD_00(result, name, parameters)                                                 \
    int name(result *eddy__out, EDDY__MAP(EDDY__PARAMETER, EDDY__STRIP parameters))

#endif

#endif
