#!/bin/sh
# The project's commands; ./build.sh help lists them. All logic is in tools/.
exec node --no-warnings "$(dirname "$0")/tools/eddy.mjs" "$@"
