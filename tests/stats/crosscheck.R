# The mixed model in R: nlme, lmerTest with pbkrtest, clubSandwich; and coin's exact permutation test.
# Run by test_crosscheck.py where R is installed: Rscript crosscheck.R FOLDER_OF_ORACLES. One line "name value" each.
# Debian: r-cran-nlme r-cran-lmertest r-cran-pbkrtest r-cran-clubsandwich r-cran-coin
suppressPackageStartupMessages({library(nlme); library(lmerTest); library(clubSandwich); library(coin)})
folder <- commandArgs(trailingOnly = TRUE)[1]
say <- function(name, value) cat(sprintf("%s %.15g\n", name, value), sep = "")

fev <- read.csv(file.path(folder, "fev_data.csv"))
fev$ARMCD <- relevel(factor(fev$ARMCD), "PBO")
fev$AVISIT <- factor(fev$AVISIT)
fev$time <- as.integer(fev$AVISIT)
seen <- fev[!is.na(fev$FEV1), ]
tight <- glsControl(tolerance = 1e-12, msTol = 1e-14, maxIter = 500, msMaxIter = 500, returnObject = TRUE)
fixed <- FEV1 ~ ARMCD * AVISIT + RACE + SEX

same <- varIdent(form = ~ 1)
each <- varIdent(form = ~ 1 | AVISIT)
structures <- list(
  un = list(corSymm(form = ~ time | USUBJID), each),
  ar1 = list(corAR1(form = ~ time | USUBJID), NULL),
  ar1h = list(corAR1(form = ~ time | USUBJID), each),
  cs = list(corCompSymm(form = ~ 1 | USUBJID), NULL),
  csh = list(corCompSymm(form = ~ 1 | USUBJID), each)
)
for (name in names(structures)) {
  for (method in c("REML", "ML")) {
    found <- gls(fixed, seen, correlation = structures[[name]][[1]], weights = structures[[name]][[2]],
                 method = method, control = tight)
    key <- paste(name, tolower(method), sep = ".")
    say(paste0(key, ".deviance"), -2 * as.numeric(logLik(found)))
    rows <- matrix(0, 4, length(coef(found)), dimnames = list(NULL, names(coef(found))))
    rows[, "ARMCDTRT"] <- 1
    for (i in 2:4) rows[i, paste0("ARMCDTRT:AVISITVIS", i)] <- 1
    say(paste0(key, ".estimate.", 1:4), rows %*% coef(found))
    # under ML nlme's standard errors are scaled by n / (n - p), which ours are not
    if (method == "REML") say(paste0(key, ".se.", 1:4), sqrt(diag(rows %*% vcov(found) %*% t(rows))))
    if (name == "ar1" && method == "REML") for (type in c("CR0", "CR2", "CR3")) {
      robust <- vcovCR(found, type = type)
      tested <- coef_test(found, vcov = robust, test = "Satterthwaite")
      say(paste0("sandwich.", tolower(type), ".se"), tested["ARMCDTRT", "SE"])
      say(paste0("sandwich.", tolower(type), ".df"), tested["ARMCDTRT", grep("df", names(tested))[1]])
    }
  }
}

# compound symmetry as a random intercept: exact Kenward-Roger and Satterthwaite
mixed <- lmer(FEV1 ~ ARMCD + AVISIT + RACE + SEX + (1 | USUBJID), seen,
              control = lmerControl(optCtrl = list(ftol_abs = 1e-14, xtol_abs = 1e-14)))
for (ddf in c("Satterthwaite", "Kenward-Roger")) {
  table <- coef(summary(mixed, ddf = ddf))["ARMCDTRT", ]
  key <- if (ddf == "Satterthwaite") "satterthwaite" else "kr"
  say(paste0("lmer.", key, ".estimate"), table["Estimate"])
  say(paste0("lmer.", key, ".se"), table["Std. Error"])
  say(paste0("lmer.", key, ".df"), table["df"])
  joint <- anova(mixed, type = 3, ddf = ddf)
  say(paste0("lmer.", key, ".visit.f"), joint["AVISIT", "F value"])
  say(paste0("lmer.", key, ".visit.df"), joint["AVISIT", "DenDF"])
}

block <- read.csv(file.path(folder, "block26.csv"))
block$arm <- factor(block$arm); block$blk <- factor(block$blk)
say("coin.shift.p", as.numeric(pvalue(oneway_test(y ~ arm | blk, block, distribution = exact("shift")))))

# complete records: expected and observed information are the same, so Kenward-Roger has to agree exactly
whole <- seen[ave(seen$FEV1, seen$USUBJID, FUN = length) == 4, ]
balanced <- lmer(FEV1 ~ ARMCD * AVISIT + (1 | USUBJID), whole,
                 control = lmerControl(optCtrl = list(ftol_abs = 1e-14, xtol_abs = 1e-14)))
rows <- matrix(0, 4, length(fixef(balanced)), dimnames = list(NULL, names(fixef(balanced))))
rows[, "ARMCDTRT"] <- 1
for (i in 2:4) rows[i, paste0("ARMCDTRT:AVISITVIS", i)] <- 1
single <- contest(balanced, rows, joint = FALSE, ddf = "Kenward-Roger")
say(paste0("balanced.kr.estimate.", 1:4), single[, "Estimate"])
say(paste0("balanced.kr.se.", 1:4), single[, "Std. Error"])
say(paste0("balanced.kr.df.", 1:4), single[, "df"])
joint <- contest(balanced, rows, joint = TRUE, ddf = "Kenward-Roger")
say("balanced.kr.joint.f", joint[1, "F value"])
say("balanced.kr.joint.df", joint[1, "DenDF"])
