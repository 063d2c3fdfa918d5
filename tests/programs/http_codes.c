/* http_codes: what each error-code of wasi:http, with and without what comes with it, is to a program:
 * one line each. A string that comes with it is freed. */
// build: hosts=wasip2
// build: cflags=-Iwasi
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "p2-http.h"

static eddy__http_string text_of(const char *text) {
    size_t length = strlen(text);
    char *own = malloc(length);
    if (own) memcpy(own, text, length);
    return (eddy__http_string){.present = own != NULL, .text = own, .length = length};
}

static void show_in(size_t room, eddy__http_error error) {
    char text[100];
    int code = eddy__http_explain(&error, text, room);
    printf("%d %s: %s\n", error.tag, eddy_errname(code), text);
}

static void show(eddy__http_error error) {
    show_in(100, error);
}

int main(void) {
    for (int tag = 0; tag < 41; tag++) show((eddy__http_error){.tag = (uint8_t)tag});
    static const int with_text[] = {1, 31, 32, 38}, with_field[] = {24, 27, 30};
    for (size_t i = 0; i < 4; i++)
        show((eddy__http_error){.tag = (uint8_t)with_text[i], .payload.string = text_of("so")});
    for (size_t i = 0; i < 3; i++)
        show((eddy__http_error){.tag = (uint8_t)with_field[i], .payload.field.name = text_of("x-a")});
    show((eddy__http_error){.tag = 14, .payload.alert = {1, 40, text_of("no")}});
    show((eddy__http_error){.tag = 22, .payload.option_field = {.present = 1, .name = text_of("x-b")}});
    show_in(30, (eddy__http_error){.tag = 38, .payload.string = text_of("longer than there is room")});
    return 0;
}
