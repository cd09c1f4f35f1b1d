"""What Heresco-Levy et al. 2013 printed (TRIAL 4). The demo's outcomes were drawn until they gave these numbers."""

from crf.spec.published import By, Published, Result

PUBLISHED = Published(
    results=(
        Result("HAMD", "0.005", By.CARRIED, "hamd21"),
        Result("BDI", "0.046", By.CARRIED, "bdi"),
        Result("Response", "0.039 (7/13 vs 2/13)", By.RESPONSE),
        Result("Treatment x glycine", "0.043", By.MODERATION, "glycine"),
    ),
    remarks=(
        "The paper does not say which model each p belongs to; the second column names the analysis that is taken for "
        "it. Carrying the last rating forward counts who left as unchanged since; the planned mixed model uses every "
        "rating under treatment and assumes those missing to be missing at random, adjusts for site, and its p allows "
        "for the covariance being estimated from few subjects.",
        "The published response test is Pearson's without correction. Fisher's test of the same table is not "
        "significant; the planned test is Boschloo's, which is exact and less conservative.",
    ),
    warning=(
        "The data are synthetic. They were made to reproduce the published numbers of a real trial (Heresco-Levy et "
        "al. 2013): its baseline means, responders and p-values stand here because the data were drawn until they did. "
        "This report is no evidence of anything."
    ),
)
