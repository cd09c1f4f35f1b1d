# The estimators of the final report, written a second time: base R, from the specification (analysis/METHODS.md).
# Nothing here looks at the first program or at its numbers. Each table is said as lines of
#   table <tab> row <tab> column <tab> statistic <tab> value     (columns are counted from 0)

say <- function(table, row, column, statistic, value) {
  value <- as.numeric(value)
  if (length(value) == 1 && is.finite(value))
    cat(paste(table, row, column, statistic, sprintf("%.17g", value), sep = "\t"), "\n", sep = "")
}
say_all <- function(table, row, columns, values)
  for (i in seq_along(columns)) say(table, row, columns[i], "value", values[i])
say_ends <- function(table, row, column, ends) {
  say(table, row, column, "low", ends[1]); say(table, row, column, "high", ends[2])
}
attempt <- function(table, what) tryCatch(what, error = function(e)
  cat(paste("#failed", table, gsub("[\t\n]", " ", conditionMessage(e)), sep = "\t"), "\n", sep = ""))

# -- data ---------------------------------------------------------------------------------------------------------

ratings_of <- function(outcome, ratings) {
  flag <- if (ratings == "primary") analysis$in_primary else analysis$in_treatment_policy
  own <- analysis[analysis$outcome == outcome & flag == "Y", ]
  own[!is.na(own$value), ]
}
arm_of <- function(subject) subjects$arm[match(subject, subjects$subject)]
randomised <- function() subjects[!is.na(subjects$randomised_on), ]

# One row a subject at the primary visit: observed, or the last rating carried forward (METHODS 2.5).
at_visit <- function(outcome, ratings, order, carried) {
  own <- ratings_of(outcome, ratings)
  own <- own[own$visit %in% order & !is.na(own$change) & !is.na(own$base), ]
  own$place <- match(own$visit, order)
  if (!carried) return(own[own$place == length(order), ])
  own <- own[order(own$subject, own$place), ]
  own[!duplicated(own$subject, fromLast = TRUE), ]
}

# -- description --------------------------------------------------------------------------------------------------

describe <- function(x, level) {
  x <- x[!is.na(x)]; n <- length(x); m <- mean(x); s <- if (n > 1) sd(x) else NA
  half <- if (n > 1) qt(0.5 + level / 2, n - 1) * s / sqrt(n) else NA
  list(n = n, mean = m, sd = s, low = m - half, high = m + half, min = min(x), max = max(x),
       median = unname(quantile(x, 0.5, type = 2)))
}
wilson <- function(x, n, level) {
  z <- qnorm(0.5 + level / 2); p <- x / n
  middle <- p + z^2 / (2 * n); half <- z * sqrt(p * (1 - p) / n + z^2 / (4 * n^2))
  ends <- (middle + c(-half, half)) / (1 + z^2 / n)
  if (x == 0) ends[1] <- 0
  if (x == n) ends[2] <- 1
  ends
}

summaries <- function(table, outcome, ratings, visits, arms, level, baseline, points, dosed) {
  own <- ratings_of(outcome, ratings)
  own$arm <- arm_of(own$subject)
  if (dosed) own <- own[own$subject %in% subjects$subject[!is.na(subjects$first_dose_on)], ]
  grouped <- length(arms) > 1
  for (visit in names(visits)) for (arm in names(arms)) {
    at <- own[own$visit == visit & (!grouped | own$arm %in% arm), ]
    row <- if (points) paste(arms[[arm]], visits[[visit]], sep = " / ")
           else if (grouped) paste(visits[[visit]], arms[[arm]], sep = " / ") else visits[[visit]]
    if (nrow(at) == 0) { if (!points) say(table, row, 1 + grouped, "value", 0); next }
    d <- describe(at$value, level)
    if (points) {  # a single value has no interval: it is drawn as a point
      ends <- if (d$n > 1) c(d$low, d$high) else c(d$mean, d$mean)
      say_all(table, row, 2:5, c(d$n, d$mean, ends)); next
    }
    k <- 1 + grouped
    say_all(table, row, k + c(0, 1, 2, 4), c(d$n, d$mean, d$sd, d$median))
    if (is.finite(d$low)) say_ends(table, row, k + 3, c(d$low, d$high))
    say_ends(table, row, k + 5, c(d$min, d$max))
    if (visit != baseline && any(!is.na(at$change))) {
      d <- describe(at$change, level); say_all(table, row, k + 6:7, c(d$mean, d$sd))
    }
  }
}

baseline_table <- function(table, arms, numeric, women) {
  who <- randomised(); unknown <- list()
  for (k in seq_len(length(arms) + 1)) {
    own <- if (k > length(arms)) who else who[who$arm == names(arms)[k], ]
    say(table, "Subjects", k, "value", nrow(own))
    if (nrow(own)) {
      f <- sum(own$sex %in% "F")
      say(table, women, k, "events", f); say(table, women, k, "n", nrow(own))
      say(table, women, k, "percent", 100 * f / nrow(own))
    }
    for (name in names(numeric)) {
      x <- if (name %in% names(own)) own[[name]] else {
        first <- analysis[analysis$outcome == name & !is.na(analysis$base), ]
        first$base[match(own$subject, first$subject)]
      }
      if (any(!is.na(x))) {
        say(table, numeric[[name]], k, "mean", mean(x, na.rm = TRUE)); say(table, numeric[[name]], k, "sd", sd(x, na.rm = TRUE))
      }
      unknown[[name]] <- c(unknown[[name]], sum(is.na(x)))
    }
  }
  place <- 0   # a row says how many are not known, below each of which anybody's is not
  for (missing in unknown) if (any(missing > 0)) { place <- place + 1
    for (k in seq_along(missing)) say(table, if (place > 1) paste0("not known (", place, ")") else "not known", k, "value", missing[k]) }
}

disposition_table <- function(table, arms, rows, outcome, visit) {
  who <- randomised()
  seen <- ratings_of(outcome, "every"); seen <- seen$subject[seen$visit == visit]
  facts <- list(randomised = rep(TRUE, nrow(who)), dosed = !is.na(who$first_dose_on),
                drug = who$treatment_ended %in% "COMPLETED", completed = who$status %in% "completed",
                left = who$status %in% "discontinued", rated = who$subject %in% seen)
  for (name in names(rows)) {
    flag <- if (name %in% names(facts)) facts[[name]] else who$study_ended %in% name
    for (k in seq_along(arms)) say(table, rows[[name]], k, "value", sum(flag & who$arm == names(arms)[k]))
    say(table, rows[[name]], length(arms) + 1, "value", sum(flag))
  }
}

courses_table <- function(table, outcome, visits) {
  own <- ratings_of(outcome, "every")
  for (i in seq_len(nrow(own))) if (own$visit[i] %in% names(visits)) say(table,
    paste(own$subject[i], arms_printed[[arm_of(own$subject[i])]], sep = " / "),
    1 + match(own$visit[i], names(visits)), "value", own$value[i])
}

# -- the mixed model (METHODS 6): REML with an unstructured covariance, Newton in its elements, Kenward-Roger ----------

