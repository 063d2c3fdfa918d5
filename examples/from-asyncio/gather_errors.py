import asyncio


async def square_root(n, delay):
    await asyncio.sleep(delay)
    if n < 0:
        raise ValueError(f"no root of {n}")
    root = int(n ** 0.5)
    print(f"the root of {n} is {root}")
    return root


def tasks():
    return [asyncio.create_task(square_root(n, delay))
            for n, delay in ((16, 1), (-4, 2), (81, 3))]


async def main():
    # The first error comes at once; the others go on.
    first = tasks()
    try:
        await asyncio.gather(*first)
    except ValueError as error:
        print(f"gather: {error}")
    print(f"still at work: {sum(not task.done() for task in first)}")
    await asyncio.wait(first)

    # Or errors are results.
    results = await asyncio.gather(*tasks(), return_exceptions=True)
    for result in results:
        print("failed" if isinstance(result, ValueError) else result)


asyncio.run(main())
