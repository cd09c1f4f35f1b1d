"""What gunicorn serves. Everything is read here, once, before the workers part: no first request waits for a module.

gunicorn runs none of Django's checks, so what must hold before a page is served in production is asked here.
"""

import gc
import os
import sys

import django
from django.urls import get_resolver

from trialsite.environment import BadEnvironment

NEVER = 3  # gunicorn's own status for a worker that cannot begin: it stops instead of trying for ever

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialsite.settings")
gc.disable()  # collecting while modules are read finds nothing, and is a fifth of the time until the first page
try:
    django.setup(set_prefix=False)
except BadEnvironment as refusal:
    print(refusal, file=sys.stderr, flush=True)
    sys.exit(NEVER)

from trialsite.checks import refuse_to_serve  # noqa: E402  needs the settings
from trialsite.texts_sent import Handler  # noqa: E402

application = Handler()
refuse_to_serve(NEVER)
get_resolver().url_patterns  # noqa: B018  reads the pages' modules
gc.freeze()  # the workers share these objects for good; collecting them at each worker's end took a second
gc.enable()
