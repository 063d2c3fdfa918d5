import asyncio


async def part1(n):
    print(f"part1({n}) begins")
    await asyncio.sleep(n)
    return f"result{n}-1"


async def part2(n, first):
    print(f"part2({n}) begins with {first}")
    await asyncio.sleep(n / 2)
    return f"result{n}-2, from {first}"


async def chain(n):
    first = await part1(n)
    second = await part2(n, first)
    print(f"chain {n}: {second}")


async def main():
    await asyncio.gather(*(chain(n) for n in (8, 6, 3)))


asyncio.run(main())
