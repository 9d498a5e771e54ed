"""Several people who do something at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections

from accounts.errors import Refused


def at_once(*changes):
    """Run them in threads that begin together; what each gave back, a refusal as itself."""
    together = Barrier(len(changes))

    def run(change):
        together.wait(timeout=10)
        try:
            return change()
        except Refused as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(changes)) as threads:
        return [future.result(timeout=30) for future in [threads.submit(run, change) for change in changes]]
