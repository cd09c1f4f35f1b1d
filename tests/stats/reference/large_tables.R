# Barnard and Boschloo of arms so large that binomial coefficients pass the largest double: brute force in R.
# Rscript large_tables.R > large_tables.txt
source("say.R")
large <- function(name, a, n1, b, n0) {
  # Fisher's p of every table, one margin at a time, as fisher.test does it (ties within 1e-7 count).
  fisher <- matrix(0, n1 + 1, n0 + 1)
  for (m in 0:(n1 + n0)) {
    i <- max(0, m - n0):min(n1, m); d <- dhyper(i, n1, n0, m); o <- order(d)
    upto <- findInterval(d * (1 + 1e-7), d[o]); fisher[cbind(i + 1, m - i + 1)] <- c(0, cumsum(d[o]))[upto + 1]
  }
  z <- outer(0:n1, 0:n0, function(i, j) { p <- (i + j) / (n1 + n0); v <- p * (1 - p) * (1 / n1 + 1 / n0); ifelse(v > 0, abs(i / n1 - j / n0) / sqrt(v), 0) })
  worst <- function(mark) {
    f <- function(p) as.numeric(dbinom(0:n1, n1, p) %*% (mark %*% dbinom(0:n0, n0, p)))
    g <- seq(0, 1, length.out = 4001); v <- sapply(g, f); best <- max(v)
    hills <- which(v > 0.99 * best & v >= c(0, head(v, -1)) & v >= c(tail(v, -1), 0))
    for (i in hills) best <- max(best, optimize(f, c(g[max(1, i - 1)], g[min(4001, i + 1)]), maximum = TRUE, tol = 1e-12)$objective)
    best
  }
  say(paste0(name, ".boschloo"), worst((fisher <= fisher[a + 1, b + 1] * (1 + 1e-7)) * 1))
  say(paste0(name, ".barnard"), worst((z >= z[a + 1, b + 1] * (1 - 1e-9)) * 1))
}
large("unequal", 600, 1200, 550, 1240)
