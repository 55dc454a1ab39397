"""The run's tables for researchers: Parquet, CSV with a data package, Stata, SPSS, R, Excel and REFI-QDA."""
