# Quantiles as rbmi takes them for its percentile bootstrap (type 6), and its p, on twelve numbers.
source("say.R")
x <- c(-3.1, -2.4, -2.2, -1.9, -1.5, -1.2, -0.8, -0.7, -0.3, 0.1, 0.4, 1.6)
q <- quantile(x, c(.1, .9), type = 6, names = FALSE)
say("quantile.low", q[1])
say("quantile.high", q[2])
say("p", min(1, 2 * min((c(sum(x < 0), sum(x > 0)) + 1) / (length(x) + 1))))
