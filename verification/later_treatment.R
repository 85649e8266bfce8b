# Treatment that comes later: Mantel-Byar as the score test of a Cox model of intervals, and a landmark analysis.
source(file.path(commandArgs(trailingOnly = TRUE)[1], "common.R"))
suppressMessages(library(survival))
d <- data_of("later_treatment.csv")
intervals <- do.call(rbind, lapply(seq_len(nrow(d)), function(i) {
  x <- d[i, ]
  if (is.na(x$switch)) return(data.frame(start = 0, stop = x$time, event = x$event, switched = 0))
  data.frame(start = c(0, x$switch), stop = c(x$switch, x$time), event = c(0, x$event), switched = 0:1)
}))
f <- coxph(Surv(start, stop, event) ~ switched, data = intervals, ties = "exact")
add("all", "mantel-byar", c("statistic", "p"), c(f$score, pchisq(f$score, 1, lower.tail = FALSE)))
for (at in c(14, 30)) {
  kept <- d[d$time > at, ]
  kept$switched <- as.numeric(!is.na(kept$switch) & kept$switch <= at)
  test <- survdiff(Surv(time - at, event) ~ switched, data = kept)
  add(paste("landmark", at), "n", names(table(kept$switched)), test$n)
  add(paste("landmark", at), "log-rank", "statistic", test$chisq)
}
finish("later_treatment.csv")
