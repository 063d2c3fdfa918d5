import asyncio


async def load(name, seconds):
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        print(f"{name}: cancelled")
        raise
    print(f"{name}: loaded")


async def fail(name, seconds):
    await asyncio.sleep(seconds)
    raise RuntimeError(f"{name} is broken")


async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(load("page", 1))
        group.create_task(load("image", 2))
    print("both are there")

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(load("page", 1))
            group.create_task(load("film", 60))
            group.create_task(fail("font", 2))
            group.create_task(fail("icon", 2))
    except* RuntimeError as errors:
        for error in errors.exceptions:
            print(f"error: {error}")


asyncio.run(main())
