import asyncio


def now():
    return f"{asyncio.get_running_loop().time() - start:.1f} s"


async def download(seconds):
    try:
        await asyncio.sleep(seconds)
        return 200
    finally:
        print(f"{now()}: the connection is closed")


async def save():
    await asyncio.sleep(2)
    print(f"{now()}: saved")


async def main():
    global start
    start = asyncio.get_running_loop().time()

    # A deadline for a stretch of work.
    try:
        async with asyncio.timeout(1.5):
            await download(10)
    except TimeoutError:
        print(f"{now()}: too late")

    # For one call.
    status = await asyncio.wait_for(download(1), 3)
    print(f"{now()}: status {status}")

    # Moved on while there is progress.
    async with asyncio.timeout(1) as limit:
        for part in (1, 2, 3):
            await asyncio.sleep(0.8)
            limit.reschedule(asyncio.get_running_loop().time() + 1)
    print(f"{now()}: three parts")

    # Not for what must be finished.
    saving = asyncio.create_task(save())
    try:
        async with asyncio.timeout(0.5):
            await asyncio.shield(saving)
    except TimeoutError:
        await saving
        print(f"{now()}: too late, but saved")


asyncio.run(main())
