import asyncio


async def fibonacci(limit):
    a, b = 0, 1
    try:
        while a < limit:
            yield a
            await asyncio.sleep(1)  # a generator may wait
            a, b = b, a + b
    finally:
        print("the generator is closed")


async def main():
    numbers = fibonacci(1000)
    async for number in numbers:
        print(number)
        if number > 10:
            break
    await numbers.aclose()

    total = 0
    async for number in fibonacci(100):
        total += number
    print(f"sum: {total}")


asyncio.run(main())
