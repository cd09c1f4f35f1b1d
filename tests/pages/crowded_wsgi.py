"""What gunicorn serves to tests/pages/bench_load.py: the application on the database that BENCH_DATABASE names."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "trialsite.test_settings"
from trialsite.wsgi import application

__all__ = ["application"]


def point_at_the_bench() -> None:
    from tests.databases import point_at
    from trialsite.database import roles

    point_at(os.environ["BENCH_DATABASE"], roles.WEB)


point_at_the_bench()
