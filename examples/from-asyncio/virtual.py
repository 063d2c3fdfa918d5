"""Runs a Python program on a virtual clock: python3 virtual.py PROGRAM.py

What eddy_clock_virtual() is to eddy: when nothing is left to do but wait, time
jumps to the next deadline. The tests run the Python programs with it, so that
their output is exact and comes at once.
"""
import asyncio
import runpy
import selectors
import sys

now = 0.0
look = selectors.DefaultSelector.select


def select(self, timeout=None):
    global now
    events = look(self, 0)
    if not events and timeout:
        now += timeout
    return events


selectors.DefaultSelector.select = select
asyncio.BaseEventLoop.time = lambda self: now
runpy.run_path(sys.argv[1], run_name="__main__")
