// build: hosts=native,wasip2
/* turned_away HOW COUNT PORT: takes COUNT connections one right after the other and closes each at
 * once, with the runtime's calls or with libc's, in a task or outside. To which port of its own they
 * are to come, it tells the server at PORT, which answers when all have come. */
#include <arpa/inet.h>
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *how;
static int count;
static uint16_t server;
static const char last_words[] = "no room here";

static int by_eddy(void) {
    eddy_listener *listener;
    eddy_stream *asked, *client;
    char port[8], answer;
    int closed = 0, rc = eddy_listen(&listener, "127.0.0.1", 0);
    if (rc < 0) return rc;
    if ((rc = eddy_connect(&asked, "127.0.0.1", server)) < 0) return rc;
    int size = snprintf(port, sizeof port, "%u\n", eddy_listener_port(listener));
    if ((rc = eddy_write(asked, port, (size_t)size)) < 0) return rc;
    if ((rc = eddy_read(asked, &answer, 1)) < 0) return rc;
    while (rc >= 0 && closed < count && (rc = eddy_accept(listener, &client)) == 0) {
        if (!strcmp(how, "eddy-told")) rc = eddy_write(client, last_words, sizeof last_words - 1);
        int end = eddy_close(client);
        if (rc >= 0) rc = end;
        closed++;
    }
    eddy_listener_close(listener);
    int end = eddy_close(asked);
    printf("%d closed\n", closed);
    return rc < 0 ? rc : end;
}

static int by_libc(void) {
    struct sockaddr_in own = {.sin_family = AF_INET}, other = own;
    socklen_t size = sizeof own;
    own.sin_addr.s_addr = other.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    other.sin_port = htons(server);
    char port[8], answer;
    int listener = socket(AF_INET, SOCK_STREAM, 0), asked = socket(AF_INET, SOCK_STREAM, 0);
    int closed = 0, client;
    if (bind(listener, (struct sockaddr *)&own, size) < 0 || listen(listener, 511) < 0 ||
        getsockname(listener, (struct sockaddr *)&own, &size) < 0 ||
        connect(asked, (struct sockaddr *)&other, sizeof other) < 0)
        return EDDY_EIO;
    int length = snprintf(port, sizeof port, "%u\n", ntohs(own.sin_port));
    if (send(asked, port, (size_t)length, 0) != length || recv(asked, &answer, 1, 0) != 1)
        return EDDY_EIO;
    while (closed < count && (client = accept(listener, NULL, NULL)) >= 0) {
        if (strstr(how, "-told"))
            if (send(client, last_words, sizeof last_words - 1, 0) < 0) perror("send");
        if (close(client) < 0) perror("close");
        closed++;
    }
    close(listener);
    close(asked);
    printf("%d closed\n", closed);
    return 0;
}

static int in_a_task(void *arg) {
    (void)arg;
    return !strncmp(how, "eddy", 4) ? by_eddy() : by_libc();
}

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    how = argv[1];
    count = atoi(argv[2]);
    server = (uint16_t)atoi(argv[3]);
    int rc = !strncmp(how, "outside", 7) ? by_libc() : eddy_run(in_a_task, NULL);
    if (rc < 0) printf("%s: %s\n", eddy_errname(rc), eddy_last_message());
    return rc < 0;
}