.fits <- new.env()
mixed <- function(outcome, ratings, members, visits, arms, site) {
  key <- paste(outcome, ratings, members, site, length(arms) > 0)
  if (is.null(.fits[[key]])) .fits[[key]] <- fit_mixed(outcome, ratings, members, visits, arms, site)
  .fits[[key]]
}
fit_mixed <- function(outcome, ratings, members, visits, arms, site) {
  d <- ratings_of(outcome, ratings)
  d <- d[d$visit %in% visits & !is.na(d$change) & !is.na(d$base), ]
  if (nzchar(members)) d <- d[d$subject %in% subjects$subject[subjects[[members]] %in% "Y"], ]
  seen <- visits[visits %in% d$visit]
  d$visit <- factor(d$visit, seen)
  d$arm <- factor(arm_of(d$subject), arms)                       # the reference arm comes first
  d$site <- factor(d$site)
  model <- if (site && nlevels(d$site) > 1) ~ base + site + visit * arm else ~ base + visit * arm
  if (!length(arms)) model <- if (site && nlevels(d$site) > 1) ~ base + site + visit else ~ base + visit
  if (nlevels(d$visit) == 1) model <- if (site && nlevels(d$site) > 1) ~ base + site + arm else ~ base + arm
  c(list(model = model), fit_frame(d, model.matrix(model, d), seen))
}
# d: change, visit (a factor with the levels `seen`) and subject; start: a covariance near the optimum.
fit_frame <- function(d, X, seen, start = NULL, adjust = TRUE) {
  q <- qr(X); if (q$rank < ncol(X)) stop("the design has not full rank")
  R <- qr.R(q); Q <- qr.Q(q)
  scale <- sd(d$change); y <- d$change / scale
  m <- length(seen); p <- ncol(X)
  at <- as.integer(d$visit)
  pattern <- tapply(at, d$subject, function(v) paste(sort(v), collapse = ","))
  groups <- lapply(split(names(pattern), pattern), function(who) {
    v <- as.integer(strsplit(pattern[[who[1]]], ",")[[1]])
    Z <- lapply(v, function(k) { rows <- which(at == k & d$subject %in% who)
      rows <- rows[order(d$subject[rows])]; cbind(Q[rows, , drop = FALSE], y[rows]) })
    C <- do.call(rbind, lapply(seq_along(v), function(b) do.call(rbind, lapply(seq_along(v), function(a)
      as.vector(crossprod(Z[[a]], Z[[b]]))))))
    list(v = v, n = length(who), C = C)
  })
  pairs <- which(lower.tri(diag(m), TRUE), arr.ind = TRUE); r <- nrow(pairs)
  E <- lapply(seq_len(r), function(j) { e <- matrix(0, m, m)
    e[pairs[j, 1], pairs[j, 2]] <- 1; e[pairs[j, 2], pairs[j, 1]] <- 1; e })
  sum_of <- function(M, g) matrix(as.vector(M) %*% g$C, p + 1, p + 1)
  at_once <- function(each) matrix(unlist(each), length(each), byrow = TRUE)   # a row for each matrix, as sum_of takes it
  state <- function(S) {
    A <- matrix(0, p + 1, p + 1); logdet <- 0; B <- matrix(0, r, (p + 1)^2); tr <- numeric(r)
    for (g in groups) { root <- tryCatch(chol(S[g$v, g$v, drop = FALSE]), error = function(e) NULL); if (is.null(root)) return(NULL)
      V <- chol2inv(root); logdet <- logdet + 2 * g$n * sum(log(diag(root))); A <- A + sum_of(V, g)
      own <- lapply(E, function(e) e[g$v, g$v, drop = FALSE])
      B <- B + at_once(lapply(own, function(e) V %*% e %*% V)) %*% g$C
      tr <- tr + g$n * as.vector(at_once(own) %*% as.vector(V)) }
    x <- seq_len(p); root <- tryCatch(chol(A[x, x]), error = function(e) NULL); if (is.null(root)) return(NULL)
    phi <- chol2inv(root); b <- as.vector(phi %*% A[x, p + 1]); w <- c(-b, 1)
    list(S = S, phi = phi, b = b, w = w, B = B, tr = tr,
         deviance = logdet + 2 * sum(log(diag(root))) + as.numeric(t(w) %*% A %*% w))
  }
  two <- which(lower.tri(diag(r), TRUE), arr.ind = TRUE); x <- seq_len(p)
  inner <- as.vector(outer(x, x, function(i, j) i + (j - 1) * (p + 1)))   # where the design's part stands in a flat matrix
  mirrored <- function(values) { M <- matrix(0, r, r); M[two] <- values; M[two[, 2:1]] <- values; M }
  derivatives <- function(at, terms = FALSE) {  # gradient, observed and expected information of -2 log restricted likelihood
    P <- lapply(seq_len(r), function(j) matrix(at$B[j, inner], p, p)); ww <- as.vector(outer(at$w, at$w))
    gradient <- at$tr - as.vector(at$B[, inner, drop = FALSE] %*% as.vector(at$phi)) - as.vector(at$B %*% ww)
    u <- apply(at$B, 1, function(b) as.vector(matrix(b, p + 1) %*% at$w)[x]); if (p == 1) u <- matrix(u, 1)
    trace <- matrix(0, r, r); full <- rep(0, (p + 1)^2); full[inner] <- at$phi; sums <- cbind(full, ww)
    totals <- matrix(0, nrow(two), if (terms) (p + 1)^2 else 2)   # all of them, or only what their products come to
    for (g in groups) { V <- chol2inv(chol(at$S[g$v, g$v, drop = FALSE])); VE <- lapply(E, function(e) V %*% e[g$v, g$v])
      trace <- trace + g$n * tcrossprod(at_once(VE), at_once(lapply(VE, t)))
      VEV <- lapply(VE, function(one) one %*% V)
      each <- at_once(Map(function(j, k) VE[[j]] %*% VEV[[k]], two[, 1], two[, 2]))
      totals <- totals + each %*% (if (terms) g$C else g$C %*% sums) }
    flat <- lapply(P, function(one) at$phi %*% one)
    came <- if (terms) totals %*% sums else totals
    PP <- trace - 2 * mirrored(came[, 1]) + tcrossprod(at_once(flat), at_once(lapply(flat, t)))
    Q <- if (terms) vector("list", r * r)
    if (terms) for (i in seq_len(nrow(two))) { total <- matrix(totals[i, inner], p, p)
      Q[[(two[i, 1] - 1) * r + two[i, 2]]] <- total; Q[[(two[i, 2] - 1) * r + two[i, 1]]] <- t(total) }
    quad <- mirrored(came[, 2])
    list(gradient = gradient, expected = PP, observed = -PP + 2 * (quad - t(u) %*% at$phi %*% u), P = P, Q = Q)
  }
  spread <- sapply(seq_len(m), function(k) var(qr.resid(qr(Q[at == k, c(1, 2), drop = FALSE]), y[at == k])))
  spread[!is.finite(spread) | spread <= 0] <- 1
  now <- state(if (is.null(start)) 0.5 * sqrt(outer(spread, spread)) + diag(0.5 * spread, m) else start / scale^2)
  for (turn in 1:200) {
    found <- derivatives(now); H <- found$observed
    if (min(eigen(H, TRUE, TRUE)$values) <= 0) H <- found$expected
    step <- solve(H, found$gradient); decrement <- sum(step * found$gradient); size <- 1
    repeat {
      S <- now$S; for (j in seq_len(r)) S <- S - size * step[j] * E[[j]]
      new <- state(S)
      if (!is.null(new) && new$deviance <= now$deviance + 1e-10) break
      size <- size / 2; if (size < 1e-8) break
    }
    if (size < 1e-8) break
    now <- new; if (decrement < 1e-22) break
  }
  found <- derivatives(now, adjust)
  if (max(abs(found$gradient)) > 1e-6) stop("the second program did not converge")
  if (!adjust) return(list(R = R, b = now$b * scale, sigma = now$S * scale^2))
  W <- 2 * solve(found$observed); x <- seq_len(p); middle <- matrix(0, p, p)
  for (j in seq_len(r)) for (k in seq_len(r)) middle <- middle + W[j, k] *
    (found$Q[[(j - 1) * r + k]] - found$P[[j]] %*% now$phi %*% found$P[[k]])
  adjusted <- now$phi + 2 * now$phi %*% middle %*% now$phi
  list(d = d, X = X, R = R, q = Q, b = now$b * scale, phi = now$phi, adjusted = (adjusted + t(adjusted)) / 2, P = found$P, W = W,
       scale = scale, sigma = now$S * scale^2, seen = seen, subjects = length(unique(d$subject)), n = nrow(d))
}
mean_row <- function(fit, visit, arm) {   # covariates at their means, sites weigh equally
  sites <- levels(fit$d$site)
  grid <- data.frame(base = mean(fit$d$base), site = factor(sites, sites),
                     visit = factor(visit, levels(fit$d$visit)), arm = factor(arm, levels(fit$d$arm)))
  colMeans(model.matrix(fit$model, grid))
}
contrast <- function(fit, row, level, by = "kr") {
  l <- backsolve(fit$R, row, transpose = TRUE)  # the row in the orthonormal basis
  estimate <- sum(l * fit$b)
  v <- as.numeric(t(l) %*% fit$phi %*% l)
  se <- fit$scale * sqrt(if (by == "satterthwaite") v else as.numeric(t(l) %*% fit$adjusted %*% l))
  t <- sapply(fit$P, function(P) as.numeric(t(l) %*% fit$phi %*% P %*% fit$phi %*% l)) / v
  df <- 2 / as.numeric(t(t) %*% fit$W %*% t)
  half <- qt(0.5 + level / 2, df) * se
  list(estimate = estimate, se = se, df = df, low = estimate - half, high = estimate + half, t = estimate / se,
       p = 2 * pt(-abs(estimate / se), df))
}
compared <- function(fit, visit, active, reference, level, by = "kr")
  contrast(fit, mean_row(fit, visit, active) - mean_row(fit, visit, reference), level, by)

mixed_by_visit <- function(table, outcome, ratings, members, visits, arms, printed, pairs, site, level) {
  fit <- mixed(outcome, ratings, members, names(visits), arms, site)
  several <- length(pairs) > 1; k <- length(printed)
  for (visit in fit$seen) {
    for (pair in seq_along(pairs)) {
      row <- if (several) paste0(visits[[visit]], if (pair > 1) paste0(" (", pair, ")")) else visits[[visit]]
      for (i in seq_along(printed)) {
        one <- contrast(fit, mean_row(fit, visit, names(printed)[i]), level)
        say(table, row, i, "mean", one$estimate); say(table, row, i, "se", one$se)
      }
      one <- compared(fit, visit, names(pairs)[pair], arms[1], level)
      at <- k + several
      say_all(table, row, at + c(1, 2, 3, 5, 6), c(one$estimate, one$se, one$df, one$t, one$p))
      say_ends(table, row, at + 4, c(one$low, one$high))
    }
  }
}
mixed_points <- function(table, outcome, ratings, members, visits, arms, printed, site, level, first) {
  fit <- mixed(outcome, ratings, members, names(visits), arms, site)
  for (arm in names(printed)) {
    own <- fit$d[fit$d$arm == arm, ]
    say_all(table, paste(printed[[arm]], first, sep = " / "), 2:5, c(length(unique(own$subject)), 0, 0, 0))
    for (visit in fit$seen) { one <- contrast(fit, mean_row(fit, visit, arm), level)
      say_all(table, paste(printed[[arm]], visits[[visit]], sep = " / "), 2:5,
              c(sum(own$visit == visit), one$estimate, one$low, one$high)) }
  }
}
# One row of a table of single differences; `columns` says where each of them stands.
place_row <- function(table, row, columns, one) for (name in names(columns)) {
  if (name == "ends") say_ends(table, row, columns[[name]], c(one$low, one$high))
  else say(table, row, columns[[name]], "value", one[[name]])
}
mixed_row <- function(table, row, columns, outcome, ratings, members, visits, arms, active, at, site, level, df = "kr") {
  fit <- mixed(outcome, ratings, members, names(visits), arms, site)
  one <- compared(fit, at, active, arms[1], level, df); one$n <- fit$subjects; one$subjects <- fit$subjects; one$ratings <- fit$n
  place_row(table, row, columns, one)
}
covariance_table <- function(table, outcome, ratings, members, visits, arms, site) {
  fit <- mixed(outcome, ratings, members, names(visits), arms, site)
  s <- sqrt(diag(fit$sigma))
  for (i in seq_along(fit$seen)) {
    row <- visits[[fit$seen[i]]]
    for (j in seq_along(fit$seen))
      say(table, row, j, "value", if (j <= i) fit$sigma[i, j] else fit$sigma[i, j] / (s[i] * s[j]))
    say(table, row, length(fit$seen) + 1, "value", s[i])
  }
}

