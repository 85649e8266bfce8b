# Tests of tables, intervals of proportions and rates, quantiles of every type.
source(file.path(commandArgs(trailingOnly = TRUE)[1], "common.R"))
for (text in data_of("tables.csv")$table) {
  m <- do.call(rbind, lapply(strsplit(text, ";")[[1]], function(row) as.numeric(strsplit(row, " ")[[1]])))
  add(text, "fisher", "two-sided", fisher.test(m, workspace = 2e7)$p.value)
  plain <- suppressWarnings(chisq.test(m, correct = FALSE))
  add(text, "chi-squared", c("statistic", "p"), c(plain$statistic, plain$p.value))
  if (identical(dim(m), c(2L, 2L))) {
    add(text, "yates", "statistic", suppressWarnings(chisq.test(m))$statistic)
    for (side in c("less", "greater")) add(text, "fisher", side, fisher.test(m, alternative = side)$p.value)
    # fisher.test searches its roots to 1e-4 only; here from the same distribution to the last digit.
    rows <- rowSums(m); first <- colSums(m)[1]; x <- m[1, 1]
    support <- max(0, first - rows[2]):min(rows[1], first)
    chances <- function(log_odds) {
      w <- dhyper(support, rows[1], rows[2], first, log = TRUE) + log_odds * support
      w <- exp(w - max(w)); w / sum(w)
    }
    root <- function(f) exp(uniroot(f, c(-30, 30), tol = 1e-15, maxiter = 10000)$root)
    middle <- if (x == min(support)) 0 else if (x == max(support)) Inf else
      root(function(b) sum(chances(b) * support) - x)
    lower <- if (x == min(support)) 0 else root(function(b) sum(chances(b)[support >= x]) - 0.025)
    upper <- if (x == max(support)) Inf else root(function(b) sum(chances(b)[support <= x]) - 0.025)
    add(text, "odds ratio", c("estimate", "lower", "upper"), c(middle, lower, upper))
  }
}
for (n in c(1, 2, 9, 23, 117)) for (x in unique(c(0, 1, n %/% 3, n - 1, n))) for (level in c(0.8, 0.95, 0.99)) {
  case <- paste(x, n, level)
  add(case, "clopper-pearson", c("lower", "upper"), binom.test(x, n, conf.level = level)$conf.int)
  wilson <- suppressWarnings(prop.test(x, n, conf.level = level, correct = FALSE))$conf.int
  add(case, "wilson", c("lower", "upper"), wilson)
}
for (x in c(0, 1, 4, 17, 250)) {
  add(paste(x, 12.5), "rate", c("lower", "upper"), poisson.test(x, 12.5)$conf.int)
}
d <- data_of("measured.csv")
for (case in c("ties", "no_ties", "tiny")) for (type in 1:9) {
  p <- c(0, 0.01, 0.1, 0.25, 1 / 3, 0.5, 0.75, 0.9, 1)
  add(case, paste("quantile", type), p, quantile(d$value[d$case == case], p, type = type, names = FALSE))
}
finish("tables.csv")
