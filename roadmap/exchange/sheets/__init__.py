"""Tables in, as spreadsheet programs write them: read with care, compared with what is stored, applied by the acts."""