# -- analysis of covariance (METHODS 4) -----------------------------------------------------------------------------

least_squares <- function(X, y, which, level, robust) {
  fit <- qr(X); b <- qr.coef(fit, y); e <- qr.resid(fit, y); df <- length(y) - ncol(X)
  bread <- chol2inv(qr.R(fit)); pivot <- fit$pivot; bread[pivot, pivot] <- bread
  h <- rowSums(qr.Q(fit)^2)
  V <- if (robust) bread %*% crossprod(X * (e / (1 - h))) %*% bread else bread * sum(e^2) / df
  estimate <- sum(which * b); se <- sqrt(as.numeric(t(which) %*% V %*% which)); half <- qt(0.5 + level / 2, df) * se
  list(estimate = estimate, se = se, df = df, low = estimate - half, high = estimate + half, t = estimate / se,
       p = 2 * pt(-abs(estimate / se), df), n = length(y), V = V, b = b)
}
ancova_row <- function(table, row, columns, outcome, ratings, carried, order, arms, active, level, robust) {
  d <- at_visit(outcome, ratings, order, carried); d$arm <- arm_of(d$subject)
  d <- d[d$arm %in% arms, ]
  X <- cbind(1, d$base - mean(d$base), sapply(arms[-1], function(a) as.numeric(d$arm == a)))
  which <- rep(0, ncol(X)); which[2 + match(active, arms[-1])] <- 1
  keep <- which != 0 | colSums(abs(X)) > 0
  place_row(table, row, columns, least_squares(X[, keep, drop = FALSE], d$change, which[keep], level, robust))
}
moderated <- function(moderator, outcome, order, arms, active) {
  d <- at_visit(outcome, "every", order, TRUE); d$arm <- arm_of(d$subject)
  d$m <- subjects[[moderator]][match(d$subject, subjects$subject)]
  d <- d[d$arm %in% c(active, arms[1]) & !is.na(d$m), ]
  d$treated <- as.numeric(d$arm == active); centre <- mean(d$m)
  list(X = cbind(1, d$treated, d$base - mean(d$base), d$m - centre, d$treated * (d$m - centre)), y = d$change, m = d$m, centre = centre)
}
moderation_table <- function(table, rows, moderator, outcome, order, arms, active, level) {
  f <- moderated(moderator, outcome, order, arms, active)
  columns <- c(n = 1, estimate = 2, se = 3, df = 4, ends = 5, t = 6, p = 7)
  place_row(table, rows[1], columns, least_squares(f$X, f$y, c(0, 0, 0, 0, 1), level, FALSE))
  place_row(table, rows[2], columns, least_squares(f$X, f$y, c(0, 0, 0, 0, 1), level, TRUE))
  place_row(table, rows[3], columns, least_squares(f$X, f$y, c(0, 1, 0, 0, 0), level, FALSE))
}
moderation_points <- function(table, names, moderator, outcome, order, arms, active, level) {
  f <- moderated(moderator, outcome, order, arms, active); span <- diff(range(f$m)) / 10
  x <- seq(min(f$m) - span, max(f$m) + span, length.out = length(names))
  for (i in seq_along(x)) {
    one <- least_squares(f$X, f$y, c(0, 1, 0, 0, x[i] - f$centre), level, FALSE)
    say_all(table, names[i], 1:3, c(one$estimate, one$low, one$high))
  }
}

# -- effect sizes (METHODS 10) --------------------------------------------------------------------------------------

standardised <- function(d, scale, df, n, level) {
  t <- d / scale; tail <- (1 - level) / 2
  root <- function(aim) { f <- function(nc) pt(t, df, ncp = nc) - aim; w <- 4 + 4 * abs(t) / sqrt(2 * df)
    uniroot(f, c(t - w, t + w), extendInt = "downX", tol = 1e-13, maxiter = 10000)$root }
  j <- exp(lgamma(df / 2) - lgamma((df - 1) / 2)) / sqrt(df / 2)
  list(estimate = j * d, low = j * scale * root(1 - tail), high = j * scale * root(tail), n = n)
}
effect_table <- function(table, rows, outcome, ratings, members, visits, order, arms, active, at, site, level, better) {
  columns <- c(n = 1, estimate = 2, ends = 3)
  d <- at_visit(outcome, ratings, order, FALSE); d$arm <- arm_of(d$subject)
  x <- d$change[d$arm == active]; y <- d$change[d$arm == arms[1]]
  df <- length(x) + length(y) - 2; s <- sqrt((sum((x - mean(x))^2) + sum((y - mean(y))^2)) / df)
  place_row(table, rows[1], columns, standardised((mean(x) - mean(y)) / s, sqrt(1 / length(x) + 1 / length(y)), df, df + 2, level))
  fit <- mixed(outcome, ratings, members, names(visits), arms, site); one <- compared(fit, at, active, arms[1], level)
  k <- match(at, fit$seen); s <- sqrt(fit$sigma[k, k])
  place_row(table, rows[2], columns, standardised(one$estimate / s, one$se / s, one$df, fit$subjects, level))
  own <- ratings_of(outcome, ratings); own <- own[!duplicated(own$subject), ]; s <- sd(own$base, na.rm = TRUE)
  place_row(table, rows[3], columns, standardised(one$estimate / s, one$se / s, one$df, fit$subjects, level))
  place_row(table, rows[4], columns, superiority(x, y, better, level))
}
superiority <- function(x, y, better, level) {   # Brunner and Munzel: how often x fares better than y, ties half
  if (better == "lower") { x <- -x; y <- -y }
  better_than <- sapply(x, function(v) mean(v > y) + mean(v == y) / 2)
  worse_than <- sapply(y, function(v) mean(x > v) + mean(x == v) / 2)
  theta <- mean(better_than); a <- var(better_than) / length(x); b <- var(worse_than) / length(y)
  se <- sqrt(a + b); df <- (a + b)^2 / (a^2 / (length(x) - 1) + b^2 / (length(y) - 1)); half <- qt(0.5 + level / 2, df) * se
  list(estimate = theta, low = max(0, theta - half), high = min(1, theta + half), n = length(x) + length(y),
       p = 2 * pt(-abs(theta - 0.5) / se, df))
}
superiority_row <- function(table, row, columns, outcome, at, arms, active, better, level) {
  d <- ratings_of(outcome, "primary"); d <- d[d$visit == at, ]; a <- arm_of(d$subject)
  place_row(table, row, columns, superiority(d$value[a == active], d$value[a == arms[1]], better, level))
}

# -- response (METHODS 2.7, 2.8, 2.12 and 5) --------------------------------------------------------------------------

verdicts <- function(rule, at, ratings) {   # of every randomised subject: TRUE, FALSE, or NA where it was not rated
  who <- randomised()
  d <- ratings_of(rule$outcome, ratings); d <- d[d$visit == at, ]
  yes <- switch(rule$kind,
    response_lower = 100 * d$value <= (100 - rule$limit) * d$base,
    response_higher = ifelse(d$base > 0, 100 * d$value >= (100 + rule$limit) * d$base, NA),
    at_most = d$value <= rule$limit, at_least = d$value >= rule$limit)
  if (ratings == "primary") {
    own <- events[events$kind %in% rule$composite, ]; own$day[is.na(own$day)] <- 1
    first <- tapply(own$day, own$subject, min)
    yes[!is.na(match(d$subject, names(first))) & d$day >= first[match(d$subject, names(first))]] <- FALSE
  }
  data.frame(subject = who$subject, arm = who$arm, site = who$site, yes = yes[match(who$subject, d$subject)])
}
counted <- function(v, active, reference) c(sum(v$yes %in% TRUE & v$arm == active), sum(v$arm == active),
                                            sum(v$yes %in% TRUE & v$arm == reference), sum(v$arm == reference))
response_table <- function(table, rules, at, arms) for (row in names(rules)) {
  v <- verdicts(rules[[row]], at, "primary")
  for (i in seq_along(arms)) {
    own <- v[v$arm == names(arms)[i], ]; x <- sum(own$yes %in% TRUE)
    say(table, row, i, "events", x); say(table, row, i, "n", nrow(own)); say(table, row, i, "percent", 100 * x / nrow(own))
  }
  say(table, row, length(arms) + 1, "value", sum(is.na(v$yes)))
}
.known <- new.env()
unconditional <- function(k, order) {
  key <- paste(c(k, attr(order, "small")), collapse = " ")
  if (is.null(.known[[key]])) .known[[key]] <- search_rates(k, order)
  .known[[key]]
}
search_rates <- function(k, order) {   # the largest probability, over one common rate, of the tables as extreme
  n1 <- k[2]; n2 <- k[4]
  grid <- expand.grid(a = 0:n1, b = 0:n2)
  value <- mapply(order, grid$a, grid$b)
  seen <- value[grid$a == k[1] & grid$b == k[3]]
  grid <- grid[if (attr(order, "small")) value <= seen * (1 + 1e-7) else value >= seen * (1 - 1e-9), ]
  if (nrow(grid) == (n1 + 1) * (n2 + 1)) return(c(seen, 1))
  height <- function(p) sum(dbinom(grid$a, n1, p) * dbinom(grid$b, n2, p))
  at <- seq(0, 1, length.out = 401); h <- sapply(at, height); best <- max(h)
  hills <- which(h > 0.9 * best & h >= c(0, h[-401]) & h >= c(h[-1], 0))
  for (i in hills) best <- max(best, optimize(height,
    c(at[max(1, i - 1)], at[min(401, i + 1)]), maximum = TRUE, tol = 1e-12)$objective)
  c(seen, min(best, 1))
}
fisher_p <- function(n1, n2, two_sided = TRUE) structure(function(a, b) {
  s <- a + b; x <- max(0, s - n2):min(s, n1); p <- dhyper(x, n1, n2, s); own <- dhyper(a, n1, n2, s)
  min(1, sum(p[p <= own * (1 + 1e-7)])) }, small = TRUE)
