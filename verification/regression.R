# Cox regression with every handling of ties, strata, the test of proportional hazards, Firth's penalty.
source(file.path(commandArgs(trailingOnly = TRUE)[1], "common.R"))
suppressMessages(library(survival))
tight <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 50)
d <- data_of("regression.csv")
x <- d[d$case == "large", ]
models <- list(
  score = Surv(time, event) ~ score, all = Surv(time, event) ~ score + sign + kind,
  strata = Surv(time, event) ~ score + sign + strata(stratum))
for (name in names(models)) {
  for (ties in c("efron", "breslow", "exact")) {
    f <- coxph(models[[name]], data = x, ties = ties, control = tight)
    s <- summary(f)
    tag <- paste(name, ties)
    terms <- names(coef(f))
    add("large", paste("coefficient", tag), terms, coef(f))
    add("large", paste("std_error", tag), terms, sqrt(diag(vcov(f))))
    add("large", paste("ratio lower", tag), terms, exp(coef(f) - qnorm(0.975) * sqrt(diag(vcov(f)))))
    add("large", paste("log likelihood", tag), c("null", "fit"), f$loglik)
    add("large", paste("tests", tag), c("likelihood-ratio", "wald", "score"),
        c(s$logtest[["test"]], f$wald.test, s$sctest[["test"]]))
    if (ties == "efron") {
      z <- cox.zph(f, transform = "km")$table
      add("large", paste("proportional", name), rownames(z), z[, "chisq"])
      add("large", paste("concordance", name), "all", concordance(f)$concordance)
    }
  }
}
# Firth's penalty from its definition: half the log determinant of the information, maximised by Newton's method with
# derivatives of the penalised likelihood taken numerically at a step where their error is least.
penalised <- function(formula, data, ties) {
  at <- function(beta) {
    f <- suppressWarnings(coxph(formula, data = data, ties = ties, init = beta,
                                control = coxph.control(iter.max = 0)))
    f$loglik[2] - log(det(as.matrix(vcov(f)))) / 2
  }
  p <- length(coef(suppressWarnings(coxph(formula, data = data, ties = ties))))
  found <- optim(rep(0, p), function(b) -at(b), method = "BFGS", control = list(reltol = 1e-15, maxit = 500))
  list(beta = found$par, value = -found$value, null = at(rep(0, p)))
}
few <- d[d$case == "few", ]
for (ties in c("efron", "breslow")) {
  found <- penalised(Surv(time, event) ~ score + sign, few, ties)
  add("few", paste("firth", ties), c("score", "sign"), found$beta)
  add("few", paste("firth log likelihood", ties), c("null", "fit"), c(found$null, found$value))
}
finish("regression.csv")
