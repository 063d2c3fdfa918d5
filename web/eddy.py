# eddy.py: eddy as a port of Emscripten: what a program of one's own needs to be linked with it.
#
#   emcc app.c --use-port=node_modules/eddy/web/eddy.py -o app.mjs
#
# The flag belongs to compiling (it adds the headers) and to linking. There it builds the runtime, once,
# into Emscripten's cache, adds the JavaScript library, and makes the linked module suspendable before
# Emscripten goes on with it: so its own optimiser, Closure, -sSINGLE_FILE and all else see a module
# like any other. What cannot work with eddy is refused here, by one line.

import glob
import hashlib
import os
import re
import subprocess
import sys

import tools

LEAST = (6, 0)  # of Emscripten: the oldest it was tried with; it reaches into the linking's own functions


def refuse_old():
    """Before anything else of Emscripten's is used, which an old one has elsewhere or has not."""
    with open(os.path.join(os.path.dirname(os.path.dirname(tools.__file__)), 'emscripten-version.txt')) as file:
        version = file.read().strip().strip('"')
    if tuple(int(number) for number in re.findall(r'\d+', version)[:len(LEAST)]) < LEAST:
        sys.exit(f'emcc: error: eddy: needs Emscripten {".".join(map(str, LEAST))} or later, this is {version}')


refuse_old()

from tools import building, config, shared, utils  # noqa: E402
from tools.settings import settings as given_settings  # noqa: E402

URL = 'https://www.npmjs.com/package/eddy'
DESCRIPTION = 'eddy: asyncio for C: tasks, deadlines, cancellation and fetch'
LICENSE = 'MIT License'
OPTIONS = {
    'debug': 'with the checks of debug builds: 1 or 0 (default: 1 with -O0, else 0); give it when compiling, too',
}

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
SOURCES = ['src/core/*.c', 'src/sync/*.c', 'src/io/*.c', 'web/*.c', 'src/posix/web*.c', 'src/switch/asyncify.c',
           'src/switch/invoke.c']
# Beginnings of the names of what this host makes itself, in src/io.
ABSENT = ('absent', 'no_', 'pending', 'process')
# eddy's own main(), linked to programs that define eddy_main.
MAIN = 'src/core/main.c'

options = {'debug': None}
linking = False


def handle_options(given, error_handler):
    if given.get('debug', '0') not in ('0', '1'):
        error_handler('debug must be 0 or 1')
    options.update(given)


def process_args(ports):
    if given_settings.SIDE_MODULE:
        refuse_dynamic_linking()  # here: Emscripten asks no port while it links one
    check = ['-finstrument-function-entry-bare'] if options['debug'] == '1' else []
    return ['-I' + os.path.join(ROOT, 'include'), *check]


# ---- what does not go together ------------------------------------------------------------------------

def refuse(what, instead):
    utils.exit_with_error(f'eddy: {what} does not work with eddy: {instead}')


def refuse_dynamic_linking():
    refuse('-sMAIN_MODULE or -sSIDE_MODULE', 'all code that may suspend must be linked at once; link statically')