pooled_z <- function(n1, n2) structure(function(a, b) { p <- (a + b) / (n1 + n2)
  v <- p * (1 - p) * (1 / n1 + 1 / n2); if (v > 0) abs(a / n1 - b / n2) / sqrt(v) else 0 }, small = FALSE)
tests_table <- function(table, rows, rule, at, active, reference) {
  k <- counted(verdicts(rule, at, "primary"), active, reference)
  o <- matrix(c(k[1], k[2] - k[1], k[3], k[4] - k[3]), 2); n <- sum(o); e <- outer(rowSums(o), colSums(o)) / n
  said <- function(name, statistic, df, p) { say_all(table, rows[[name]], 1:3, c(statistic, df, p)) }
  b <- unconditional(k, fisher_p(k[2], k[4])); said("Boschloo", b[1], NA, b[2])
  z <- unconditional(k, pooled_z(k[2], k[4])); said("Barnard", z[1], NA, z[2])
  if (all(e > 0)) {
    x <- sum((o - e)^2 / e); chi <- function(name, v) said(name, v, 1, pchisq(v, 1, lower.tail = FALSE))
    chi("Pearson", x); chi("N-1", x * (n - 1) / n); chi("Yates", sum(pmax(abs(o - e) - 0.5, 0)^2 / e))
    chi("G2", 2 * sum(ifelse(o > 0, o * log(o / e), 0)))
  } else for (name in c("Pearson", "N-1", "Yates", "G2")) said(name, NA, 1, NA)   # nobody or everybody had it
  s <- k[1] + k[3]; x <- max(0, s - k[4]):min(s, k[2]); p <- dhyper(x, k[2], k[4], s); own <- dhyper(k[1], k[2], k[4], s)
  tied <- abs(p - own) <= own * 1e-7
  said("Fisher", NA, NA, min(1, sum(p[p < own | tied])))
  said("Fisher mid-p", NA, NA, min(1, sum(p[p < own & !tied]) + sum(p[tied]) / 2))
  said("Fisher one-sided", NA, NA, min(1, sum(p[x >= k[1]]), sum(p[x <= k[1]])))
}
score_interval <- function(k, factor, level) {   # by the likeliest rates at each difference, found by a search
  p1 <- k[1] / k[2]; p2 <- k[3] / k[4]; seen <- p1 - p2; z <- qnorm(0.5 + level / 2)
  over <- function(n, x) if (n == 0) 0 else n / x
  distance <- function(d) {
    slope <- function(q) { q2 <- q - d
      over(k[1], q) - over(k[2] - k[1], 1 - q) + over(k[3], q2) - over(k[4] - k[3], 1 - q2) }
    low <- max(0, d); high <- min(1, 1 + d); eps <- 1e-15 * (high - low)
    q <- if (slope(low + eps) <= 0) low else if (slope(high - eps) >= 0) high else
      uniroot(slope, c(low + eps, high - eps), tol = 1e-16, maxiter = 10000)$root
    v <- (q * (1 - q) / k[2] + (q - d) * (1 - q + d) / k[4]) * factor
    if (v <= 0) sign(seen - d) * 1e9 else (seen - d) / sqrt(v)
  }
  c(if (seen <= -1) -1 else uniroot(function(d) distance(d) - z, c(-1 + 1e-12, seen), tol = 1e-15, maxiter = 10000)$root,
    if (seen >= 1) 1 else uniroot(function(d) distance(d) + z, c(seen, 1 - 1e-12), tol = 1e-15, maxiter = 10000)$root)
}
differences_table <- function(table, rule, at, active, reference, level, adjusted = character(0)) {
  k <- counted(verdicts(rule, at, "primary"), active, reference); p1 <- k[1] / k[2]; p2 <- k[3] / k[4]; n <- k[2] + k[4]
  w1 <- wilson(k[1], k[2], level); w2 <- wilson(k[3], k[4], level)
  se <- sqrt(p1 * (1 - p1) / k[2] + p2 * (1 - p2) / k[4]); z <- qnorm(0.5 + level / 2)
  ends <- list("Miettinen-Nurminen" = score_interval(k, n / (n - 1), level), "Mee" = score_interval(k, 1, level),
    "Newcombe" = p1 - p2 + c(-sqrt((p1 - w1[1])^2 + (w2[2] - p2)^2), sqrt((w1[2] - p1)^2 + (p2 - w2[1])^2)),
    "Wald" = p1 - p2 + c(-z, z) * se)
  for (name in names(ends)) say_all(table, name, 1:3, 100 * c(p1 - p2, ends[[name]]))
  for (name in adjusted) say_all(table, name, 1:3, 100 * standardised_risk(rule, at, active, reference, z))
}
standardised_risk <- function(rule, at, active, reference, z) {   # everybody predicted under both arms; delta method
  v <- verdicts(rule, at, "primary"); first <- analysis[analysis$outcome == rule$outcome & !is.na(analysis$base), ]
  v$base <- first$base[match(v$subject, first$subject)]; v <- v[!is.na(v$base), ]; y <- as.numeric(v$yes %in% TRUE)
  v$arm <- factor(v$arm, c(reference, setdiff(unique(v$arm), reference)))
  fit <- glm(y ~ arm + base, binomial, v, epsilon = 1e-15, maxit = 100)
  predicted <- function(arm) { d <- v; d$arm <- factor(arm, levels(v$arm)); X <- model.matrix(~ arm + base, d)
    p <- plogis(as.vector(X %*% coef(fit))); list(p = mean(p), slope = colMeans(X * p * (1 - p))) }
  one <- predicted(active); two <- predicted(reference); g <- one$slope - two$slope
  X <- model.matrix(fit); p <- fitted(fit); V <- solve(crossprod(X * sqrt(p * (1 - p)))); gap <- one$p - two$p
  gap + c(0, -z, z) * sqrt(as.numeric(t(g) %*% V %*% g))
}
improved_table <- function(table, rule, at, arms, steps) for (name in names(steps)) { rule$limit <- steps[[name]]
  v <- verdicts(rule, at, "primary")
  for (arm in names(arms)) { own <- v[v$arm == arm, ]
    say_share(table, paste(arms[[arm]], name, sep = " / "), 2, sum(own$yes %in% TRUE), nrow(own)) } }
ratios_table <- function(table, rule, at, active, reference, level) {
  k <- counted(verdicts(rule, at, "primary"), active, reference); z <- qnorm(0.5 + level / 2)
  a <- k[1]; b <- k[3]; c <- k[2] - k[1]; d <- k[4] - k[3]
  wald <- function(row, value, se) { if (!is.finite(value)) return()
    say(table, row, 1, "value", value)
    if (is.finite(se)) say_all(table, row, 2:4, c(value * exp(-z * se), value * exp(z * se), 2 * pnorm(-abs(log(value)) / se)) ) }
  wald("Odds ratio", a * d / (b * c), sqrt(1 / a + 1 / b + 1 / c + 1 / d))
  wald("Risk ratio", (a / k[2]) / (b / k[4]), sqrt(1 / a - 1 / k[2] + 1 / b - 1 / k[4]))
  s <- a + b; x <- max(0, s - k[4]):min(s, k[2]); w <- lchoose(k[2], x) + lchoose(k[4], s - x)
  p <- function(theta) { l <- w + x * theta; l <- exp(l - max(l)); l / sum(l) }   # theta: log odds ratio
  solve_for <- function(f) exp(uniroot(f, c(-30, 30), tol = 1e-14, maxiter = 10000)$root)
  tail <- (1 - level) / 2
  if (length(x) > 1) {
    if (a > min(x) && a < max(x)) say(table, "Conditional odds ratio", 1, "value", solve_for(function(t) sum(x * p(t)) - a))
    if (a == min(x)) say(table, "Conditional odds ratio", 1, "value", 0)
    say(table, "Conditional odds ratio", 2, "value", if (a == min(x)) 0 else solve_for(function(t) sum(p(t)[x >= a]) - tail))
    if (a < max(x)) say(table, "Conditional odds ratio", 3, "value", solve_for(function(t) sum(p(t)[x <= a]) - tail))
  }
  own <- dhyper(a, k[2], k[4], s); q <- dhyper(x, k[2], k[4], s)
  say(table, "Conditional odds ratio", 4, "value", min(1, sum(q[q <= own * (1 + 1e-7)])))
}
rated_response <- function(table, rules, visits, arms, level) {
  for (i in seq_along(rules)) { rule <- rules[[i]]
    for (visit in names(visits)) { d <- ratings_of(rule$outcome, "every"); d <- d[d$visit == visit, ]
      yes <- switch(rule$kind, response_lower = 100 * d$value <= (100 - rule$limit) * d$base,
        response_higher = ifelse(d$base > 0, 100 * d$value >= (100 + rule$limit) * d$base, NA),
        at_most = d$value <= rule$limit, at_least = d$value >= rule$limit)
      for (arm in names(arms)) { own <- yes[arm_of(d$subject) == arm & !is.na(yes)]; if (!length(own)) next
        row <- paste(visits[[visit]], arms[[arm]], sep = " / "); x <- sum(own); n <- length(own)
        say(table, row, 2 * i, "events", x); say(table, row, 2 * i, "n", n); say(table, row, 2 * i, "percent", 100 * x / n)
        say_ends(table, row, 2 * i + 1, 100 * wilson(x, n, level)) } } }
}
boschloo_row <- function(table, row, rule, at, ratings, arms, pairs) shares_and_test(table, row, verdicts(rule, at, ratings), arms, pairs)
shares_and_test <- function(table, row, v, arms, pairs) {
  for (i in seq_along(arms)) { own <- v[v$arm == names(arms)[i], ]; x <- sum(own$yes %in% TRUE)
    say(table, row, i, "events", x); say(table, row, i, "n", nrow(own)); say(table, row, i, "percent", 100 * x / nrow(own)) }
  for (i in seq_along(pairs)) { k <- counted(v, pairs[i], reference_arm)
    say(table, row, length(arms) + i, "value", unconditional(k, fisher_p(k[2], k[4]))[2]) }
}
sustained_row <- function(table, row, rule, order, run, until_end, arms, pairs) {
  v <- verdicts(rule, order[1], "primary"); yes <- sapply(order, function(at) verdicts(rule, at, "primary")$yes %in% TRUE)
  from <- if (until_end) length(order) - run + 1 else seq_len(length(order) - run + 1)
  v$yes <- rowSums(sapply(from, function(first) rowSums(yes[, first:(first + run - 1), drop = FALSE]) == run)) > 0
  shares_and_test(table, row, v, arms, pairs)
}
by_site_table <- function(table, rule, at, active, reference, sites, level) {
  v <- verdicts(rule, at, "primary"); top <- weight <- p <- q <- 0
  for (site in sort(unique(v$site))) { k <- counted(v[v$site == site, ], active, reference)
    if (k[2] == 0 || k[4] == 0) next
    row <- if (site %in% names(sites)) sites[[site]] else site
    say(table, row, 1, "events", k[1]); say(table, row, 1, "n", k[2]); say(table, row, 2, "events", k[3]); say(table, row, 2, "n", k[4])
    say(table, row, 3, "value", 100 * (k[1] / k[2] - k[3] / k[4]))
    n <- k[2] + k[4]; top <- top + (k[1] * k[4] - k[3] * k[2]) / n; weight <- weight + k[2] * k[4] / n
    p <- p + (k[2]^2 * k[3] - k[4]^2 * k[1] + k[2] * k[4] * (k[4] - k[2]) / 2) / n^2
    q <- q + (k[1] * (k[4] - k[3]) + k[3] * (k[2] - k[1])) / (2 * n) }
  value <- top / weight; half <- qnorm(0.5 + level / 2) * sqrt(max(value * p + q, 0)) / weight
  say(table, "Across sites", 3, "value", 100 * value); say_ends(table, "Across sites", 4, 100 * (value + c(-half, half)))
}
falls_table <- function(table, outcome, at, printed) {
  d <- ratings_of(outcome, "every"); d <- d[d$visit == at & !is.na(d$base) & d$base != 0, ]
  for (i in seq_len(nrow(d))) say(table, paste(d$subject[i], printed[[arm_of(d$subject[i])]], sep = " / "), 2, "value",
                                  100 * (d$value[i] - d$base[i]) / d$base[i])
}

