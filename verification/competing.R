# Cumulative incidence with two variances, Gray's test, Fine and Gray's regression.
source(file.path(commandArgs(trailingOnly = TRUE)[1], "common.R"))
suppressMessages({library(survival); library(cmprsk)})
d <- data_of("competing.csv")
curves <- function(case, name, x) {
  times <- sort(unique(x$time))
  found <- timepoints(cuminc(x$time, x$cause), times)
  for (row in seq_len(nrow(found$est))) {
    cause <- sub("^1 ", "", rownames(found$est)[row])
    add(case, paste("incidence", name, cause), times, found$est[row, ])
    add(case, paste("variance", name, cause), times, found$var[row, ])
  }
  causes <- sort(unique(x$cause[x$cause > 0]))
  for (scale in c("plain", "log", "log-log")) {
    f <- survfit(Surv(time, factor(cause, 0:max(x$cause))) ~ 1, data = x, conf.type = scale)
    for (cause in causes) {
      add(case, paste("jackknife", scale, name, cause), f$time, f$std.err[, cause + 1])
      add(case, paste("lower", scale, name, cause), f$time, f$lower[, cause + 1])
      add(case, paste("upper", scale, name, cause), f$time, f$upper[, cause + 1])
    }
  }
}
for (case in unique(d$case)) {
  x <- d[d$case == case, ]
  curves(case, "all", x)
  for (group in unique(x$group)) curves(case, group, x[x$group == group, ])
  for (rho in c(0, 1)) {
    test <- cuminc(x$time, x$cause, x$group, rho = rho)$Tests
    add(case, paste("gray", rho), rownames(test), test[, "stat"])
    add(case, paste("gray p", rho), rownames(test), test[, "pv"])
    if (case != "small") {
      test <- cuminc(x$time, x$cause, x$group, x$stratum, rho = rho)$Tests
      add(case, paste("gray stratified", rho), rownames(test), test[, "stat"])
    }
  }
  if (case != "small") {
    for (cause in sort(unique(x$cause[x$cause > 0]))) {
      columns <- cbind(b = x$group == "b", c = x$group == "c") + 0
      fit <- crr(x$time, x$cause, columns, failcode = cause, gtol = 1e-14, maxiter = 50)
      add(case, paste("fine-gray", cause), c("b", "c"), fit$coef)
      add(case, paste("fine-gray std_error", cause), c("b", "c"), sqrt(diag(fit$var)))
      add(case, paste("fine-gray log likelihood", cause), c("null", "fit"), c(fit$loglik.null, fit$loglik))
    }
  }
}
finish("competing.csv")
