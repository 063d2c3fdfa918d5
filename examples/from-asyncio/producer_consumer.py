import asyncio


async def produce(name, delay, queue):
    for number in range(1, 4):
        await asyncio.sleep(delay)
        await queue.put((name, number))
        print(f"{name} has put {number}")


async def consume(name, queue):
    while True:
        producer, number = await queue.get()
        await asyncio.sleep(5)
        print(f"{name} is done with {producer}'s {number}")
        queue.task_done()


async def main():
    queue = asyncio.Queue(maxsize=2)
    producers = [asyncio.create_task(produce("ann", 1.0, queue)),
                 asyncio.create_task(produce("bob", 1.6, queue))]
    consumers = [asyncio.create_task(consume(name, queue))
                 for name in ("xue", "yun")]
    await asyncio.gather(*producers)
    print("all is put")
    await queue.join()  # until every item is done with
    for consumer in consumers:
        consumer.cancel()  # they wait for items that never come
    await asyncio.gather(*consumers, return_exceptions=True)
    print("all is done")


asyncio.run(main())
