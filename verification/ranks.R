# Rank tests, exact with ties, and the shifts that go with them.
source(file.path(commandArgs(trailingOnly = TRUE)[1], "common.R"))
suppressMessages({library(coin); library(pROC); library(vcd)})
d <- data_of("measured.csv")
for (case in c("ties", "no_ties", "many_ties", "tiny")) {
  x <- d[d$case == case, ]
  x$group <- factor(x$group)
  a <- x$value[x$group == "x"]
  b <- x$value[x$group == "y"]
  add(case, "U", "all", wilcox.test(a, b, exact = FALSE)$statistic)
  add(case, "p", "exact", as.numeric(pvalue(wilcox_test(value ~ group, data = x, distribution = "exact"))))
  add(case, "p", "normal", wilcox.test(a, b, exact = FALSE, correct = FALSE)$p.value)
  add(case, "p", "normal-corrected", wilcox.test(a, b, exact = FALSE, correct = TRUE)$p.value)
  add(case, "shift", "estimate", median(outer(a, b, "-")))
  if (case != "tiny") {
    ci <- confint(wilcox_test(value ~ group, data = x, distribution = "exact", conf.int = TRUE))$conf.int
    add(case, "shift", c("lower", "upper"), ci)
  }
}
for (case in c("ties", "three")) {
  x <- d[d$case == case, ]
  test <- kruskal.test(value ~ factor(group), data = x)
  add(case, "kruskal", c("statistic", "p"), c(test$statistic, test$p.value))
}
d <- data_of("paired.csv")
for (case in unique(d$case)) {
  x <- d[d$case == case, ]
  keep <- x$first != x$second
  add(case, "V", "all", suppressWarnings(wilcox.test(x$first, x$second, paired = TRUE, exact = FALSE))$statistic)
  for (correct in c(FALSE, TRUE)) {
    p <- wilcox.test(x$first, x$second, paired = TRUE, exact = FALSE, correct = correct)$p.value
    add(case, "signed p", if (correct) "normal-corrected" else "normal", p)
  }
  test <- wilcoxsign_test(first ~ second, data = x, distribution = "exact", zero.method = "Wilcoxon")
  add(case, "signed p", "exact", as.numeric(pvalue(test)))
  if (case == "no_ties") {
    test <- wilcox.test(x$first, x$second, paired = TRUE, exact = TRUE, conf.int = TRUE)
    add(case, "centre", c("estimate", "lower", "upper"), c(test$estimate, test$conf.int))
  }
}
d <- data_of("rated.csv")
k <- table(factor(d$first, 1:4), factor(d$second, 1:4))
add("rated", "kappa none", c("estimate", "std_error"), Kappa(k)$Unweighted)
add("rated", "kappa linear", c("estimate", "std_error"), Kappa(k)$Weighted)
add("rated", "kappa quadratic", c("estimate", "std_error"), Kappa(k, weights = "Fleiss-Cohen")$Weighted)
r <- roc(d$state, d$marker, quiet = TRUE, direction = "<")
add("rated", "roc", "area", as.numeric(auc(r)))
add("rated", "roc", "youden", max(r$sensitivities + r$specificities - 1))
finish("ranks.csv")
