# How long R takes for the fits of bench_against_r.py: Rscript bench_against_r.R FOLDER, with one CSV for each data set.
# One line each: data set, program and version, median milliseconds by the clock and of the processor; R's start is not
# counted. Everything a program can do of the call is asked of it: fit, small-sample df, difference at each visit.
folder <- commandArgs(trailingOnly = TRUE)[1]
has <- function(package) suppressPackageStartupMessages(suppressWarnings(requireNamespace(package, quietly = TRUE)))

timed <- function(data, package, times, task) {
  for (i in seq_len(min(2, times - 1))) task()
  taken <- sapply(seq_len(times), function(i) {
    gc(FALSE)
    spent <- proc.time(); began <- Sys.time()
    task()
    c(1000 * as.numeric(Sys.time() - began, units = "secs"), 1000 * sum((proc.time() - spent)[1:2]))
  })
  cat(data, paste0(package, "-", packageVersion(package)), median(taken[1, ]), median(taken[2, ]), "\n")
}

read <- function(name, arm, visit) {
  data <- read.csv(file.path(folder, paste0(name, ".csv")))
  data <- data[!is.na(data$y), ]
  transform(data, ARM = relevel(factor(ARM), "PLACEBO"), VISIT = factor(VISIT), SUBJECT = factor(SUBJECT),
            time = as.integer(factor(VISIT)))
}

# coefficients of the difference at each visit: the arm, and the arm by visit
differences <- function(names, visits) {
  rows <- matrix(0, length(visits), length(names), dimnames = list(visits, names))
  rows[, "ARMDCS"] <- 1
  for (visit in visits[-1]) {
    called <- c(paste0("ARMDCS:VISIT", visit), paste0("VISIT", visit, ":ARMDCS"))
    rows[visit, names %in% called] <- 1
  }
  rows
}

cases <- list(
  fev = list(fixed = y ~ ARM * VISIT + RACE + SEX, times = 15, gls = 3),
  small = list(fixed = y ~ BASE + VISIT * ARM, times = 15, gls = 3),
  large = list(fixed = y ~ ARM * VISIT + BASE + RACE, times = 1, gls = 0)
)
for (name in names(cases)) {
  if (!file.exists(file.path(folder, paste0(name, ".csv")))) next
  case <- cases[[name]]
  data <- read(name)
  rows <- differences(colnames(model.matrix(case$fixed, data)), levels(data$VISIT))
  if (has("mmrm")) {
    suppressPackageStartupMessages(suppressWarnings(library(mmrm)))
    formula <- update(case$fixed, . ~ . + us(VISIT | SUBJECT))
    timed(name, "mmrm", case$times, function() {
      found <- mmrm(formula, data, method = "Kenward-Roger", vcov = "Kenward-Roger-Linear")
      apply(rows, 1, function(row) df_1d(found, row))
    })
  }
  if (has("nlme") && case$gls) timed(name, "nlme", case$gls, function() {  # without small-sample df: gls has none
    found <- nlme::gls(case$fixed, data, correlation = nlme::corSymm(form = ~ time | SUBJECT),
                       weights = nlme::varIdent(form = ~ 1 | VISIT), control = nlme::glsControl(maxIter = 200))
    rows %*% coef(found)
  })
  if (has("pbkrtest") && has("lmerTest") && case$gls) timed(name, "pbkrtest", case$gls, function() {  # random intercept
    found <- lmerTest::lmer(update(case$fixed, . ~ . + (1 | SUBJECT)), data)
    lmerTest::contest(found, rows[, names(lme4::fixef(found))], joint = FALSE, ddf = "Kenward-Roger")
  })
}
