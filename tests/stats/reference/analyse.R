# Time to response in the antidepressant trial: days 8, 15, 29, 43 for visits 4 to 7, censored at the last rating.
# Rscript analyse.R > analyse.txt
source("say.R"); suppressMessages(library(survival))
d <- antidepressant()
d$day <- c("4" = 8, "5" = 15, "6" = 29, "7" = 43)[as.character(d$VISIT)]
d$yes <- 2 * (d$BASVAL + d$CHANGE) <= d$BASVAL
one <- do.call(rbind, lapply(split(d, d$PATIENT), function(x) {
  x <- x[order(x$day), ]
  data.frame(arm = x$THERAPY[1], sex = x$GENDER[1], event = any(x$yes), time = if (any(x$yes)) min(x$day[x$yes]) else max(x$day))
}))
for (arm in c("DRUG", "PLACEBO")) {
  fit <- summary(survfit(Surv(time, event) ~ 1, one[one$arm == arm, ], conf.type = "log-log"))
  say(paste0(arm, ".share.", fit$time), fit$surv); say(paste0(arm, ".low.", fit$time), fit$lower); say(paste0(arm, ".high.", fit$time), fit$upper)
  say(paste0(arm, ".events"), sum(one$event[one$arm == arm]))
}
say("log_rank", survdiff(Surv(time, event) ~ arm, one)$chisq)
say("log_rank_stratified", survdiff(Surv(time, event) ~ arm + strata(sex), one)$chisq)
# Days at risk 42 + 14 and 8 + 14 of two subjects with three events: events per year, exact Poisson.
years <- (56 + 22) / 365.25
rate <- poisson.test(3, years); say("rate", rate$estimate); say("rate.low", rate$conf.int[1]); say("rate.high", rate$conf.int[2])
