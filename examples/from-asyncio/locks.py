import asyncio


async def guest(name, door, tables):
    await door.wait()
    async with tables:
        print(f"{name} sits down")
        await asyncio.sleep(len(name))
        print(f"{name} leaves")


async def main():
    door = asyncio.Event()
    tables = asyncio.Semaphore(2)
    names = ("Ada", "Bjarne", "Grace", "Dennis", "Ken")
    guests = [asyncio.create_task(guest(name, door, tables)) for name in names]
    await asyncio.sleep(1)
    print("the door opens")
    door.set()
    await asyncio.gather(*guests)


asyncio.run(main())
