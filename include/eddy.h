/* eddy: asyncio for C on WebAssembly.
 *
 *   int results     >= 0 success, often a value; < 0 one of the EDDY_E codes, or the application's
 *                   own (<= EDDY_EUSER).
 *   times           eddy_time, nanoseconds. Positional durations: <= 0 means now, EDDY_FOREVER no
 *                   limit. In option structs 0 means none; EDDY_NOW already over; EDDY_IN(d) turns
 *                   d <= 0 into EDDY_NOW.
 *   [blocks]        may suspend the calling task; looks for cancellation first; only inside a task,
 *                   elsewhere EDDY_ESTATE. All other calls may also be made from callbacks.
 *   NULL futures    a failed spawn returns NULL; every call takes NULL as a future that failed with
 *                   EDDY_ENOMEM.
 *   NULL options    mean all defaults. A begin that fails is remembered; the matching end returns it.
 *   sites           calls that spawn or block are macros that record file and line, behind which
 *                   stands a function of the same name; EDDY_NO_SITES removes that.
 *   unused results  the compiler warns of a blocking call whose result is ignored; EDDY_IGNORE(call)
 *                   says that it is meant.
 *   before a run    eddy_clock_virtual, eddy_schedule_seed, eddy_set_report, eddy_set_allocator and
 *                   eddy_debug act on the process: they may come before anything else, and outlive a
 *                   run.
 *   C++17           options through the _with functions and a filled struct; the macros with
 *                   designated initialisers are for C. A lambda with commas goes to a variable, or to
 *                   the function behind the macro: (eddy_spawn)([](void *) { … }, arg). No exception
 *                   may leave a task's body, no call that waits may be made while one is thrown (in
 *                   destructors); in handlers they may. In wasm: exceptions with
 *                   Emscripten's -fexceptions alone.
 */
#ifndef EDDY_H
#define EDDY_H

#include "eddy/base.h"

#include "eddy/channel.h"
#include "eddy/combine.h"
#include "eddy/dom.h"
#include "eddy/error.h"
#include "eddy/events.h"
#include "eddy/files.h"
#include "eddy/generator.h"
#include "eddy/group.h"
#include "eddy/inspect.h"
#include "eddy/io.h"
#include "eddy/js.h"
#include "eddy/local.h"
#include "eddy/offload.h"
#include "eddy/queue.h"
#include "eddy/retry.h"
#include "eddy/run.h"
#include "eddy/scope.h"
#include "eddy/sync.h"
#include "eddy/task.h"
#include "eddy/udp.h"
#include "eddy/websocket.h"

#endif
