"""The laboratory. Text in its frames is stored by pandas itself, whether or not pyarrow (for Parquet) is installed."""

import pandas as pd

pd.set_option("mode.string_storage", "python")
