"""The state's business-case summary sheet as a workbook: its figures are formulas over the ledger."""
