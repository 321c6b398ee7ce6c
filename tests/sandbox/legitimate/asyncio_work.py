"""Coroutines and their subprocess."""

# expect: ok
import asyncio


async def main():
    process = await asyncio.create_subprocess_exec("true")
    await asyncio.gather(process.wait(), *(asyncio.sleep(0.01) for _ in range(20)))


asyncio.run(main())
open("submission.csv", "w").write("id,label\n1,2\n")
