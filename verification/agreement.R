# Bland and Altman's limits of agreement, by t.test and by the formulae of their paper of 1999.
# `flow meters` are the 17 first readings by two meters that Bland and Altman print (Lancet 1986;327:307).
source(file.path(commandArgs(trailingOnly = TRUE)[1], "common.R"))
d <- data_of("agreement.csv")
for (case in unique(d$case)) for (level in c(0.9, 0.95)) for (coverage in c(0.8, 0.95)) {
  x <- d[d$case == case, ]
  difference <- x$second - x$first
  n <- length(difference); s <- sd(difference); z <- qnorm((1 + coverage) / 2)
  name <- paste(case, coverage, level, sep = "; ")
  interval <- if (s > 0) t.test(difference, conf.level = level)$conf.int else rep(mean(difference), 2)
  add(name, "bias", c("estimate", "lower", "upper", "std_error"), c(mean(difference), interval, s / sqrt(n)))
  error <- s * sqrt(1 / n + z^2 / (2 * (n - 1))); reach <- qt((1 + level) / 2, n - 1) * error
  for (side in c(-1, 1)) {
    limit <- mean(difference) + side * z * s
    add(name, if (side < 0) "lower_limit" else "upper_limit", c("estimate", "lower", "upper", "std_error"),
        c(limit, limit - reach, limit + reach, error))
  }
}
finish("agreement.csv")
