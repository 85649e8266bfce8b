# Survival curves, their quantiles and restricted means, follow-up, log-rank tests.
source(file.path(commandArgs(trailingOnly = TRUE)[1], "common.R"))
suppressMessages({library(survival); library(coin)})
d <- data_of("survival.csv")
for (case in unique(d$case)) {
  x <- d[d$case == case, ]
  for (scale in c("plain", "log", "log-log")) {
    for (level in if (case == "days") c(0.8, 0.95, 0.99) else 0.95) {
      f <- survfit(Surv(time, event) ~ 1, data = x, conf.type = scale, conf.int = level)
      s <- summary(f, times = f$time)
      tag <- paste(scale, level)
      add(case, paste("lower", tag), f$time, f$lower)
      add(case, paste("upper", tag), f$time, f$upper)
      q <- quantile(f, c(0.1, 0.25, 0.5, 0.75))
      add(case, paste("quantile", tag), c(0.1, 0.25, 0.5, 0.75), q$quantile)
      add(case, paste("quantile lower", tag), c(0.1, 0.25, 0.5, 0.75), q$lower)
      add(case, paste("quantile upper", tag), c(0.1, 0.25, 0.5, 0.75), q$upper)
    }
    r <- quantile(survfit(Surv(time, 1 - event) ~ 1, data = x, conf.type = scale), 0.5)
    add(case, paste("follow-up", scale), c("estimate", "lower", "upper"), c(r$quantile, r$lower, r$upper))
  }
  add(case, "at risk", f$time, f$n.risk)
  add(case, "events", f$time, f$n.event)
  add(case, "censored", f$time, f$n.censor)
  add(case, "survival", f$time, f$surv)
  add(case, "std_error", f$time, s$std.err)
  add(case, "hazard", f$time, f$cumhaz)
  add(case, "hazard std_error", f$time, f$std.chaz)
  tau <- sort(x$time)[ceiling(nrow(x) * 0.6)]
  if (tau > 0) {
    m <- summary(f, rmean = tau)$table
    add(case, "restricted mean", tau, m[["rmean"]])
    add(case, "restricted mean std_error", tau, m[["se(rmean)"]])
  }
}
for (case in c("days", "two_groups", "fine", "tuebingen")) {
  x <- d[d$case == case, ]
  for (rho in c(0, 0.5, 1)) {
    test <- survdiff(Surv(time, event) ~ group, data = x, rho = rho)
    add(case, paste("log-rank", rho), "statistic", test$chisq)
    add(case, paste("log-rank", rho), "p", pchisq(test$chisq, length(test$n) - 1, lower.tail = FALSE))
    add(case, paste("log-rank observed", rho), names(table(x$group)), test$obs)
    add(case, paste("log-rank expected", rho), names(table(x$group)), test$exp)
    if (case != "tuebingen") {
      test <- survdiff(Surv(time, event) ~ group + strata(stratum), data = x, rho = rho)
      add(case, paste("log-rank stratified", rho), "statistic", test$chisq)
    }
  }
}
for (case in c("two_groups", "tuebingen")) {
  x <- d[d$case == case, ]
  x$group <- factor(x$group)
  test <- logrank_test(Surv(time, event) ~ group, data = x, distribution = "exact", ties.method = "average-scores")
  add(case, "log-rank permutation", "statistic", as.numeric(statistic(test))^2)
  add(case, "log-rank permutation", "p", as.numeric(pvalue(test)))
}
finish("survival.csv")
