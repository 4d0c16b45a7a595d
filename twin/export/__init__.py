"""Documents of a finished run for people who plan networks: PDF, workbook, maps, reporting figures."""
