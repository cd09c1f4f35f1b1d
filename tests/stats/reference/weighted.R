# FEV1 by arm, visit and race with the weights of the data set: unstructured covariance, by nlme.
# Rscript weighted.R > weighted.txt
# Var(y) = D^-1/2 Sigma D^-1/2, D the weights: SAS's WEIGHT statement, mmrm's weights.
source("say.R"); library(nlme)
d <- read.csv(file.path(oracles, "fev_data.csv"))
d <- d[!is.na(d$FEV1), ]
d$ARMCD <- relevel(factor(d$ARMCD), ref = "PBO"); d$AVISIT <- factor(d$AVISIT); d$RACE <- factor(d$RACE)
d$each <- 1 / d$WEIGHT; d$place <- as.integer(d$AVISIT)
report <- function(name, method) {
  m <- gls(FEV1 ~ ARMCD * AVISIT + RACE, d, method = method, correlation = corSymm(form = ~ place | USUBJID),
           weights = varComb(varFixed(~ each), varIdent(form = ~ 1 | AVISIT)),
           control = glsControl(tolerance = 1e-12, msTol = 1e-12, msMaxIter = 500, maxIter = 500, opt = "nlminb"))
  say(paste0(name, ".loglik"), logLik(m))
  b <- coef(m); V <- vcov(m)
  l <- as.numeric(names(b) == "ARMCDTRT") + as.numeric(names(b) == "ARMCDTRT:AVISITVIS4")
  say(paste0(name, ".last"), sum(l * b)); say(paste0(name, ".last_se"), sqrt(t(l) %*% V %*% l))
  say(paste0(name, ".arm"), b["ARMCDTRT"]); say(paste0(name, ".arm_se"), sqrt(V["ARMCDTRT", "ARMCDTRT"]))
  each <- coef(m$modelStruct$varStruct$B, unconstrained = FALSE, allCoef = TRUE)
  say(paste0(name, ".variance_VIS1"), (m$sigma * each["VIS1"])^2)
}
report("reml", "REML"); report("ml", "ML")
