/* frame.c: waiting for the page's next frame. */
#include <eddy.h>

EDDY_JS(bool, eddy__js_has_frames, (void), { return typeof requestAnimationFrame === 'function'; })

EDDY_ASYNC_JS(double, eddy__js_frame, (void), {
    return await new Promise((done) => {
        const frame = requestAnimationFrame(done);
        signal.addEventListener('abort', () => cancelAnimationFrame(frame));
    });
})

int eddy_animation_frame(double *milliseconds) {
    bool has_frames;
    int rc = eddy__js_has_frames(&has_frames);
    if (rc < 0) return rc;
    if (!has_frames) return EDDY_ENOSYS;
    double time;
    rc = eddy__js_frame(&time);
    if (rc == 0 && milliseconds) *milliseconds = time;
    return rc;
}
