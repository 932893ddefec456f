"""Streams in batches, without making anyone wait for company."""

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

Item = TypeVar("Item")


async def in_batches(
    items: AsyncIterator[Item], size: int, patience_seconds: float
) -> AsyncIterator[list[Item]]:
    """Lists of up to `size` items in order; a shorter one when no item comes for `patience_seconds`."""
    batch: list[Item] = []
    arrival = asyncio.ensure_future(anext(items))
    try:
        while True:
            arrived, _ = await asyncio.wait({arrival}, timeout=patience_seconds if batch else None)
            if arrived:
                try:
                    batch.append(arrival.result())
                except StopAsyncIteration:
                    break
                arrival = asyncio.ensure_future(anext(items))
            if len(batch) == size or not arrived:
                yield batch
                batch = []
        if batch:
            yield batch
    finally:
        arrival.cancel()


async def one_ahead(items: AsyncIterator[Item]) -> AsyncIterator[Item]:
    """The same items; the next one is already under way while the caller works on this one."""
    arrival = asyncio.ensure_future(anext(items))
    try:
        while True:
            try:
                item = await arrival
            except StopAsyncIteration:
                return
            arrival = asyncio.ensure_future(anext(items))
            yield item
    finally:
        arrival.cancel()
