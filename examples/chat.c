/* chat URL NAME: lines from stdin go to a room as messages, messages of the room to stdout. Two tasks in
 * a group: the end of either is the end of both. */
#include <eddy.h>

#include <stdio.h>
#include <stdlib.h>

struct chat {
    eddy_ws *room;
    eddy_group *group;
    const char *name;
};

static int speak(void *arg) {
    struct chat *chat = arg;
    char *line;
    size_t length;
    int rc;
    while ((rc = eddy_read_line(eddy_stdin(), 1000, &line, &length)) > 0) {
        char message[1100];
        snprintf(message, sizeof message, "%s: %s", chat->name, line);
        free(line);
        rc = eddy_ws_send_text(chat->room, message);
        if (rc < 0) return rc;
    }
    if (rc < 0) return rc;
    /* Nothing more to say: the room has a second to take its leave. */
    EDDY_SCOPE(farewell, .timeout = 1 * EDDY_S);
    return eddy_scope_end(&farewell, eddy_ws_shut(chat->room, 1000, "bye"));
}

static int hear(void *arg) {
    struct chat *chat = arg;
    void *message;
    size_t size;
    int rc;
    while ((rc = eddy_ws_receive(chat->room, &message, &size)) > 0) {
        puts(message);
        free(message);
    }
    if (rc == 0) printf("(left: %d %s)\n", eddy_ws_close_code(chat->room), eddy_ws_close_reason(chat->room));
    eddy_group_cancel(chat->group); /* the other need not wait for stdin any more */
    return rc;
}

int eddy_main(int argc, char **argv) {
    if (argc < 3) return eddy_fail(EDDY_EINVAL, "usage: chat URL NAME");
    struct chat chat = {.name = argv[2]};
    int rc = eddy_ws_connect(&chat.room, argv[1]);
    if (rc < 0) return rc;
    EDDY_GROUP(talk);
    chat.group = &talk;
    eddy_group_spawn(&talk, hear, &chat);
    eddy_group_spawn(&talk, speak, &chat);
    rc = eddy_group_end(&talk, 0);
    eddy_ws_close(chat.room);
    return rc;
}
