# The indices of James and Bang by BI 1.2.0 (Schwartz and Mercaldo, CRAN), whose one file is taken from its source package.
# Rscript blinding.R > blinding.txt
source("say.R"); source(Sys.getenv("BI", "BI.r"))
said <- function(name, right1, wrong1, unknown1, right0, wrong0, unknown0) {
  found <- BI(matrix(c(right1, wrong0, wrong1, right0, unknown1, unknown0), nrow = 3, byrow = TRUE))
  for (at in 1:4) {
    what <- c("estimate", "se", "low", "high")[at]
    say(paste0(name, ".james.", what), found$JamesBI[1, at])
    say(paste0(name, ".active.", what), found$BangBI[1, at]); say(paste0(name, ".reference.", what), found$BangBI[2, at])
  }
}
said("crisp", 82, 25, 170, 29, 27, 83); said("small", 7, 3, 2, 5, 4, 3); said("investigators", 48, 4, 330, 30, 22, 319)