# -- who took part: counted from the subjects and the analysis data set (METHODS 1) -----------------------------------

members <- function(name) if (name == "randomised") !is.na(subjects$randomised_on) else subjects[[name]] %in% "Y"
sets_table <- function(table, rows, arms) for (row in names(rows)) for (k in seq_along(arms))
  say(table, row, 1 + k, "value", sum(members(rows[[row]]) & subjects$arm %in% names(arms)[k]))
participants_table <- function(table, labels) { who <- randomised()
  for (i in seq_len(nrow(who))) say(table, paste(c(who$subject[i], arms_printed[[who$arm[i]]], who$site[i],
    who$sex[i])[seq_len(labels)], collapse = " / "), 4, "value", who$age[i]) }
last_visit_table <- function(table, rows, outcome, at, arms) {
  who <- randomised(); own <- analysis[analysis$outcome == outcome & analysis$visit == at, ]
  place <- ifelse(who$subject %in% own$subject[own$in_primary == "Y"], 1,
    ifelse(who$subject %in% own$subject[own$in_treatment_policy == "Y"], 2, ifelse(who$status %in% "discontinued", 3, 4)))
  for (i in seq_along(rows)) for (k in seq_along(arms)) say(table, rows[i], k, "value", sum(place == i & who$arm == names(arms)[k]))
}
repeated <- function() { seen <- character(0)   # the name of a row, numbered where it was there before
  function(name) { seen <<- c(seen, name); n <- sum(seen == name); if (n > 1) paste0(name, " (", n, ")") else name } }
in_order <- function(x) if (length(x)) sort(unique(x), method = "radix") else character(0)
flow_table <- function(table, outcome, at, baseline, arms) {
  row <- repeated(); all <- length(arms) + 1; who <- randomised()
  top <- function(name, n) say(table, row(name), all, "value", n)
  below <- function(name, flag) { name <- row(name)
    for (k in seq_along(arms)) say(table, name, k, "value", sum(flag & who$arm == names(arms)[k]))
    say(table, name, all, "value", sum(flag)) }
  reasons <- function(why) { why <- ifelse(is.na(why), NA, paste0(toupper(substr(why, 1, 1)), tolower(substring(why, 2))))
    for (one in in_order(why[!is.na(why)])) below(one, why %in% one) }
  top("Assessed for eligibility", nrow(subjects)); failed <- subjects$status %in% "screen failure"
  top("Failed screening", sum(failed)); why <- subjects$screen_failure[failed]
  why <- unlist(strsplit(why[!is.na(why)], "; ", fixed = TRUE))
  for (one in in_order(why)) top(one, sum(why == one))
  top("In screening", sum(subjects$status %in% "screening"))
  dosed <- !is.na(who$first_dose_on); below("Allocated", rep(TRUE, nrow(who))); below("Took a first dose", dosed); below("Did not", !dosed)
  stopped <- !is.na(who$treatment_ended) & who$treatment_ended != "COMPLETED"
  below("Stopped the study drug early", stopped); reasons(ifelse(stopped, who$treatment_ended, NA))
  left <- who$status %in% "discontinued"; below("Left the study", left); reasons(ifelse(left, who$study_ended, NA))
  below("Completed the study", who$status %in% "completed")
  below("Still in the study", who$status %in% c("on treatment", "in follow-up"))
  own <- ratings_of(outcome, "primary")
  counted <- who$subject %in% own$subject[own$visit != baseline & !is.na(own$change)]
  below("In the primary analysis", counted)
  below(paste("with a rating at", at[[1]]), counted & who$subject %in% own$subject[own$visit == names(at)])
  below("Not in the primary analysis", !counted)
}
rated_until <- function(outcome, visits) {
  d <- ratings_of(outcome, "every"); d <- d[d$visit %in% names(visits), ]; d$place <- match(d$visit, names(visits))
  who <- randomised(); key <- factor(d$subject, who$subject)
  last <- tapply(d$place, key, max); last[is.na(last)] <- 0; n <- tapply(d$place, key, function(p) length(unique(p))); n[is.na(n)] <- 0
  list(d = d, who = who, last = as.vector(last), gap = as.vector(n < last))
}
dropout_table <- function(table, outcome, visits, rows, never, gap, arms) {
  u <- rated_until(outcome, visits); name <- repeated()
  by_arm <- function(row, flag) { row <- name(row)
    for (k in seq_along(arms)) say(table, row, k, "value", sum(flag & u$who$arm == names(arms)[k])) }
  by_arm(never, u$last == 0)
  for (i in seq_along(visits)) { here <- u$last == i; by_arm(rows[i], here); if (any(here & u$gap)) by_arm(gap, here & u$gap) }
}
dropout_means <- function(table, outcome, visits, arms) {
  u <- rated_until(outcome, visits)
  for (i in seq_along(visits)) for (k in seq_along(arms)) {
    who <- u$who$subject[u$last == i & u$who$arm == names(arms)[k]]; if (!length(who)) next
    row <- paste(visits[[i]], arms[[k]], sep = " / "); say(table, row, 2, "value", length(who))
    for (j in seq_along(visits)) { x <- u$d$value[u$d$subject %in% who & u$d$place == j]
      if (length(x)) say(table, row, 2 + j, "value", mean(x)) }
  }
}

# -- the drug (METHODS 11) and adverse events (METHODS 12) ------------------------------------------------------------

say_share <- function(table, row, column, x, n) if (n > 0) { say(table, row, column, "events", x)
  say(table, row, column, "n", n); say(table, row, column, "percent", 100 * x / n) }
exposure_table <- function(table, arms, dosed, means, scales, reached, top, reduced, unknown) for (k in seq_along(arms)) {
  own <- exposure[arm_of(exposure$subject) %in% names(arms)[k], ]; say(table, dosed, k, "value", nrow(own))
  for (row in names(means)) { x <- scales[[row]] * own[[means[[row]]]]; x <- x[!is.na(x)]
    if (length(x)) { say(table, row, k, "mean", mean(x)); say(table, row, k, "sd", sd(x)) } }
  say_share(table, reached, k, sum(own$highest_mg >= top), nrow(own))
  say_share(table, reduced, k, sum(own$reductions > 0), nrow(own))
  say(table, unknown, k, "value", sum(is.na(own$compliance)))
}
with_exposure <- function(outcome, order) {
  d <- at_visit(outcome, "every", order, FALSE); d$arm <- arm_of(d$subject)
  d$share <- 100 * exposure$relative_dose_intensity[match(d$subject, exposure$subject)]; d[!is.na(d$share), ]
}
exposure_points <- function(table, outcome, order) { d <- with_exposure(outcome, order)
  for (i in seq_len(nrow(d))) say_all(table, paste(d$subject[i], arms_printed[[d$arm[i]]], sep = " / "), 2:3, c(d$share[i], d$change[i])) }