def check(settings):
    if settings.SHARED_MEMORY or settings.WASM_WORKERS:
        refuse('-pthread (or -sWASM_WORKERS, -sSHARED_MEMORY)',
               'all tasks run on one thread; leave it out, eddy_offload uses workers without it')
    if settings.MEMORY64:
        refuse('-sMEMORY64', 'pointers have 32 bits; leave it out, -sMAXIMUM_MEMORY=4GB is the most there is')
    if settings.MAIN_MODULE:
        refuse_dynamic_linking()
    if settings.JSPI or settings.ASYNCIFY == 2:
        refuse('-sJSPI', 'eddy suspends by itself, any number of tasks; leave it out')
    if settings.ASYNCIFY:
        refuse('-sASYNCIFY', 'eddy suspends by itself, any number of tasks; leave it out')
    if settings.WASM_EXCEPTIONS:
        refuse('-fwasm-exceptions', 'Asyncify cannot suspend in their blocks; compile and link with -fexceptions')
    if settings.SUPPORT_LONGJMP == 'wasm':
        refuse('-sSUPPORT_LONGJMP=wasm', 'Asyncify cannot suspend in its blocks; use -sSUPPORT_LONGJMP=emscripten')
    if settings.STANDALONE_WASM:
        refuse('-sSTANDALONE_WASM (or an output X.wasm)', 'let emcc write X.mjs, X.js or X.html')
    if settings.MINIMAL_RUNTIME:
        refuse('-sMINIMAL_RUNTIME', 'the program goes on after main; leave it out')
    if settings.MODULARIZE == 'instance':
        refuse('-sMODULARIZE=instance (which -sWASM_ESM_INTEGRATION brings)',
               'what create() gives has the program as its `eddy`; use -sMODULARIZE -sEXPORT_ES6')
    if settings.IMPORTED_MEMORY:
        refuse('-sIMPORTED_MEMORY', 'the module brings its memory; leave it out')
    if settings.SPLIT_MODULE:
        refuse('-sSPLIT_MODULE', 'all code that may suspend must be in one module; leave it out')
    if settings.USE_ASAN:
        refuse('-fsanitize=address', 'tasks have stacks of their own; build natively for the sanitizers')
    if settings.STACK_OVERFLOW_CHECK > 1:
        refuse('-sSTACK_OVERFLOW_CHECK=2 (which -sASSERTIONS=2 brings)',
               'tasks have stacks of their own; add -sSTACK_OVERFLOW_CHECK=1, the option debug=1 checks theirs')
    if settings.EMULATE_FUNCTION_POINTER_CASTS:
        refuse('-sEMULATE_FUNCTION_POINTER_CASTS', 'its thunks cannot be suspended; call functions by their own types')


# ---- the runtime ---------------------------------------------------------------------------------------

def sources():
    files = sorted(file for pattern in SOURCES for file in glob.glob(os.path.join(ROOT, pattern)))
    return [file for file in files if not os.path.basename(file).startswith(ABSENT)]


def library_flags(settings):
    if options['debug'] == '1' or (options['debug'] is None and settings.OPT_LEVEL == 0):
        flags = ['-O1', '-g']  # with -O0 a primitive has a frame of its own: see tools/flags.mjs
    else:
        flags = ['-Oz' if settings.SHRINK_LEVEL else '-O3', '-DNDEBUG', '-ffunction-sections', '-fdata-sections']
        if not keeps_dwarf(settings):
            flags.append('-DEDDY__POSITION_IN_GLOBAL')
    flags.append('-DEDDY__INVOKES')
    if not settings.DISABLE_EXCEPTION_CATCHING:
        flags.append('-DEDDY__EXCEPTIONS_IN_JS')
    if settings.LTO:
        flags.append('-flto=' + settings.LTO)
    return flags


# Only the pass itself keeps DWARF, not what makes its output faster.
def keeps_dwarf(settings):
    return bool(settings.GENERATE_DWARF or settings.GENERATE_SOURCE_MAP)


def digest(files, flags):
    text = hashlib.sha256(repr(flags).encode())
    headers = sorted(glob.glob(os.path.join(ROOT, 'include/**/*.h'), recursive=True) +
                     glob.glob(os.path.join(ROOT, 'src/**/*.h'), recursive=True) +
                     glob.glob(os.path.join(ROOT, 'web/*.h')))
    for file in [os.path.abspath(__file__), *files, *headers]:
        text.update(os.path.relpath(file, ROOT).encode() + utils.read_binary(file))
    return text.hexdigest()[:16]


def emscripten(tool, args, folder):
    own = {name: value for name, value in os.environ.items() if name != 'EMCC_CFLAGS'}
    run([sys.executable, '-E', utils.path_from_root(tool + '.py'), *args], cwd=folder, env=own)


def run(command, **how):
    if subprocess.run(command, **how).returncode:
        utils.exit_with_error('eddy: the link has failed')


def built(ports, files, flags, kind):
    """An archive of the files, in the cache by what it is made of."""
    files = sorted(files)
    name = f'libeddy{kind}-{digest(files, flags)}.a'

    def create(final):
        place = os.path.join(ports.get_build_dir(), 'eddy', os.path.basename(final))
        objects = []
        # A folder's files at once, in a folder of their own: objects are called as the sources.
        for source in sorted({os.path.dirname(file) for file in files}):
            folder = os.path.join(place, os.path.relpath(source, ROOT).replace(os.sep, '-'))
            utils.safe_ensure_dirs(folder)
            own = [file for file in files if os.path.dirname(file) == source]
            emscripten('emcc', ['-c', '-std=c11', *flags, '-I' + os.path.join(ROOT, 'include'),
                                '-I' + os.path.join(ROOT, 'src'), *own], folder)
            objects += [os.path.join(folder, os.path.splitext(os.path.basename(file))[0] + '.o') for file in own]
        emscripten('emar', ['rcs', final, *objects], place)

    return shared.cache.get_lib(name, create, what='port')


