"""Who computes chunks beside this process: others of this machine, or the workers of a Dask scheduler."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engager.errors import InputError, Issue, Severity, option
from engager.simulator.extras import optional_package
from engager.simulator.scale.chunks import compute_chunk

if TYPE_CHECKING:
    from engager.simulator.scale.chunks import Job, Runner

_CONNECT_SECONDS = 10


@contextmanager
def in_processes(workers: int) -> Iterator[Runner]:
    """Yield a runner on processes of this machine, started anew, so that they share no state with this one."""
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:

        def run(job: Job, folder: Path, missing: Mapping[int, range]) -> Iterator[int]:
            futures = [pool.submit(compute_chunk, job, folder, *each) for each in missing.items()]
            try:
                for future in as_completed(futures):
                    yield future.result()
            finally:
                pool.shutdown(cancel_futures=True)

        yield run


@contextmanager
def on_cluster(address: str) -> Iterator[Runner]:
    """Yield a runner on the workers of a Dask scheduler.

    Raises:
        InputError: `distributed` is not installed, or no scheduler answers at the address.
    """
    distributed = optional_package("distributed", "distributed")
    try:
        # A client that cannot even read the address would complain on standard error when it is thrown away.
        if not address.startswith("inproc://"):
            distributed.comm.get_address_host_port(address, strict=True)
        client = distributed.Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        found = f"no scheduler at `{address}` ({str(error).splitlines()[0][:100]})"
        place = option("scheduler")
        expected = "the address of a running Dask scheduler, as tcp://10.0.0.1:8786"
        raise InputError(Issue(Severity.ERROR, "simulator.scheduler", place, found, expected)) from None
    with client:
        yield lambda job, folder, missing: _computed(distributed, client, job, folder.absolute(), missing)


def _computed(distributed: Any, client: Any, job: Job, folder: Path, missing: Mapping[int, range]) -> Iterator[int]:
    """Yield the chunks as they are done; a few are under way for each worker, so that the scheduler stays small."""
    shared = client.scatter(job, broadcast=True, hash=False)
    waiting = iter(missing.items())
    ahead = 2 * max(1, sum(client.nthreads().values()))

    def send(each: tuple[int, range]) -> Any:
        return client.submit(compute_chunk, shared, folder, *each, pure=False, key=f"chunk-{each[0]:06d}-{id(missing)}")

    under_way = distributed.as_completed([send(each) for each in islice(waiting, ahead)], loop=client.loop)
    for future in under_way:
        yield future.result()
        future.release()
        for each in islice(waiting, 1):
            under_way.add(send(each))