exposure_slope <- function(table, row, columns, outcome, order, arm, level) {
  d <- with_exposure(outcome, order); d <- d[d$arm == arm, ]; x <- d$share / 10
  X <- cbind(1, d$base - mean(d$base), x - mean(x))
  place_row(table, row, columns, least_squares(X, d$change, c(0, 0, 1), level, FALSE))
}
emergent <- function() { e <- adverse_events[adverse_events$emergent %in% "Y", ]; e$arm <- arm_of(e$subject); e }
dosed_in <- function(arm) subjects$arm %in% arm & !is.na(subjects$first_dose_on)
events_table <- function(table, arms, by, prefixes, words, total, pairs, level, most) {
  e <- emergent(); row <- function(name, own) { k <- list()
    for (i in seq_along(arms)) { arm <- names(arms)[i]; x <- own[own$arm %in% arm, ]; n <- sum(dosed_in(arm))
      k[[arm]] <- c(length(unique(x$subject)), n)
      say_share(table, name, 2 * i - 1, k[[arm]][1], n); say(table, name, 2 * i, "value", nrow(x)) }
    for (i in seq_along(pairs)) { one <- k[[names(pairs)[i]]]; two <- k[[pairs[[i]]]]; at <- 2 * length(arms) + 2 * i - 1
      say(table, name, at, "value", 100 * (one[1] / one[2] - two[1] / two[2]))
      if (max(one[2], two[2]) <= most) say_ends(table, name, at + 1, 100 * exact_gap(c(one, two), level)) } }
  if (nzchar(total)) row(total, e)
  for (i in seq_along(by)) { value <- as.character(e[[by[i]]]); value[is.na(value)] <- "unknown"
    if (by[i] == "serious") value <- ifelse(value == "Y", "Serious", "Not serious")
    known <- value %in% names(words); value[known] <- unlist(words)[value[known]]
    if (nzchar(prefixes[i])) value <- paste0(prefixes[i], ": ", tolower(value))
    for (one in unique(value)) row(one, e[value == one, ]) }
}
.gaps <- new.env()
exact_gap <- function(k, level) {   # Chan and Zhang: two one-sided exact tests at half the error each, turned round
  key <- paste(k, collapse = " ")
  if (is.null(.gaps[[key]])) .gaps[[key]] <- c(exact_end(k, (1 - level) / 2), -exact_end(k[c(3, 4, 1, 2)], (1 - level) / 2))
  .gaps[[key]]
}
exact_end <- function(k, tail) {   # the smallest difference that is not rejected in favour of a larger one
  if (k[1] == 0 && k[3] == k[4]) return(-1)
  seen <- k[1] / k[2] - k[3] / k[4]; over <- function(d) worst_tail(k, d, 0.9 * tail) - tail
  before <- -1 + 1e-9; if (over(before) >= 0) return(-1)
  for (d in seq(before, min(seen, 1 - 1e-9), length.out = 101)[-1]) {
    if (over(d) >= 0) {   # the order of the tables turns with the difference, so the height jumps: the outermost crossing
      for (nearer in seq(before, d, length.out = 41)[-1]) { if (over(nearer) >= 0) { d <- nearer; break }; before <- nearer }
      while (d - before > 1e-12) { middle <- (before + d) / 2; if (over(middle) >= 0) d <- middle else before <- middle }
      return((before + d) / 2) }
    before <- d }
  seen
}
worst_tail <- function(k, d, enough) {   # over all rates, how likely a score as high as the one seen is
  z <- scores_at(k[2], k[4], d); extreme <- z >= z[k[1] + 1, k[3] + 1] - 1e-9
  height <- function(q) { one <- outer(0:k[2], pmin(pmax(q + d, 0), 1), function(x, p) dbinom(x, k[2], p))
    two <- outer(0:k[4], q, function(x, p) dbinom(x, k[4], p)); colSums(one * (extreme %*% two)) }
  grid <- seq(max(0, -d), min(1, 1 - d), length.out = 129); h <- height(grid); best <- which.max(h)
  if (h[best] < enough) return(h[best])
  max(h[best], optimize(height, grid[c(max(best - 1, 1), min(best + 1, 129))], maximum = TRUE, tol = 1e-10)$objective)
}
scores_at <- function(n1, n2, d) {   # of every table, by the likeliest rates at the difference
  p1 <- matrix(0:n1 / n1, n1 + 1, n2 + 1); p2 <- matrix(0:n2 / n2, n1 + 1, n2 + 1, byrow = TRUE); t <- n2 / n1
  A <- 1 + t; B <- -(1 + t + p1 + t * p2 + d * (t + 2)); C <- d^2 + d * (2 * p1 + t + 1) + p1 + t * p2; D <- -p1 * d * (1 + d)
  v <- B^3 / (27 * A^3) - B * C / (6 * A^2) + D / (2 * A); u <- sqrt(pmax(B^2 / (9 * A^2) - C / (3 * A), 0)) * ifelse(v < 0, -1, 1)
  w <- (pi + acos(pmin(pmax(ifelse(u == 0, 0, v / u^3), -1), 1))) / 3
  q1 <- pmin(pmax(2 * u * cos(w) - B / (3 * A), 0), 1); q2 <- pmin(pmax(q1 - d, 0), 1); gap <- p1 - p2 - d
  s <- q1 * (1 - q1) / n1 + q2 * (1 - q2) / n2
  ifelse(s > 1e-300, gap / sqrt(pmax(s, 1e-300)), ifelse(abs(gap) < 1e-12, 0, sign(gap) * 1e9))
}
rates_table <- function(table, arms, after, until, level) {
  e <- emergent(); tail <- (1 - level) / 2
  for (arm in names(arms)) { s <- subjects[dosed_in(arm), ]; x <- sum(e$arm %in% arm)
    over <- pmin(s$last_dose_on + after, s$ended_on, na.rm = TRUE); over[is.na(s$treatment_ended)] <- as.Date(until)
    years <- sum(pmax(as.numeric(over - s$first_dose_on) + 1, 1)) / 365.25
    say_all(table, arms[[arm]], 1:3, c(x, years, x / years))
    say_ends(table, arms[[arm]], 4, c(if (x) qchisq(tail, 2 * x) / 2 / years else 0, qchisq(1 - tail, 2 * (x + 1)) / 2 / years)) }
}

# -- residuals of the primary model (METHODS 6.13) --------------------------------------------------------------------

residuals_table <- function(table, outcome, ratings, members, visits, arms, site) {
  fit <- mixed(outcome, ratings, members, names(visits), arms, site); d <- fit$d
  d$fitted <- as.vector(fit$q %*% fit$b); d$left <- d$change - d$fitted; d$at <- as.integer(d$visit)
  for (own in split(d, d$subject)) { own <- own[order(own$at), ]
    white <- forwardsolve(t(chol(fit$sigma[own$at, own$at, drop = FALSE])), own$left)
    for (i in seq_len(nrow(own))) say_all(table, paste(own$subject[i], visits[[as.character(own$visit[i])]], sep = " / "),
                                          2:4, c(own$fitted[i], own$left[i], white[i])) }
}

# -- the time to response, between two visits (METHODS 15.4) ------------------------------------------------------------

began <- function(rule, days) {   # of each subject rated: (left, right] by planned day
  yes <- sapply(names(days), function(visit) verdicts(rule, visit, "primary")$yes); who <- randomised()
  if (is.null(dim(yes))) yes <- matrix(yes, nrow = nrow(who))
  found <- lapply(seq_len(nrow(who)), function(i) { seen <- which(!is.na(yes[i, ])); if (!length(seen)) return(NULL)
    at <- unlist(days)[seen]; hit <- which(yes[i, seen])
    k <- if (length(hit)) hit[1] else length(seen) + 1
    data.frame(arm = who$arm[i], left = if (k > 1) at[[k - 1]] else 0, right = if (k <= length(at)) at[[k]] else Inf) })
  do.call(rbind, found)
}
turnbull <- function(d) {
  points <- unique(rbind(data.frame(time = d$left, end = 1), data.frame(time = d$right, end = 0)))
  points <- points[order(points$time, points$end), ]; k <- seq_len(nrow(points) - 1)
  inner <- which(points$end[k] == 1 & points$end[k + 1] == 0)
  from <- points$time[inner]; to <- points$time[inner + 1]
  A <- outer(d$left, from, "<=") & outer(d$right, to, ">="); n <- nrow(d); p <- rep(1 / length(to), length(to))
  for (turn in 1:100000) { new <- p * colSums(A / as.vector(A %*% p)) / n; if (max(abs(new - p)) < 1e-15) break; p <- new }
  there <- which(p > 1e-9); p[-there] <- 0; p <- p / sum(p); V <- matrix(0, length(p), length(p))
  if (length(there) > 1) { free <- rbind(diag(length(there) - 1), -1)
    for (turn in 1:20) { seen <- A[, there] / as.vector(A %*% p)
      p[there] <- p[there] + free %*% solve(t(free) %*% crossprod(seen) %*% free, t(free) %*% colSums(seen)) }
    seen <- A[, there] / as.vector(A %*% p); V[there, there] <- free %*% solve(t(free) %*% crossprod(seen) %*% free) %*% t(free) }
  list(to = to, p = p, V = V)
}
response_times <- function(table, rule, days, arms) { d <- began(rule, days)
  for (arm in names(arms)) { own <- d[d$arm == arm, ]; say_all(table, arms[[arm]], 1:2, c(nrow(own), sum(is.finite(own$right)))) } }
response_curve <- function(table, rule, days, arms, level) {
  all <- began(rule, days); name <- repeated(); z <- qnorm(0.5 + level / 2)
  for (arm in names(arms)) { d <- all[all$arm == arm, ]; if (!nrow(d)) next
    f <- turnbull(d); until <- ifelse(is.finite(d$right), d$right, d$left)
    for (moment in sort(unique(d$right[is.finite(d$right)]))) { here <- f$to <= moment; s <- max(0, 1 - sum(f$p[here]))
      row <- name(arms[[arm]]); say_all(table, row, 1:4, c(moment, sum(until >= moment), sum(d$right == moment), 1 - s))
      if (s > 1e-12 && s < 1 - 1e-12) { spread <- z * sqrt(sum(f$V[here, here]) / s^2) / log(s)
        say_all(table, row, 5:6, c(1 - s^exp(spread), 1 - s^exp(-spread))) } } }
}

