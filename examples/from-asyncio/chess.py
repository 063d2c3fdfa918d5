import asyncio

BOARDS, MOVES = 24, 30
MASTER, OPPONENT = 5, 55  # seconds for a move


def duration(seconds):
    return f"{seconds // 3600} h {seconds // 60 % 60} min {seconds % 60} s"


async def game(board, master):
    for _ in range(MOVES):
        async with master:  # she sits at one board at a time
            await asyncio.sleep(MASTER)
        await asyncio.sleep(OPPONENT)
    if board in (1, BOARDS):
        print(f"board {board} is finished")


async def main():
    clock = asyncio.get_running_loop().time
    master = asyncio.Lock()

    began = clock()
    await game(1, master)
    alone = round(clock() - began)
    print(f"one board: {duration(alone)}; one by one: {duration(BOARDS * alone)}")

    began = clock()
    await asyncio.gather(*(game(board, master) for board in range(1, BOARDS + 1)))
    print(f"all at once: {duration(round(clock() - began))}")


asyncio.run(main())
