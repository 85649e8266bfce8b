"""engager: from the chart to the paper, for cohorts treated with a T-cell engager."""