def get(ports, settings, shared_):
    if not linking:
        return []
    main = os.path.join(ROOT, MAIN)
    flags = library_flags(settings)
    made['main'] = built(ports, [main], flags, '-main')
    return [built(ports, [file for file in sources() if file != main], flags, '')]


def clear(ports, settings, shared_):
    for file in glob.glob(os.path.join(shared.cache.get_lib_dir(absolute=True), 'libeddy-*.a')):
        utils.delete_file(file)


# ---- the link --------------------------------------------------------------------------------------------

made = {}


def node(*args):
    run([*config.NODE_JS, os.path.join(ROOT, 'tools/port.mjs'), *args])


def linker_setup(ports, settings):
    global linking
    linking = True
    check(settings)
    from tools import js_manipulation, link  # not while compiling
    # The same file each time: Emscripten remembers by it which symbols are JavaScript's.
    made['library'] = os.path.join(ports.get_build_dir(), 'eddy', 'libeddy.js')
    utils.safe_ensure_dirs(os.path.dirname(made['library']))
    node('library', made['library'])
    settings.JS_LIBRARIES.append(made['library'])

    phase_link, phase_post_link = link.phase_link, link.phase_post_link

    def link_with_main(linker_args, *args, **kwargs):
        if defines_eddy_main(linker_args):
            linker_args = [*linker_args, '--whole-archive', made['main'], '--no-whole-archive']
        names = settings.EMIT_NAME_SECTION
        settings.EMIT_NAME_SECTION = True  # the pass knows functions by their names
        try:
            return phase_link(linker_args, *args, **kwargs)
        finally:
            settings.EMIT_NAME_SECTION = names

    def suspendable_post_link(link_options, in_wasm, wasm_target, target, *args, **kwargs):
        make_suspendable(in_wasm, target, settings)
        worker = os.path.join(shared.get_emscripten_temp_dir(), 'libeddy.js.worker')
        if os.path.exists(worker):
            link_options.extern_post_js.append(worker)
        return phase_post_link(link_options, in_wasm, wasm_target, target, *args, **kwargs)

    settings.REQUIRED_EXPORTS += ['eddy__invoke_enter', 'eddy__invoke_leave']
    js_manipulation.make_invoke = with_stack_pointers(js_manipulation.make_invoke)
    link.phase_link = link_with_main
    link.phase_post_link = suspendable_post_link


def with_stack_pointers(make_invoke):
    """See src/switch/invoke.c; what is said of guards is for web/guard.mjs, by whatever name they go in the end."""
    def make(signature):
        before, enter, rest = make_invoke(signature).partition('stackSave()')
        body, end, after = rest.rpartition('\n}')
        if not enter or not end or after.strip():
            utils.exit_with_error('eddy: this Emscripten is not known: its calls that may throw have another form')
        text = f'{before}_eddy__invoke_enter(stackSave()){body} finally {{\n    _eddy__invoke_leave(sp);\n  }}\n}}'
        return f'{text}\ninvoke_{signature}.eddyUnguarded = true;'
    return make


def defines_eddy_main(linker_args):
    files = [arg for arg in linker_args if not arg.startswith('-') and os.path.isfile(arg)]
    command = [shared.LLVM_NM, '--defined-only', '--extern-only', '--format=just-symbols', '--quiet', *files]
    symbols = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return b'eddy_main' in symbols.split()


def make_suspendable(wasm, target, settings):
    library = os.path.join(shared.get_emscripten_temp_dir(), 'libeddy.js')
    stem, suffix = os.path.splitext(target)
    types = {'.mjs': stem + '.d.mts', '.js': stem + '.d.ts'}.get(suffix, '')
    node('finish', os.path.join(building.get_binaryen_bin(), 'wasm-opt'), wasm, library, types,
         'dwarf' if keeps_dwarf(settings) else 'names', str(settings.OPT_LEVEL),
         settings.EXPORT_NAME if settings.MODULARIZE else '')
    settings.CLOSURE_ARGS = [*settings.CLOSURE_ARGS, f'--externs={library}.externs']
    settings.JS_LIBRARIES[settings.JS_LIBRARIES.index(made['library'])] = library
