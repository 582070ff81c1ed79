"""Oil prices of the Ministry of Energy: one contract, one sample, a parser for the page and one for the workbook."""
