"""A connection on which one statement fails, and everything behind it until what was begun is undone."""

from django.db import InternalError, OperationalError, connection
from psycopg import errors

UNDOES = "ROLLBACK TO SAVEPOINT"
SITES_FORGOTTEN = [
    "",
    "",
]  # what the end of a request says to the wall: of that, test_anomalies.py has a test of its own
#: What PostgreSQL says when it goes, when two people cross, when the disk is full and when somebody waits too long.
HOW = (
    errors.AdminShutdown,
    errors.SerializationFailure,
    errors.DiskFull,
    errors.DeadlockDetected,
    errors.QueryCanceled,
)


class Failing:
    """An execute wrapper: statement number `at` fails (0: none does). `count` is how many were asked for.

    In the tests' database a deed's transaction is a savepoint, so its commit is the statement that releases it, and
    is one of those that fail in turn. Undoing never does: where it failed, PostgreSQL would undo by itself.
    """

    def __init__(self, at: int):
        self.at, self.count, self.is_broken, self.said = at, 0, False, ""
        self.outside = len(connection.savepoint_ids)

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith(UNDOES):
            self.is_broken = False
            return execute(sql, params, many, context)
        if "crf.sites" in sql and params == SITES_FORGOTTEN and not self.is_broken:
            return execute(sql, params, many, context)
        if self.is_broken:
            raise InternalError("current transaction is aborted") from errors.InFailedSqlTransaction()
        self.count += 1
        if self.count == self.at:
            self.said = " ".join(sql.split())[:100]
            self.is_broken = len(connection.savepoint_ids) > self.outside
            raise OperationalError("told by the server: tell-tale") from HOW[self.at % len(HOW)]("tell-tale")
        return execute(sql, params, many, context)