# -- what is counted of forms: events, answers, guesses, deviations (METHODS 2.10, 2.11 and 16) -----------------------

cut_of <- function(after) {   # of each subject the event after which its ratings leave, and the last day that counts
  own <- events[events$kind %in% names(after), ]; day <- ifelse(is.na(own$day), 1, own$day)
  own$last <- day + unlist(after)[own$kind]; own <- own[order(own$last, seq_len(nrow(own))), ]; own[!duplicated(own$subject), ]
}
leaving <- function(outcome, after) {   # the ratings that left for an event
  cut <- cut_of(after); d <- ratings[ratings$outcome == outcome & !is.na(ratings$value) & ratings$subject %in% randomised()$subject, ]
  at <- match(d$subject, cut$subject); d$kind <- cut$kind[at]; d$event_day <- cut$day[at]
  d[!is.na(at) & !is.na(d$day) & d$day > 1 & d$day > cut$last[at], ]
}
intercurrent_table <- function(table, total, kinds, arms, outcome, after) {
  lost <- leaving(outcome, after)
  row <- function(name, own, gone) for (k in seq_along(arms)) { here <- own[arm_of(own$subject) %in% names(arms)[k], ]
    say_all(table, name, 3 * k - 2:0, c(length(unique(here$subject)), nrow(here), sum(arm_of(gone$subject) %in% names(arms)[k]))) }
  row(total, events, lost)
  for (kind in names(kinds)) row(kinds[[kind]], events[events$kind == kind, ], lost[lost$kind == kind, ])
}
removed_table <- function(table, visits, most, outcome, after) { d <- head(leaving(outcome, after), most); name <- repeated()
  for (i in seq_len(nrow(d))) say_all(table, name(paste(d$subject[i], visits[[d$visit[i]]], sep = " / ")), c(2, 3, 5),
                                      c(d$day[i], d$value[i], d$event_day[i])) }
composite_table <- function(table, kinds, most) { d <- head(events[events$kind %in% names(kinds), ], most); name <- repeated()
  for (i in seq_len(nrow(d))) say(table, name(paste(d$subject[i], kinds[[d$kind[i]]], sep = " / ")), 2, "value", d$day[i]) }
deviations_table <- function(table, any, severities, other, major, kinds, arms) {
  d <- deviations[deviations$subject %in% randomised()$subject, ]
  word <- unlist(severities)[d$severity]; word[is.na(word)] <- other
  row <- function(name, own) for (k in seq_along(arms)) { here <- own[arm_of(own$subject) %in% names(arms)[k], ]
    say_all(table, name, 3 * k - 2:0, c(length(unique(here$subject)), sum(here$severity %in% major), nrow(here))) }
  row(any, d)
  for (one in unique(word)) row(one, d[word == one, ])
  for (shown in unique(unlist(kinds))) row(shown, d[d$kind %in% names(kinds)[unlist(kinds) == shown], ])
}
occurrences_table <- function(table, form, any, items, arms) {
  d <- occurrences[occurrences$form == form & occurrences$subject %in% subjects$subject[!is.na(subjects$first_dose_on)], ]
  once <- function(x) if (any(x %in% "Y")) "Y" else if (any(!is.na(x))) "N" else NA
  row <- function(name, own) for (k in seq_along(arms)) { here <- own[arm_of(own$subject) %in% names(arms)[k], ]
    for (j in 1:2) { x <- here[[c("before", "after")[j]]]; n <- sum(!is.na(x)); at <- 3 * k - 3 + j
      if (n) { say(table, name, at, "events", sum(x %in% "Y")); say(table, name, at, "n", n) } }
    say(table, name, 3 * k, "value", sum(here$after %in% "Y" & !(here$before %in% "Y"))) }
  who <- unique(d$subject); of <- function(column) vapply(who, function(one) as.character(once(d[[column]][d$subject == one])), "")
  row(any, data.frame(subject = who, before = of("before"), after = of("after")))
  for (item in names(items)) row(items[[item]], d[d$item == item, ])
}
asked_of <- function(form, who) { own <- guesses[guesses$form == form, ]; at <- match(who$subject, own$subject)
  data.frame(arm = who$arm, asked = !is.na(at), guessed = own$guessed[at]) }
guesses_table <- function(table, forms, arms) for (form in names(forms)) { d <- asked_of(form, randomised())
  for (arm in names(arms)) { own <- d[d$arm %in% arm, ]; row <- paste0(forms[[form]], ": ", arms[[arm]]); n <- length(arms)
    for (k in seq_along(arms)) say(table, row, k, "value", sum(own$guessed %in% names(arms)[k]))
    say_all(table, row, n + 1:2, c(sum(own$asked & is.na(own$guessed)), sum(!own$asked))) } }
blinding_table <- function(table, forms, arms, level) {
  columns <- c(n = 1, estimate = 2, se = 3, ends = 4); z <- qnorm(0.5 + level / 2)
  told <- function(row, estimate, se, n) place_row(table, row, columns,
    list(n = n, estimate = estimate, se = se, low = estimate - z * se, high = estimate + z * se))
  for (form in names(forms)) { d <- asked_of(form, randomised()); d <- d[d$asked & d$arm %in% names(arms), ]
    if (length(unique(d$arm)) < 2) next
    told_as <- factor(ifelse(is.na(d$guessed), "none", d$guessed), c(names(arms), "none"))
    p <- table(told_as, factor(d$arm, names(arms))) / nrow(d); lost <- sum(p["none", ]); share <- 1 - lost
    g <- p[names(arms), ]; w <- 0.5 * (1 - diag(2)); expected <- sum(w * outer(rowSums(g), colSums(g)))
    if (share == 0) told(paste0(forms[[form]], ": James"), 1, NA, nrow(d)) else if (expected > 0) {
      K <- sum(w * g) * share / expected - 1; v <- (1 + lost + share * K) / 2
      m <- matrix(0, 2, 2)
      for (i in 1:2) for (j in 1:2) m[i, j] <- sum(w[, j] * rowSums(g)) + sum(w[i, ] * colSums(g))
      first <- sum(g * share^2 * (share * w - (1 + K) * m)^2) / (4 * expected^2)
      second <- lost * share - share * (1 + K) * (lost + share * (1 + K) / 4)
      told(paste0(forms[[form]], ": James"), v, sqrt(max(first + second, 0) / nrow(d)), nrow(d)) }
    else say(table, paste0(forms[[form]], ": James"), 1, "value", nrow(d))
    for (arm in names(arms)) { own <- d[d$arm == arm, ]; n <- nrow(own); row <- paste0(forms[[form]], ": Bang, ", arms[[arm]])
      right <- sum(own$guessed %in% arm); wrong <- sum(!is.na(own$guessed)) - right; b <- (right - wrong) / n
      told(row, b, if (right + wrong) sqrt(((right + wrong) / n - b^2) / n) else NA, n) } }
}

# -- the arms given out anew (METHODS 7): over the lists as drawn, or over all that the blocks allow ------------------------

