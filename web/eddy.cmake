# eddy.cmake: eddy in a CMake project:
#
#   include(node_modules/eddy/web/eddy.cmake)
#   add_executable(app app.c)
#   target_link_libraries(app PRIVATE eddy::eddy)
#
# Configured by emcmake it is the port web/eddy.py, and app becomes app.mjs with app.wasm; EDDY_DEBUG=ON
# takes the runtime of debug builds. For the machine itself it is the runtime, compiled here: for a debugger
# and the sanitizers. For WASI: `npx eddy build` takes the objects and archives that CMake makes.

if(TARGET eddy::eddy)
    return()
endif()

option(EDDY_DEBUG "Link eddy's runtime of debug builds" OFF)
get_filename_component(EDDY_ROOT "${CMAKE_CURRENT_LIST_DIR}" DIRECTORY)

if(EMSCRIPTEN)
    set(EDDY_PORT "--use-port=${CMAKE_CURRENT_LIST_DIR}/eddy.py")
    if(EDDY_DEBUG)
        string(APPEND EDDY_PORT ":debug=1")
    endif()
    add_library(eddy INTERFACE)
    target_compile_options(eddy INTERFACE "${EDDY_PORT}")
    target_link_options(eddy INTERFACE "${EDDY_PORT}" -sALLOW_MEMORY_GROWTH)
    # What import() and TypeScript expect.
    set(CMAKE_EXECUTABLE_SUFFIX .mjs)
elseif(CMAKE_SYSTEM_NAME MATCHES "WASI" OR CMAKE_C_COMPILER_TARGET MATCHES "wasi")
    message(FATAL_ERROR "eddy: a WASI program is linked by `npx eddy build --host wasip2`: "
        "make a static library here and give it to that")
elseif(WIN32)
    message(FATAL_ERROR "eddy: natively it runs on Linux and macOS")
else()
    file(GLOB EDDY_SOURCES "${EDDY_ROOT}/src/core/*.c" "${EDDY_ROOT}/src/sync/*.c" "${EDDY_ROOT}/src/io/*.c"
        "${EDDY_ROOT}/src/native/*.c")
    list(APPEND EDDY_SOURCES "${EDDY_ROOT}/src/switch/native.c")
    # The host has its own of these; main() belongs to programs with an eddy_main.
    list(FILTER EDDY_SOURCES EXCLUDE REGEX "/src/io/absent-(net|offload|streams|udp)\\.c$|/src/core/main\\.c$")
    add_library(eddy-runtime STATIC ${EDDY_SOURCES})
    set_target_properties(eddy-runtime PROPERTIES C_STANDARD 11)
    target_compile_definitions(eddy-runtime PRIVATE _GNU_SOURCE)
    target_include_directories(eddy-runtime PRIVATE "${EDDY_ROOT}/src" PUBLIC "${EDDY_ROOT}/include")
    target_link_libraries(eddy-runtime PUBLIC m)
    add_library(eddy INTERFACE)
    # From an archive main() is taken only where the program has none, and then it wants eddy_main.
    add_library(eddy-main STATIC "${EDDY_ROOT}/src/core/main.c")
    set_target_properties(eddy-main PROPERTIES C_STANDARD 11)
    target_include_directories(eddy-main PRIVATE "${EDDY_ROOT}/src")
    target_link_libraries(eddy-main PUBLIC eddy-runtime)
    target_link_libraries(eddy INTERFACE eddy-main eddy-runtime)
endif()

add_library(eddy::eddy ALIAS eddy)
