"""Pure functions of statistics: no table, no file, no project type enters here."""