.sets <- new.env()
lists_of <- function(scheme) {   # rows: 0 and 1 of each allocation, in the order of `subjects`; weights: NULL where alike
  if (!is.null(.sets[[scheme]])) return(.sets[[scheme]])
  whole <- utils::read.csv("csv/blocks.csv", colClasses = "character"); own <- whole[whole$scheme == scheme, ]
  drawn <- utils::read.csv("csv/drawn.csv", colClasses = "character"); drawn <- drawn$allocation[drawn$scheme == scheme]
  weights <- NULL
  if (length(drawn)) rows <- matrix(as.integer(charToRaw(paste(drawn, collapse = ""))) - 48, ncol = nrow(own), byrow = TRUE)
  else { rows <- matrix(0, 1, 0); weights <- 1
    for (name in unique(own$block)) { block <- own[own$block == name, ]; n <- nrow(block)
      size <- as.integer(block$size[1]); active <- as.integer(block$active[1]); ways <- c(); part <- NULL
      for (j in max(0, active - (size - n)):min(n, active)) { places <- utils::combn(n, j)
        if (j == 0) places <- matrix(0, 0, 1)
        here <- matrix(0, ncol(places), n); for (k in seq_len(ncol(places))) here[k, places[, k]] <- 1
        part <- rbind(part, here); ways <- c(ways, rep(choose(size - n, active - j), nrow(here))) }
      before <- nrow(rows); times <- nrow(part)
      rows <- cbind(rows[rep(seq_len(before), each = times), , drop = FALSE], part[rep(seq_len(times), before), , drop = FALSE])
      weights <- rep(weights, each = times) * rep(ways / sum(ways), before) } }
  .sets[[scheme]] <- list(rows = rows, weights = weights, exact = !length(drawn), subjects = own$subject,
                          observed = as.numeric(own$given))
  .sets[[scheme]]
}
# Of each allocation the score of the arm at the last visit and its information, the other visits swept out. V^-1 without
# what the model without the arm explains is one matrix over the records; an allocation picks rows of it.
scores_over <- function(A, who, at, X, V, y) {
  W <- solve(V); M <- W - W %*% X %*% solve(t(X) %*% W %*% X, t(X) %*% W); n <- ncol(A); m <- max(at)
  of <- lapply(seq_len(m), function(t) { P <- matrix(0, length(who), n); own <- which(at == t); P[cbind(own, who[own])] <- 1; P })
  u <- lapply(of, function(P) A %*% crossprod(P, M %*% y))
  info <- lapply(seq_len(m), function(s) lapply(seq_len(m), function(t) rowSums((A %*% (t(of[[s]]) %*% M %*% of[[t]])) * A)))
  for (k in seq_len(m - 1)) { pivot <- info[[k]][[k]]; turn <- ifelse(pivot > 1e-10 * max(pivot), 1 / pivot, 0)
    for (s in (k + 1):m) { f <- info[[k]][[s]] * turn; u[[s]] <- u[[s]] - f * u[[k]]
      for (t in s:m) info[[s]][[t]] <- info[[s]][[t]] - f * info[[k]][[t]] } }
  last <- info[[m]][[m]]; last[last < 1e-10 * max(last)] <- 0
  list(u = u[[m]], info = last)
}
.tested <- new.env()
anew <- function(which, scheme, outcome, visits, at, site, profile) {
  key <- paste(which, scheme); if (!is.null(.tested[[key]])) return(.tested[[key]])
  set <- lists_of(scheme)
  if (which == "ancova") { d <- at_visit(outcome, "primary", visits, FALSE); d$at <- 1; share <- rep(1, nrow(d))
    d$site <- factor(d$site); X <- model.matrix(if (site && nlevels(d$site) > 1) ~ base + site else ~ base, d); V <- diag(nrow(d)) }
  else { fit <- mixed(outcome, "primary", "", visits, character(0), site); d <- fit$d; d$at <- as.integer(d$visit); X <- fit$X
    share <- unlist(profile)[as.character(d$visit)]
    V <- fit$sigma[d$at, d$at] * outer(d$subject, d$subject, "==")
    d$at <- match(as.character(d$visit), c(setdiff(fit$seen, at), at)) }   # the visit tested comes last
  who <- match(d$subject, set$subjects)
  y <- cbind(d$change, share * set$observed[who]); A <- rbind(set$observed, set$rows)
  found <- scores_over(A, who, d$at, X, V, y); root <- sqrt(found$info)
  values <- ifelse(root > 0, found$u[, 1] / root, Inf); slopes <- ifelse(root > 0, found$u[, 2] / root, 0)
  p <- function(shift) { seen <- abs(values[1] - shift * slopes[1]); z <- abs(values[-1] - shift * slopes[-1])
    far <- z >= seen - 1e-11 * max(seen, z[is.finite(z)])
    if (set$exact) min(1, sum(set$weights[far])) else (1 + sum(far)) / (1 + length(far)) }
  .tested[[key]] <- list(n = length(unique(d$subject)), allocations = nrow(set$rows), values = values, slopes = slopes, p = p,
                         weights = set$weights)
  .tested[[key]]
}
anew_row <- function(table, row, columns, which, scheme, outcome, visits, at, site, profile, level, ends, without = NULL) {
  one <- anew(which, scheme, outcome, visits, at, site, profile); middle <- one$values[1] / one$slopes[1]
  end <- function(side) {   # the last shift that the test does not refuse
    z <- one$values[-1]; width <- sqrt(mean((z[is.finite(z)] - mean(z[is.finite(z)]))^2)) / abs(one$slopes[1]); inside <- 0; outside <- width
    for (turn in 1:60) { if (one$p(middle + side * outside) <= 1 - level) break; inside <- outside; outside <- 2 * outside }
    while (outside - inside > 1e-10 * width) { half <- (inside + outside) / 2
      if (one$p(middle + side * half) <= 1 - level) outside <- half else inside <- half }
    middle + side * inside }
  found <- list(n = one$n, allocations = one$allocations, estimate = middle, p = one$p(0))
  if (ends) { found$low <- end(-1); found$high <- end(1) }
  place_row(table, row, columns[names(columns) != "ends" | ends], found)
}
anew_points <- function(table, names, which, scheme, outcome, visits, at, site, profile) {
  one <- anew(which, scheme, outcome, visits, at, site, profile); z <- one$values[-1]; there <- is.finite(z); ends <- range(z[there])
  w <- if (is.null(one$weights)) rep(1 / length(z), length(z)) else one$weights
  edges <- seq(ends[1], ends[2], length.out = 121); bin <- findInterval(z[there], edges, rightmost.closed = TRUE)
  height <- tapply(w[there], factor(bin, 1:120), sum); height[is.na(height)] <- 0; shown <- base::which(as.vector(height) > 0)
  for (k in seq_along(shown)) say_all(table, names[k], 1:2, c(edges[shown[k] + 1], height[shown[k]]))
}

# -- what was not seen, filled by conditional means (METHODS 8): fitted once with everybody and once without each ------------

.panels <- new.env()
panel_of <- function(outcome, visits, days, after, active, reference, site, at) {
  if (!is.null(.panels[[outcome]])) return(.panels[[outcome]])
  d <- ratings_of(outcome, "primary"); d <- d[!is.na(d$base), ]; who <- in_order(d$subject)
  first <- d[match(who, d$subject), ]; d <- d[d$visit %in% visits & !is.na(d$change), ]
  seen <- visits[visits %in% d$visit]; y <- matrix(NA, length(who), length(seen))
  y[cbind(match(d$subject, who), match(d$visit, seen))] <- d$change
  given <- as.numeric(arm_of(who) == active); place <- factor(first$site)
  X <- if (site && nlevels(place) > 1) model.matrix(~ given + first$base + place) else model.matrix(~ given + first$base)
  last <- apply(!is.na(y), 1, function(row) max(c(0, base::which(row)))); none <- length(seen) + 1
  cut <- cut_of(after); until <- cut$last[match(who, cut$subject)]; on <- unlist(days)[seen]
  event <- sapply(seq_along(who), function(i) { if (is.na(until[i])) return(none)
    at <- base::which(on > until[i] & seq_along(seen) > last[i]); if (length(at)) at[1] else none })
  dropped <- pmin(event, ifelse(last < length(seen), last + 1, none))
  record <- base::which(!is.na(y), arr.ind = TRUE); record <- record[order(record[, 1], record[, 2]), ]
  long <- data.frame(subject = who[record[, 1]], visit = factor(seen[record[, 2]], seen), change = y[record])
  wide <- function(i) { rows <- matrix(0, length(i), ncol(X) * length(seen)); k <- record[i, , drop = FALSE]
    for (j in seq_len(ncol(X))) rows[cbind(seq_along(i), (j - 1) * length(seen) + k[, 2])] <- X[k[, 1], j]; rows }
  fit <- function(i, start = NULL) { f <- fit_frame(long[i, ], wide(i), seen, start, FALSE)
    list(b = matrix(backsolve(f$R, f$b), ncol = length(seen), byrow = TRUE), sigma = f$sigma) }
  whole <- fit(seq_len(nrow(long)))
  fits <- c(list(whole), lapply(who, function(one) { i <- base::which(long$subject != one)
    if (length(i) == nrow(long)) whole else fit(i, whole$sigma) }))
  weigh <- function(i) { Z <- X[i, , drop = FALSE]; w <- rep(0, length(who)); w[i] <- solve(crossprod(Z), t(Z))[2, ]; w }
  rows <- rbind(weigh(seq_along(who)), t(sapply(seq_along(who), function(i) weigh(seq_along(who)[-i]))))
  .panels[[outcome]] <- list(y = y, X = X, event = event, dropped = dropped, fits = fits, rows = rows, given = given, seen = seen,
                             last = match(at, seen))
  .panels[[outcome]]
}
filled <- function(p, fit, strategy) {   # the outcomes at the visit asked for, the unseen by their conditional means
  own <- p$X %*% fit$b; turned <- p$X; turned[, 2] <- 0; other <- turned %*% fit$b; n <- nrow(own); T <- ncol(own); z <- p$last
  hit <- p$event <= T; from <- outer(p$event, seq_len(T), "<=")
  mean <- own
  if (strategy == "CR") mean[hit, ] <- other[hit, ]
  if (strategy == "J2R") mean[from] <- other[from]
  if (strategy == "CIR") { gap <- own[cbind(seq_len(n), pmax(p$event - 1, 1))] - other[cbind(seq_len(n), pmax(p$event - 1, 1))]
    shifted <- other + ifelse(p$event > 1 & hit, gap, 0); mean[from] <- shifted[from] }
  sapply(seq_len(n), function(i) { there <- base::which(!is.na(p$y[i, ])); if (z %in% there) return(p$y[i, z])
    if (!length(there)) return(mean[i, z])
    mean[i, z] + sum(solve(fit$sigma[there, there, drop = FALSE], fit$sigma[there, z]) * (p$y[i, there] - mean[i, there])) })
}
jackknife <- function(x) { n <- length(x); sqrt((n - 1) / n * sum((x - mean(x))^2)) }
over_panel <- function(p, done) rowSums(p$rows * do.call(rbind, done))
normal <- function(x, level) { half <- qnorm(0.5 + level / 2); se <- jackknife(x[-1])
  list(estimate = x[1], se = se, low = x[1] - half * se, high = x[1] + half * se, p = 2 * pnorm(-abs(x[1] / se))) }
imputed_row <- function(table, row, columns, strategy, outcome, visits, days, after, active, reference, site, at, level) {
  p <- panel_of(outcome, visits, days, after, active, reference, site, at); done <- lapply(p$fits, function(f) filled(p, f, strategy))
  one <- normal(over_panel(p, done), level); place_row(table, row, columns[names(columns) != "anchored"], one)
  if ("anchored" %in% names(columns)) { mar <- lapply(p$fits, function(f) filled(p, f, "MAR")); k <- columns[["anchored"]]
    two <- normal(over_panel(p, lapply(mar, function(m) m + done[[1]] - mar[[1]])), level)
    say(table, row, k, "value", two$se); say_ends(table, row, k + 1, c(two$low, two$high)); say(table, row, k + 2, "value", two$p) }
}
tipping_table <- function(table, down, across, outcome, visits, days, after, active, reference, site, at) {
  p <- panel_of(outcome, visits, days, after, active, reference, site, at); z <- p$last
  base <- over_panel(p, lapply(p$fits, function(f) filled(p, f, "MAR"))); late <- is.na(p$y[, z]) & p$dropped <= z
  up <- as.vector(p$rows %*% (late & p$given == 1)); beside <- as.vector(p$rows %*% (late & p$given == 0))
  for (row in names(down)) for (k in seq_along(across)) { x <- base + down[[row]] * up + across[k] * beside
    say(table, row, k, "value", 2 * pnorm(-abs(x[1] / jackknife(x[-1])))) }
}
