"""How the web server runs in production, behind a proxy that ends TLS or by itself."""

import os

bind = os.environ.get("ECRF_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("ECRF_WORKERS", "4"))
threads = 4
worker_class = "trialsite.front.PatientWorker"  # slow clients cost nobody a thread
preload_app = True  # the modules are read once, and the counts of requests are shared
timeout = 120
graceful_timeout = 30  # a request in flight gets its answer when workers are replaced
keepalive = 5
max_requests = 20_000  # a worker that grew is replaced, not all at the same moment
max_requests_jitter = 2_000
forwarder_headers = ""  # no proxy of ours says at which root we are: a client would, through Caddy
limit_request_line = 2_048
limit_request_fields = 60
# gunicorn makes a file of its own in it, under a name nobody can guess.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # nosec B108
control_socket_disable = True
loglevel = "warning"  # a line for each request is the application's own, in JSON
