"""The statistics: pure functions of data frames, on one thread of linear algebra.

The matrices of a trial are small; OpenBLAS's threads cost a fit several times what they could save, stand in the way of
other processes, and may change the last digit with the number of cores. Whoever wants them sets OPENBLAS_NUM_THREADS.
"""

import os

from threadpoolctl import threadpool_limits

if "OPENBLAS_NUM_THREADS" not in os.environ:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # for what is loaded after this, and for processes that are started
    threadpool_limits(1, user_api="blas")  # for what was loaded before
