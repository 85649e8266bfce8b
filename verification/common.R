# What every script here uses: reading the data, and writing rows of (case, quantity, at, value) with 17 digits.
collected <- list()
add <- function(case, quantity, at, value) {
  at <- if (is.numeric(at)) sprintf("%.17g", at) else as.character(at)
  collected[[length(collected) + 1]] <<- data.frame(
    case = case, quantity = quantity, at = at, value = sprintf("%.17g", as.numeric(value)))
}
data_of <- function(name) read.csv(file.path(folder, "data", name), stringsAsFactors = FALSE)
finish <- function(name) {
  all <- do.call(rbind, collected)
  all$value[all$value %in% c("NA", "NaN")] <- ""
  write.csv(all, file.path(out, name), row.names = FALSE, quote = FALSE)
}
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
out <- arguments[2]
