"""What the spreadsheet looks like: tabs, columns, words. Data and pure functions; imports nothing of `functions`."""
